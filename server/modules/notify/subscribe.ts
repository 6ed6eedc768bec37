import type { Bus } from '#kernel/events.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from './notice-send.ts';
import { signInTold } from './sign-in-told.ts';
import { subscribeFactors } from './subscribe-factors.ts';
import { subscribeKeys } from './subscribe-keys.ts';
import { subscribeMembers } from './subscribe-members.ts';

const BY_SMS_ALONE = { email: false, sms: true, site: false, otherwise: [] };

/** What identity, below, wants told. */
export function subscribe(bus: Bus): void {
  signInTold(bus);
  subscribeFactors(bus);
  subscribeKeys(bus);
  subscribeMembers(bus);
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
  bus.on('contact.code-issued', async (tx, ctx, event) => {
    const { userId, locale, shown, email } = event;
    await noticeSend(tx, ctx, {
      kind: event.kind === 'phone' ? 'phone-code' : 'email-code',
      dedupe: `contact-code:${event.contactId}`,
      to: { customerId: null, userId, email: email ?? shown, locale },
      values: { code: event.code, minutes: event.minutes },
      ...(event.kind === 'phone' ? { ways: BY_SMS_ALONE, contact: { id: event.contactId, shown } } : {}),
      secret: true,
    });
  });
  bus.on('phone.code-issued', async (tx, ctx, { codeId, shown, locale, code, minutes }) => {
    await noticeSend(tx, ctx, {
      kind: 'phone-code',
      dedupe: `phone-code:${codeId}`,
      to: { customerId: null, userId: null, email: shown, locale },
      values: { code, minutes },
      ways: BY_SMS_ALONE,
      phoneCode: { id: codeId, shown },
      secret: true,
    });
  });
  bus.on('visit.opened', async (tx, ctx, event) => {
    const { customerId, userId, email, locale, reason, minutes } = event;
    await noticeSend(tx, ctx, {
      kind: event.writes ? 'staff-visit-acting' : 'staff-visit',
      dedupe: `visit:${event.visitId}`,
      to: { customerId, userId, email, locale },
      values: { reason, minutes },
    });
  });
  bus.on('staff.told', async (tx, ctx, event) => {
    await noticeSend(tx, ctx, {
      kind: event.kind,
      dedupe: `${event.kind}:${event.staffId}:${ctx.requestId ?? ctx.now.toISOString()}`,
      to: { customerId: null, userId: null, email: event.email, locale: ctx.locale },
      values: event.values,
    });
  });
  // To the mailbox that was left, whose owner may know nothing of it.
  bus.on('contact.set', async (tx, ctx, event) => {
    if (event.before === null) return;
    const { locale } = await customerRead(tx, event.customerId);
    await noticeSend(tx, ctx, {
      kind: 'email-changed',
      dedupe: `email-changed:${event.userId}:${ctx.now.toISOString()}`,
      to: { customerId: event.customerId, userId: event.userId, email: event.before, locale },
      values: { shown: event.shown },
    });
  });
}
