import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** What is told to a user, and compared with what it gives; throws when there is none. */
export function userRead(db: Db | Tx, userId: string) {
  return db
    .selectFrom('identity_user')
    .select([
      'id',
      'brand',
      'email',
      'email_normal',
      'locale',
      'password_hash',
      'email_verified_at',
      'phone_digest',
      'phone_shown',
      'phone_verified_at',
    ])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
}

/** The customer that a user belongs to first; null when to none. */
export async function customerOfUser(db: Db | Tx, userId: string): Promise<string | null> {
  const row = await db
    .selectFrom('identity_member')
    .select('customer_id')
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .executeTakeFirst();
  return row?.customer_id ?? null;
}
