import type { Bus } from '#kernel/events.ts';
import { customerRead, memberOf, membersOf, type Role } from '#modules/identity/index.ts';
import { ROLE_NAMES } from '#modules/wording/index.ts';
import { type NoticeRequest, noticeSend } from './notice-send.ts';

type Kind = 'member-joined' | 'member-changed' | 'member-gone';

/** Who comes into an account and who goes: the room members, below, wants it told. */
export function subscribeMembers(bus: Bus): void {
  bus.on('member.invited', async (tx, ctx, event) => {
    const { email, locale, from, link, days } = event;
    await noticeSend(tx, ctx, {
      kind: 'member-invited',
      dedupe: `invitation:${event.invitationId}`,
      // Nobody's notice yet: the address may have no account.
      to: { customerId: null, userId: null, email, locale },
      values: { from, role: ROLE_NAMES[event.role][locale], link, days },
      secret: true,
    });
  });
  const owner = async (
    tx: Parameters<typeof noticeSend>[0],
    ctx: Parameters<typeof noticeSend>[1],
    event: { customerId: string; userId: string; shown: string; role?: Role },
    kind: Kind,
  ) => {
    const { id, user_id, email, locale } = await customerRead(tx, event.customerId);
    const dedupe = `${kind}:${event.customerId}:${event.userId}:${ctx.now.toISOString()}`;
    const role = event.role ? ROLE_NAMES[event.role][locale] : '';
    const values = { who: event.shown, role };
    const request: NoticeRequest = {
      kind,
      dedupe,
      to: { customerId: id, userId: user_id, email, locale },
      values,
    };
    await noticeSend(tx, ctx, request);
  };
  bus.on('member.joined', (tx, ctx, event) => owner(tx, ctx, event, 'member-joined'));
  bus.on('member.gone', (tx, ctx, event) => owner(tx, ctx, event, 'member-gone'));
  bus.on('members.second-factor-required', async (tx, ctx, { customerId, by }) => {
    const { email: mailbox, phone_shown } = await customerRead(tx, customerId);
    for (const { user_id: userId, email, locale } of await membersOf(tx, customerId)) {
      if (userId === by || !email) continue;
      await noticeSend(tx, ctx, {
        kind: 'member-second-factor',
        dedupe: `member-second-factor:${customerId}:${userId}:${ctx.now.toISOString()}`,
        to: { customerId: null, userId, email, locale },
        values: { who: mailbox ?? phone_shown ?? '' },
      });
    }
  });
  bus.on('member.changed', async (tx, ctx, event) => {
    await owner(tx, ctx, event, 'member-changed');
    const member = await memberOf(tx, event.customerId, event.userId);
    if (!member?.email) return;
    const { email, locale } = member;
    await noticeSend(tx, ctx, {
      kind: 'member-changed',
      dedupe: `member-changed:own:${event.customerId}:${event.userId}:${ctx.now.toISOString()}`,
      to: { customerId: null, userId: event.userId, email, locale },
      values: { who: event.shown, role: ROLE_NAMES[event.role][locale] },
    });
  });
}
