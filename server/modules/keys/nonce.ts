import { type Db, violated } from '#kernel/db.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * Uses up the nonce of a signed request, committed before the request does anything, so that the same request is
 * refused however soon it comes again and whatever became of it (F40). Throws `nonce-used`.
 */
export async function nonceSpend(
  db: Db,
  nonce: { keyId: string; text: string; expiresAt: Date },
): Promise<void> {
  const row = { key_id: nonce.keyId, nonce: nonce.text, expires_at: nonce.expiresAt };
  try {
    await db.insertInto('keys_nonce').values(row).execute();
  } catch (error) {
    if (violated(error) === 'keys_nonce_once') throw problem['nonce-used']();
    throw error;
  }
}
