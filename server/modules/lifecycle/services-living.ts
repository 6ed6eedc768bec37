import type { Db, Tx } from '#kernel/db.ts';
import type { Service } from './service-row.ts';
import './tables.ts';

/** A customer's services that haven't ended, oldest first. */
export function servicesLiving(db: Db | Tx, brand: string, customerId: string): Promise<Service[]> {
  return db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['preparing', 'active', 'suspended'])
    .orderBy('id')
    .execute();
}
