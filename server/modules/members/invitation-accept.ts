import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { grantWithin } from '#kernel/grant.ts';
import { customerOf } from '#kernel/http.ts';
import { tokenHash } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { grantOf, grantOfMember, memberAdd, memberOf, type Role, userRead } from '#modules/identity/index.ts';
import { membersLock } from './invitation-make.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Somebody belongs to a customer from now on; its owner is told. */
    'member.joined': { customerId: string; userId: string; shown: string; role: Role };
  }
}

/** What an invitation says to whoever has its token; null when it is of no use (any more). */
export async function invitationByToken(db: Db | Tx, ctx: Ctx, token: string) {
  const row = await db
    .selectFrom('members_invitation')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'open')
    .where('expires_at', '>', ctx.now)
    .executeTakeFirst();
  if (!row) return null;
  const inviter = await memberOf(db, row.customer_id, row.invited_by);
  return inviter ? { ...row, email: row.email!, from: inviter.email ?? inviter.phone_shown ?? '' } : null;
}

/**
 * The signed-in user, whose verified address it came to, becomes a member. What it gives is still within what its maker
 * has. Returns the customer. Throws `invitation-gone`, `invitation-elsewhere`, `member-already`.
 */
export async function invitationAccept(tx: Tx, ctx: Ctx, token: string): Promise<string> {
  const { userId } = customerOf(ctx);
  const found = await invitationByToken(tx, ctx, token);
  if (!found) throw problem['invitation-gone']();
  const { customer_id: customerId } = found;
  await membersLock(tx, customerId);
  const row = await invitationByToken(tx, ctx, token);
  if (!row) throw problem['invitation-gone']();
  const user = await userRead(tx, userId);
  if (!user.email_verified_at || user.email_normal !== row.email_normal)
    throw problem['invitation-elsewhere']();
  const given = { role: row.role, areas: row.areas, services: row.services };
  const maker = await grantOfMember(tx, customerId, row.invited_by);
  if (!maker || !grantWithin(maker, grantOf(given))) throw problem['invitation-gone']();
  // A member who opens the mail of the own invitation again stays what it is.
  if (await memberOf(tx, customerId, userId)) throw problem['member-already']();
  await memberAdd(tx, ctx, { customerId, userId, ...given, givenBy: row.invited_by });
  await tx
    .updateTable('members_invitation')
    .set({ state: 'accepted', ended_at: ctx.now, accepted_by: userId, email: null, email_normal: null })
    .where('id', '=', row.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'member.joined',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { ...given, invitation: row.id, given_by: row.invited_by },
  });
  const shown = user.email ?? '';
  await ctx.bus.emit(tx, ctx, 'member.joined', { customerId, userId, shown, role: row.role });
  return customerId;
}
