import type { Db } from '#kernel/db.ts';
import './tables.ts';

/** Whether a request of this member of the staff left anything on record. */
export async function auditOfRequest(db: Db, staffId: string, requestId: string): Promise<boolean> {
  const row = await db
    .selectFrom('audit_event')
    .select('id')
    .where('actor_kind', '=', 'staff')
    .where('actor_id', '=', staffId)
    .where('request_id', '=', requestId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
