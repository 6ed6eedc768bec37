import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Service } from './service-row.ts';
import type { EndTable, HoldTable } from './tables.ts';
import './tables.ts';

/** A brand's services by their ids; those of others and those that don't exist are left out. */
export function servicesByIds(db: Db | Tx, brand: string, ids: readonly string[]): Promise<Service[]> {
  return db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', brand)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .execute();
}

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

/** The same of many customers; with a limit on customers, not on services. */
export function servicesLivingOf(
  db: Db | Tx,
  brand: string,
  customerIds: readonly string[],
): Promise<Service[]> {
  return db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('state', 'in', ['preparing', 'active', 'suspended'])
    .orderBy('id')
    .execute();
}

/** Customers with a service of one of these products that hasn't ended, from `after` on, at most so many. */
export async function customersServed(
  db: Db | Tx,
  brand: string,
  page: { products: readonly string[]; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('lifecycle_service')
    .select('customer_id')
    .distinct()
    .where('brand', '=', brand)
    .where('state', 'in', ['preparing', 'active', 'suspended'])
    .where('product', '=', sql<string>`any(${page.products}::text[])`)
    .$if(page.after !== null, (q) => q.where('customer_id', '>', page.after!))
    .orderBy('customer_id')
    .limit(page.limit)
    .execute();
  return rows.map(({ customer_id }) => customer_id);
}

/** A customer's services of which anything can still fall due: those that haven't ended, and those whose data is still kept. */
export function servicesAhead(db: Db | Tx, brand: string, customerId: string): Promise<Service[]> {
  return db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where((e) =>
      e.or([e('state', 'in', ['preparing', 'active', 'suspended']), e('delete_at', 'is not', null)]),
    )
    .orderBy('id')
    .execute();
}

export type ServiceEnd = Selectable<EndTable>;
export type ServiceHeld = Selectable<HoldTable>;

/** How a service ended; null while it hasn't. */
export async function serviceEndOf(db: Db | Tx, serviceId: string): Promise<ServiceEnd | null> {
  const row = await db
    .selectFrom('lifecycle_end')
    .selectAll()
    .where('service_id', '=', serviceId)
    .executeTakeFirst();
  return row ?? null;
}

/** What keeps it from running now, the oldest first. */
export function serviceHolds(db: Db | Tx, serviceId: string): Promise<ServiceHeld[]> {
  return db
    .selectFrom('lifecycle_hold')
    .selectAll()
    .where('service_id', '=', serviceId)
    .where('released_at', 'is', null)
    .orderBy('placed_at')
    .execute();
}
