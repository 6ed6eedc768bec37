import type { Bus } from '#kernel/events.ts';
import { noticeSend } from './notice-send.ts';

/** What identity, below, wants told. */
export function subscribe(bus: Bus): void {
  bus.on('user.code-issued', async (tx, ctx, event) => {
    await noticeSend(tx, ctx, {
      kind: 'email-code',
      dedupe: `code:${event.userId}:${ctx.now.toISOString()}`,
      to: { customerId: null, userId: event.userId, email: event.email, locale: event.locale },
      values: { code: event.code, minutes: event.minutes },
      secret: true,
    });
  });
  bus.on('user.signed-up-again', async (tx, ctx, event) => {
    await noticeSend(tx, ctx, {
      kind: 'signed-up-again',
      dedupe: `signed-up-again:${event.userId}:${ctx.now.toISOString()}`,
      to: { customerId: null, userId: event.userId, email: event.email, locale: event.locale },
      values: {},
    });
  });
}
