import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** When the service of this order was bought: what was agreed then holds for its later orders too. */
export async function orderOrigin(db: Db | Tx, orderId: string): Promise<Date> {
  const row = await db
    .selectFrom('billing_order as o')
    .innerJoin('billing_order as first', 'first.service_id', 'o.service_id')
    .select('first.created_at')
    .where('o.id', '=', orderId)
    .orderBy('first.created_at')
    .limit(1)
    .executeTakeFirstOrThrow();
  return row.created_at;
}
