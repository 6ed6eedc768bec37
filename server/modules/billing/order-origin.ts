import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** When this order's customer first paid for its service: what was agreed then holds for its later orders too. */
export async function orderOrigin(db: Db | Tx, orderId: string): Promise<Date> {
  const row = await db
    .selectFrom('billing_order as o')
    .innerJoin('billing_order as first', (join) =>
      join.onRef('first.service_id', '=', 'o.service_id').onRef('first.customer_id', '=', 'o.customer_id'),
    )
    .select('first.created_at')
    .where('o.id', '=', orderId)
    .orderBy('first.created_at')
    .limit(1)
    .executeTakeFirstOrThrow();
  return row.created_at;
}
