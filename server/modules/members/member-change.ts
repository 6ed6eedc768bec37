import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import {
  type Given,
  type Member,
  memberDrop,
  memberOf,
  memberSet,
  type Role,
} from '#modules/identity/index.ts';
import { type GIVEN_ROLES, mayGive, ownGrant } from './given.ts';
import { membersLock } from './invitation-make.ts';
import { problem } from './rules.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** What a member may do was changed; the owner and the member are told. */
    'member.changed': { customerId: string; userId: string; shown: string; role: Role };
    /** Somebody belongs to a customer no more, by the own will (`left`) or another's; for what they had there. */
    'member.gone': { customerId: string; userId: string; shown: string; left: boolean };
  }
}

const saidOf = ({ role, areas, services }: Given): Given => ({ role, areas, services });
const shownOf = (member: Member) => member.email ?? member.phone_shown ?? '';

/** Another role for a member, at once. Throws `prove-again`, 404, `owner-stays`, `more-than-own`. */
export async function memberChange(
  tx: Tx,
  ctx: Ctx,
  asked: { userId: string; given: Given & { role: (typeof GIVEN_ROLES)[number] } },
): Promise<void> {
  const { customerId, userId: givenBy } = customerOf(ctx);
  const { userId, given } = asked;
  await requireStepUp(tx, ctx);
  const member = await othersMember(tx, ctx, userId, given);
  await memberSet(tx, { customerId, userId, ...given, givenBy });
  await auditRecord(tx, ctx, {
    action: 'member.changed',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { before: saidOf(member), after: saidOf(given) },
  });
  const shown = shownOf(member);
  await ctx.bus.emit(tx, ctx, 'member.changed', { customerId, userId, shown, role: given.role });
}

/** Takes a member out; its sessions in this customer end. Throws 404, `owner-stays`, `more-than-own`. */
export async function memberRemove(tx: Tx, ctx: Ctx, userId: string): Promise<void> {
  await gone(tx, ctx, await othersMember(tx, ctx, userId), false);
}

/** Who isn't the owner leaves; the session goes on in the person's own customer. Throws `owner-stays`. */
export async function memberLeave(tx: Tx, ctx: Ctx): Promise<void> {
  const { customerId, userId } = customerOf(ctx);
  await membersLock(tx, customerId);
  const member = await memberOf(tx, customerId, userId);
  if (!member) throw common['not-found']();
  if (member.role === 'owner') throw problem['owner-stays']();
  await gone(tx, ctx, member, true);
}

async function othersMember(tx: Tx, ctx: Ctx, userId: string, given?: Given): Promise<Member> {
  const { customerId } = customerOf(ctx);
  await membersLock(tx, customerId);
  const member = await memberOf(tx, customerId, userId);
  if (!member) throw common['not-found']();
  if (member.role === 'owner') throw problem['owner-stays']();
  mayGive(await ownGrant(tx, ctx), member, ...(given ? [given] : []));
  return member;
}

async function gone(tx: Tx, ctx: Ctx, member: Member, left: boolean): Promise<void> {
  const { customer_id: customerId, user_id: userId } = member;
  const keep = left ? customerOf(ctx).sessionId : null;
  const sessions = await memberDrop(tx, ctx, { customerId, userId, keep });
  await auditRecord(tx, ctx, {
    action: left ? 'member.left' : 'member.removed',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { before: saidOf(member), sessions_ended: sessions },
  });
  await ctx.bus.emit(tx, ctx, 'member.gone', { customerId, userId, shown: shownOf(member), left });
}
