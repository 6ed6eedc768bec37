import type { Db, Tx } from '#kernel/db.ts';
import type { Certificate } from './certificate-paper.ts';
import './tables.ts';

/** The certificate of a service; null before it is written. */
export async function certificateOf(db: Db | Tx, serviceId: string): Promise<Certificate | null> {
  const row = await db
    .selectFrom('lifecycle_certificate')
    .select(['number', 'facts', 'issued_at'])
    .where('service_id', '=', serviceId)
    .executeTakeFirst();
  return row ? { number: row.number, facts: row.facts, issuedAt: row.issued_at } : null;
}
