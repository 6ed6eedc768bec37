import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { PolicySubject } from './policy.ts';
import { type AcceptedTerms, termsAccepted } from './terms-read.ts';
import './tables.ts';

/** The terms that a customer had accepted at an instant, and when it did; null when it had none. */
export async function acceptanceAt(
  db: Db | Tx,
  customerId: string,
  instant: Date,
): Promise<{ terms: AcceptedTerms; at: Date } | null> {
  const row = await db
    .selectFrom('terms_acceptance')
    .select(['id', 'at'])
    .where('customer_id', '=', customerId)
    .where('at', '<=', instant)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { terms: await termsAccepted(db, row.id), at: row.at } : null;
}

/**
 * These, each under what its customer had accepted by its instant, for `policiesOf`: another version that was accepted
 * since changes nothing of what was promised then. Who had accepted nothing by then is left as it is.
 */
export async function acceptedThen<T extends PolicySubject & { at: Date }>(
  db: Db | Tx,
  ofs: readonly T[],
): Promise<T[]> {
  const { rows } = await sql<{ acceptance_id: string | null }>`
    select a.id as acceptance_id
    from unnest(${ofs.map(({ customerId }) => customerId)}::uuid[],
      ${ofs.map(({ at }) => at.toISOString())}::timestamptz[]) with ordinality as o (customer_id, instant, number)
      left join lateral (select id from terms_acceptance where customer_id = o.customer_id and at <= o.instant
        order by at desc limit 1) a on true
    order by o.number`.execute(db);
  return ofs.map((of, i) => ({ ...of, acceptanceId: rows[i]!.acceptance_id ?? of.acceptanceId }));
}
