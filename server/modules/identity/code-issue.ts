import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { tokenHash } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { CODE_AGAIN_SECONDS, CODE_MINUTES } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    'user.code-issued': { userId: string; email: string; locale: Locale; code: string; minutes: number };
  }
}

/** A fresh six-digit code for the address; an older one stops working. At most one a minute, silently. */
export async function codeIssue(
  tx: Tx,
  ctx: Ctx,
  user: { id: string; email: string; locale: Locale },
): Promise<void> {
  const earlier = await tx
    .selectFrom('identity_email_code')
    .select('sent_at')
    .where('user_id', '=', user.id)
    .forUpdate()
    .executeTakeFirst();
  if (earlier && earlier.sent_at > addMs(ctx.now, -CODE_AGAIN_SECONDS * 1_000)) return;

  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const row = {
    code_hash: codeHash(user.id, code),
    attempts: 0,
    sent_at: ctx.now,
    expires_at: addMinutes(ctx.now, CODE_MINUTES),
  };
  await tx
    .insertInto('identity_email_code')
    .values({ user_id: user.id, ...row })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
    .execute();
  await ctx.bus.emit(tx, ctx, 'user.code-issued', {
    userId: user.id,
    email: user.email,
    locale: user.locale,
    code,
    minutes: CODE_MINUTES,
  });
}

export function codeHash(userId: string, code: string): Buffer {
  return tokenHash(`${userId}:${code}`);
}
