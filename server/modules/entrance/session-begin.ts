import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Locale } from '#kernel/text.ts';
import { type OpenedSession, sessionOpen, userRead } from '#modules/identity/index.ts';
import { deviceOf, isUnfamiliar, placeName } from './whereabouts.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A user signed in with a program or from a place that wasn't seen before. */
    'user.signed-in-newly': {
      userId: string;
      customerId: string;
      sessionId: string;
      email: string | null;
      locale: Locale;
      device: string | null;
      place: string | null;
      ip: string | null;
      at: Date;
    };
  }
}

/** Opens a user's session; its owner is told when it comes from where none did before. */
export async function sessionBegin(
  tx: Tx,
  ctx: Ctx,
  owner: { userId: string; customerId: string },
  by: string,
): Promise<OpenedSession> {
  const { before, ...session } = await sessionOpen(tx, ctx, owner, by);
  const { ip, userAgent } = ctx;
  if (isUnfamiliar({ ip, user_agent: userAgent }, before)) {
    const { email, locale } = await userRead(tx, owner.userId);
    await ctx.bus.emit(tx, ctx, 'user.signed-in-newly', {
      ...owner,
      sessionId: session.sessionId,
      email,
      locale,
      device: deviceOf(userAgent),
      place: placeName(ip),
      ip,
      at: ctx.now,
    });
  }
  return session;
}
