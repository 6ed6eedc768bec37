import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { PriceMoveTable } from './tables.ts';
import './tables.ts';

export type PriceMove = Selectable<PriceMoveTable>;

export interface NewMove {
  serviceId: string;
  versionId: string;
  from: Micro;
  to: Micro;
  /** Its renewals cost the new price from then on; never before its customer was told. */
  fromAt: Date;
}

/** Notes which prices services move to; what was noted of this version for another plan of the service is over. */
export async function movesAdd(tx: Tx, ctx: Ctx, moves: readonly NewMove[]): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map((move) => ({
    service_id: move.serviceId,
    version_id: move.versionId,
    brand: ctx.brand.id,
    from_micro: move.from,
    to_micro: move.to,
    from_at: move.fromAt,
    told_at: ctx.now,
    settled_at: null,
  }));
  await tx
    .insertInto('catalogue_price_move')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['service_id', 'version_id']).doUpdateSet((e) => ({
        from_micro: e.ref('excluded.from_micro'),
        to_micro: e.ref('excluded.to_micro'),
        from_at: e.ref('excluded.from_at'),
        told_at: e.ref('excluded.told_at'),
        settled_at: null,
      })),
    )
    .execute();
}

/** What is announced to these services and not settled, the soonest first. */
export function movesOf(db: Db | Tx, serviceIds: readonly string[]): Promise<PriceMove[]> {
  return db
    .selectFrom('catalogue_price_move')
    .selectAll()
    .where('service_id', '=', sql<string>`any(${serviceIds}::uuid[])`)
    .where('settled_at', 'is', null)
    .orderBy('from_at')
    .orderBy('version_id')
    .execute();
}

/** The monthly prices at which services renew now where that isn't the one they keep: the latest that has come. */
export async function pricesMoved(
  db: Db | Tx,
  now: Date,
  serviceIds: readonly string[],
): Promise<Map<string, Micro>> {
  // Most of the time nothing is announced, and a batch needn't send its thousands of ids to be told so.
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from catalogue_price_move where settled_at is null) as any`.execute(db);
  if (!rows[0]!.any) return new Map();
  const come = (await movesOf(db, serviceIds)).filter(({ from_at }) => from_at <= now);
  return new Map(come.map(({ service_id, to_micro }) => [service_id, to_micro]));
}

/** Services took the prices that had come by now; with `all`, what was still to come goes too: they are of another plan. */
export async function movesSettle(
  tx: Tx,
  ctx: Ctx,
  serviceIds: readonly string[],
  all?: 'all',
): Promise<void> {
  if (serviceIds.length === 0) return;
  await tx
    .updateTable('catalogue_price_move')
    .set({ settled_at: ctx.now })
    .where('service_id', '=', sql<string>`any(${serviceIds}::uuid[])`)
    .where('settled_at', 'is', null)
    .$if(!all, (q) => q.where('from_at', '<=', ctx.now))
    .execute();
}
