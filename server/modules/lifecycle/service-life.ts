import type { Selectable } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { EndTable, HoldTable } from './tables.ts';
import './tables.ts';

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
