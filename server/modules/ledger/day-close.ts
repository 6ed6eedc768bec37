import { sql } from 'kysely';
import type { Brand } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes, naturalDay, nextMidnight } from '#kernel/time.ts';
import './tables.ts';

/** For acts that began before midnight and post after it. Beyond that they're refused (`ledger-day-closed`). */
const GRACE_MINUTES = 15;

interface OpenDay {
  brand: Brand;
  day: string;
  endsAt: Date;
  closesAt: Date;
}

/** The first day with postings whose books are still open, of each brand for which something was posted since the last one. */
export async function openDays(db: Db | Tx, brands: readonly Brand[]): Promise<OpenDay[]> {
  const { rows } = await sql<{ brand: string; at: Date; closed: string | null }>`
    select k.brand, t.at, c.closed from unnest(${brands.map(({ id }) => id)}::text[]) as k (brand)
    cross join lateral (
      select max(day) as closed, max(ends_at) as ended from ledger_day where brand = k.brand) c
    cross join lateral (
      select at from ledger_transaction where brand = k.brand and at >= coalesce(c.ended, '-infinity'::timestamptz)
        order by at limit 1) t`.execute(db);
  return rows.map(({ brand: id, at, closed }) => {
    const brand = brands.find((one) => one.id === id)!;
    const midnight = nextMidnight(at, brand.zone);
    // A brand that moved to a zone further west meets the same day again: it is closed with the one after it.
    const again = closed !== null && naturalDay(at, brand.zone) <= closed;
    const endsAt = again ? nextMidnight(midnight, brand.zone) : midnight;
    const day = naturalDay(again ? midnight : at, brand.zone);
    return { brand, day, endsAt, closesAt: addMinutes(endsAt, GRACE_MINUTES) };
  });
}

/**
 * Closes the books of the first open day, if it is over. From the commit of this on, nothing dated before its end is
 * posted (ledger_transaction_made). Returns whether it did.
 */
export async function dayClose(tx: Tx, ctx: Ctx): Promise<boolean> {
  const [open] = await openDays(tx, [ctx.brand]);
  if (!open || open.closesAt > ctx.now) return false;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('ledger_day')
    .values({ brand: ctx.brand.id, day: open.day, ends_at: open.endsAt, closed_at: ctx.now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
