import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { PolicySubject } from './policy.ts';
import './tables.ts';

/** The newest acceptance of each of these customers that has one, as what `policiesOf` asks for. */
export async function acceptancesLatest(
  db: Db | Tx,
  customerIds: readonly string[],
): Promise<PolicySubject[]> {
  const rows = await db
    .selectFrom('terms_acceptance')
    .distinctOn('customer_id')
    .select(['customer_id', 'id'])
    .where('customer_id', '=', sql<string>`any(${[...new Set(customerIds)]}::uuid[])`)
    .orderBy('customer_id')
    .orderBy('at', 'desc')
    .execute();
  return rows.map((row) => ({ customerId: row.customer_id, serviceId: null, acceptanceId: row.id }));
}
