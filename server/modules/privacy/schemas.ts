import { z } from 'zod';
import { id, instant, localized } from '#kernel/http.ts';
import { CATEGORIES, PURPOSES } from '#server/personal-data.ts';
import { CONSENTS } from './rules.ts';

export const category = z.enum(CATEGORIES);

/** What is kept in one table of the register, in words. */
export const tableShown = z.object({
  table: z.string(),
  name: localized,
  category,
  purposes: z.array(z.enum(PURPOSES)),
  purpose_names: z.array(localized),
  basis: localized,
  /** Null: it goes with the account. */
  kept: z.object({ law: localized, months: z.int(), from: z.enum(['row', 'account']) }).nullable(),
  rows: z.int(),
});

export const rowsShown = z.object({
  table: z.string(),
  name: localized,
  columns: z.array(z.object({ column: z.string(), name: localized })),
  rows: z.array(z.record(z.string(), z.unknown())),
  more: z.boolean(),
});

export const requestShown = z.object({
  id,
  kind: z.enum(['copy', 'correct', 'delete', 'restrict', 'other']),
  text: z.string().nullable(),
  asked_at: instant,
  due_at: instant,
  act_at: instant.nullable(),
  state: z.enum(['open', 'done', 'refused', 'withdrawn', 'stopped']),
  ended_at: instant.nullable(),
  answer: z.string().nullable(),
});

export const copyShown = z.object({
  id,
  state: z.enum(['making', 'ready', 'gone']),
  made_at: instant.nullable(),
  expires_at: instant,
});

export const consentShown = z.object({
  purpose: z.enum(CONSENTS),
  given: z.boolean(),
  since: instant.nullable(),
});

export const obstacleShown = z.object({ kind: z.string(), blocks: z.boolean(), text: localized });

export const receiptShown = z.object({ id, act_at: instant, number: z.string(), code: z.string() });

const part = z.object({ table: z.string(), name: localized, rows: z.int() });
export const certificateShown = z.object({
  number: z.string(),
  issued_at: instant,
  sha256: z.string(),
  asked_at: instant,
  erased: z.array(part),
  kept: z.array(part.extend({ law: localized, until: instant })),
});
