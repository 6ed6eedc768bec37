import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** How many payments wait for staff because the channel's facts differ from ours. */
export async function heldPayments(db: Db | Tx, brand: string): Promise<number> {
  const { count } = await db
    .selectFrom('payments_payment')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('brand', '=', brand)
    .where('state', '=', 'held')
    .executeTakeFirstOrThrow();
  return Number(count);
}
