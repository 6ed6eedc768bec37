import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** Whether all of the customer's money is frozen, for now or for long; a part leaves the rest free. */
export async function moneyFrozen(db: Db | Tx, brand: string, customerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('funds_freeze')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('brand', '=', brand)
    .where('scope', '=', 'whole')
    .where('state', 'in', ['frozen', 'appealed', 'held'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
