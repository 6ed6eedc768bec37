import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { id, instant, localized } from '#kernel/http.ts';
import type { ScanType } from '#kernel/scan.ts';
import type { TermsDocument } from './document.ts';
import type { Method } from './tables.ts';
import './tables.ts';

/** What a customer accepted, when, how, from where; the newest first. */

export const METHODS = [
  'click',
  'register',
  'purchase',
  'use',
  'signed-paper',
  'other-agreed',
] as const satisfies readonly Method[];

export const acceptanceShown = z.object({
  id,
  version: z.string(),
  title: localized,
  sha256: z.string(),
  highlights: z.array(z.string()),
  method: z.enum(METHODS),
  /** By use: what was done. As agreed otherwise: the words of the staff. */
  evidence: z.string().nullable(),
  /** A scan of what was signed is kept with it. */
  file: z.boolean(),
  at: instant,
  ip: z.string().nullable(),
});

const SHOWN = 500;

export async function acceptanceList(db: Db | Tx, brand: string, customerId: string) {
  const rows = await db
    .selectFrom('terms_acceptance as a')
    .innerJoin('terms_version as v', 'v.id', 'a.version_id')
    .select([
      'a.id',
      'v.version',
      'v.document',
      'a.sha256',
      'a.highlights',
      'a.method',
      'a.evidence',
      'a.file_id',
      'a.at',
      'a.ip',
    ])
    .where('a.customer_id', '=', customerId)
    .where('a.brand', '=', brand)
    .orderBy('a.at', 'desc')
    .orderBy('a.id', 'desc')
    .limit(SHOWN)
    .execute();
  return rows.map(({ document, ...row }) => ({ ...row, document: document as TermsDocument }));
}

export type AcceptanceRow = Awaited<ReturnType<typeof acceptanceList>>[number];

export function shownAcceptance({ document, evidence, file_id, at, ...row }: AcceptanceRow) {
  return {
    ...row,
    title: document.title,
    evidence: evidenceText({ evidence }),
    file: file_id !== null,
    at: at.toISOString(),
  };
}

export function evidenceText({ evidence }: Pick<AcceptanceRow, 'evidence'>): string | null {
  if (!evidence) return null;
  return 'act' in evidence ? evidence.act : evidence.words;
}

/** The scan behind an acceptance of this customer; null where there is none. */
export async function acceptanceFile(
  db: Db | Tx,
  brand: string,
  of: { customerId: string; acceptanceId: string },
): Promise<{ id: string; media_type: ScanType; bytes: Buffer } | null> {
  const row = await db
    .selectFrom('terms_acceptance as a')
    .innerJoin('terms_signed_file as f', 'f.id', 'a.file_id')
    .select(['f.id', 'f.media_type', 'f.bytes'])
    .where('a.id', '=', of.acceptanceId)
    .where('a.customer_id', '=', of.customerId)
    .where('a.brand', '=', brand)
    .executeTakeFirst();
  return row ?? null;
}
