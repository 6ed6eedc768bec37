import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Service } from './service-row.ts';
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
