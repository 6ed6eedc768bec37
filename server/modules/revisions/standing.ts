import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { id, instant } from '#kernel/http.ts';
import {
  acceptanceLatest,
  confirmed,
  revisionFacing,
  termsAccepted,
  termsCurrent,
} from '#modules/terms/index.ts';
import { disagreementOpen } from './disagreement.ts';

/** Where a customer stands with the agreement, as its pages need it. */
export const standing = z.object({
  /** Of the version that holds, confirmed by itself: it may buy. */
  accepted: z.boolean(),
  accepted_version: z.string().nullable(),
  current_version_id: id,
  /** Another version than the one it accepted holds, or was announced to. */
  revision: z
    .object({
      version: z.string(),
      replaces: z.string(),
      effective_at: instant,
      in_force: z.boolean(),
      /** It comes under it by accepting, or by going on. */
      by: z.enum(['accept', 'use']),
      /** The clause of the terms that it accepted by which they are revised; null where they don't speak of it. */
      clause: z.string().nullable(),
      /** What is promised to those who disagree, and after how many natural days their services end. */
      on_disagree: z.array(z.string()).nullable(),
      end_days: z.number().int(),
    })
    .nullable(),
  disagreement: z
    .object({
      version: z.string(),
      at: instant,
      end_at: instant,
      promises: z.array(z.string()),
      clause: z.string(),
    })
    .nullable(),
});

export type Standing = z.infer<typeof standing>;

export async function standingRead(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Standing> {
  const brand = ctx.brand.id;
  const current = await termsCurrent(db, brand, ctx.now);
  const accepted = await acceptanceLatest(db, customerId);
  const facing = await revisionFacing(db, brand, customerId, ctx.now);
  const open = await disagreementOpen(db, customerId);
  const rule = facing?.accepted.parameters.revision;
  return {
    accepted: accepted?.version.id === current.id && (await confirmed(db, customerId, current)),
    accepted_version: accepted?.version.version ?? null,
    current_version_id: current.id,
    revision: facing && {
      version: facing.version.version,
      replaces: facing.accepted.version.version,
      effective_at: facing.effectiveAt.toISOString(),
      in_force: facing.effectiveAt <= ctx.now,
      by: facing.by,
      clause: rule?.clause ?? null,
      on_disagree: rule?.on_disagree ?? null,
      end_days: rule?.end_days ?? 0,
    },
    disagreement: open && {
      version: open.version,
      at: open.at.toISOString(),
      end_at: open.end_at.toISOString(),
      promises: open.promises,
      clause: (await termsAccepted(db, open.acceptance_id)).clauseOf('revision').clause,
    },
  };
}
