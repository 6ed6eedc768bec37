import type { Db, Tx } from '#kernel/db.ts';
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
