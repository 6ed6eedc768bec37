import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Locale } from '#kernel/text.ts';
import { customerOfUser, userRead } from '#modules/identity/index.ts';

export type SecurityChange =
  | 'password-changed'
  | 'password-recovered'
  | 'totp-on'
  | 'totp-off'
  | 'passkey-added'
  | 'passkey-removed'
  | 'recovery-codes-made'
  | 'question-set'
  | 'question-removed';

declare module '#kernel/events.ts' {
  interface Events {
    /** What signs a user in, or what gets a lost password back, is no longer what it was: its owner is told. */
    'user.security-changed': {
      userId: string;
      customerId: string | null;
      email: string | null;
      locale: Locale;
      what: SecurityChange;
      at: Date;
    };
  }
}

export async function securityChanged(tx: Tx, ctx: Ctx, userId: string, what: SecurityChange): Promise<void> {
  const { email, locale } = await userRead(tx, userId);
  const customerId = await customerOfUser(tx, userId);
  await ctx.bus.emit(tx, ctx, 'user.security-changed', {
    userId,
    customerId,
    email,
    locale,
    what,
    at: ctx.now,
  });
}
