import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type Sealer, sameSecret, tokenHash } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { normalEmail, userByEmail } from '#modules/identity/index.ts';
import { RECOVERY_AGAIN_SECONDS, RECOVERY_ATTEMPTS, RECOVERY_MINUTES } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Somebody asked for a new password for this address. */
    'user.recovery-asked': { userId: string; email: string; locale: Locale; code: string; minutes: number };
  }
}

/**
 * A code goes to the address if it is a user's; if not, one that nobody gets is put down all the same, so that whoever
 * tries codes meets the same rows. At most one a minute, silently.
 */
export async function recoveryAsk(tx: Tx, ctx: Ctx, sealer: Sealer, email: string): Promise<void> {
  const address_digest = digestOf(sealer, email);
  const earlier = await tx
    .selectFrom('factors_recovery')
    .select('sent_at')
    .where('brand', '=', ctx.brand.id)
    .where('address_digest', '=', address_digest)
    .forUpdate()
    .executeTakeFirst();
  if (earlier && earlier.sent_at > addMs(ctx.now, -RECOVERY_AGAIN_SECONDS * 1_000)) return;
  const user = await userByEmail(tx, ctx.brand.id, email);
  const code = String(randomInt(100_000_000)).padStart(8, '0');
  const row = {
    user_id: user?.id ?? null,
    code_hash: codeHash(address_digest, code),
    attempts: 0,
    sent_at: ctx.now,
    expires_at: addMinutes(ctx.now, RECOVERY_MINUTES),
  };
  await tx
    .insertInto('factors_recovery')
    .values({ brand: ctx.brand.id, address_digest, ...row })
    .onConflict((conflict) => conflict.columns(['brand', 'address_digest']).doUpdateSet(row))
    .execute();
  if (!user?.email) return;
  await ctx.bus.emit(tx, ctx, 'user.recovery-asked', {
    userId: user.id,
    email: user.email,
    locale: user.locale,
    code,
    minutes: RECOVERY_MINUTES,
  });
}

/**
 * Whose address the code was mailed to; null when it is wrong, too old or was guessed at too often. A wrong one is
 * counted: the caller commits before it refuses. Each works once.
 */
export async function recoveryCodeTake(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: { email: string; code: string },
): Promise<string | null> {
  const digest = digestOf(sealer, given.email);
  const mine = tx
    .selectFrom('factors_recovery')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('address_digest', '=', digest);
  const row = await mine.forUpdate().executeTakeFirst();
  if (!row || row.expires_at <= ctx.now || row.attempts >= RECOVERY_ATTEMPTS) return null;
  const user = await userByEmail(tx, ctx.brand.id, given.email);
  // A code that is on its way to a mailbox which isn't the user's any more is nobody's.
  const theirs = row.user_id !== null && user?.id === row.user_id;
  const right = sameSecret(row.code_hash, codeHash(digest, given.code)) && theirs;
  await tx
    .updateTable('factors_recovery')
    .set({ attempts: right ? RECOVERY_ATTEMPTS : row.attempts + 1 })
    .where('brand', '=', ctx.brand.id)
    .where('address_digest', '=', digest)
    .execute();
  return right ? row.user_id : null;
}

function digestOf(sealer: Sealer, email: string): string {
  return sealer.blind('recovery', normalEmail(email));
}

function codeHash(digest: string, code: string): Buffer {
  return tokenHash(`${digest}:${code}`);
}
