import type { Db, Tx } from '#kernel/db.ts';
import { passkeyList, userOwner } from '#modules/factors/index.ts';
import { userRead } from '#modules/identity/index.ts';
import './tables.ts';

/** One way to sign in by oneself; a mailbox alone, by which a password can be made anew, doesn't count. */
export interface WayIn {
  kind: 'password' | 'phone' | 'passkey' | 'binding';
  /** Of a binding. */
  id: string | null;
}

/** By what a user can sign in; never empty while the rules of this room are kept. */
export async function waysIn(db: Db | Tx, userId: string): Promise<WayIn[]> {
  const user = await userRead(db, userId);
  const passkeys = (await passkeyList(db, userOwner(userId))).filter((row) => !row.refused_at);
  const bindings = await db
    .selectFrom('federation_binding')
    .select('id')
    .where('user_id', '=', userId)
    .execute();
  const ways: WayIn[] = [];
  if (user.password_hash !== null && (user.email_verified_at || user.phone_digest))
    ways.push({ kind: 'password', id: null });
  if (user.phone_digest) ways.push({ kind: 'phone', id: null });
  if (passkeys.length > 0) ways.push({ kind: 'passkey', id: null });
  for (const { id } of bindings) ways.push({ kind: 'binding', id });
  return ways;
}
