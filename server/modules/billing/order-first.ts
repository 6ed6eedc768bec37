import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

export interface OrderFirst {
  number: string;
  /** The version of the catalogue whose prices its page showed. */
  catalogueVersionId: string;
  months: number;
  at: Date;
}

/**
 * The order by which a service began: what its page showed holds for it. Null where another customer bought it.
 */
export async function orderFirst(
  db: Db | Tx,
  { customerId, serviceId }: { customerId: string; serviceId: string },
): Promise<OrderFirst | null> {
  const row = await db
    .selectFrom('billing_order')
    .select(['number', 'catalogue_version_id as catalogueVersionId', 'months', 'created_at as at'])
    .where('service_id', '=', serviceId)
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'new')
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
