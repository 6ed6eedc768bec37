import type { Db, Tx } from '#kernel/db.ts';
import type { Sealer } from '#kernel/seal.ts';
import type { ContactKind } from './contact-form.ts';
import './tables.ts';

export interface Contact {
  id: string;
  customer_id: string;
  kind: ContactKind;
  shown: string;
  verified_at: Date | null;
  invalid_at: Date | null;
}

/** The contacts that hold, of these customers, without what they are. */
export function contactsOf(db: Db | Tx, customerIds: string[]): Promise<Contact[]> {
  return db
    .selectFrom('identity_contact')
    .select(['id', 'customer_id', 'kind', 'shown', 'verified_at', 'invalid_at'])
    .where((e) => e('customer_id', '=', e.fn.any(e.val(customerIds))))
    .where('state', '=', 'current')
    .execute();
}

/** What a contact is, for who sends to it; null once it is gone. */
export async function contactOpen(db: Db | Tx, sealer: Sealer, contactId: string): Promise<string | null> {
  const row = await db
    .selectFrom('identity_contact')
    .select('sealed')
    .where('id', '=', contactId)
    .executeTakeFirst();
  return row?.sealed ? sealer.open(row.sealed, `contact:${contactId}`) : null;
}
