import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { newToken, tokenHash } from '#kernel/seal.ts';
import type { Locale } from '#kernel/text.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { type Given, memberOf, membersOf, normalEmail, type Role } from '#modules/identity/index.ts';
import { type GIVEN_ROLES, mayGive, ownGrant } from './given.ts';
import { INVITATION_DAYS, INVITATIONS_PER_DAY, MEMBERS_MOST, problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A mail has to go to somebody who may have no account here; `link` opens the invitation. */
    'member.invited': {
      invitationId: string;
      email: string;
      locale: Locale;
      from: string;
      role: Role;
      link: string;
      days: number;
    };
  }
}

const DAY_MINUTES = 24 * 60;

/**
 * Asks somebody into the actor's customer by mail; an earlier one to the same address ends. The token is known to the
 * mail alone. Throws `prove-again`, `more-than-own`, `member-already`, `members-full`, `invitations-spent`.
 */
export async function invitationMake(
  tx: Tx,
  ctx: Ctx,
  asked: {
    email: string;
    given: Given & { role: (typeof GIVEN_ROLES)[number] };
    linkOf: (token: string) => string;
  },
): Promise<string> {
  const { customerId, userId } = customerOf(ctx);
  const { email, given } = asked;
  await requireStepUp(tx, ctx);
  await membersLock(tx, customerId);
  mayGive(await ownGrant(tx, ctx), given);
  const members = await membersOf(tx, customerId);
  const email_normal = normalEmail(email);
  if (members.some((each) => each.email !== null && normalEmail(each.email) === email_normal))
    throw problem['member-already']();
  await roomLeft(tx, ctx, customerId, members.length);
  await tx
    .updateTable('members_invitation')
    .set({ state: 'withdrawn', ended_at: ctx.now, email: null, email_normal: null })
    .where('customer_id', '=', customerId)
    .where('email_normal', '=', email_normal)
    .where('state', '=', 'open')
    .execute();
  const token = newToken();
  const row = {
    id: newId(),
    brand: ctx.brand.id,
    customer_id: customerId,
    email,
    email_normal,
    role: given.role,
    areas: given.areas && JSON.stringify(given.areas),
    services: given.services,
    token_hash: tokenHash(token),
    invited_by: userId,
    invited_at: ctx.now,
    expires_at: addMinutes(ctx.now, INVITATION_DAYS * DAY_MINUTES),
    state: 'open' as const,
  };
  await tx.insertInto('members_invitation').values(row).execute();
  await auditRecord(tx, ctx, {
    action: 'member.invited',
    subject: { kind: 'invitation', id: row.id },
    customerId,
    facts: { ...given },
  });
  const inviter = await memberOf(tx, customerId, userId);
  await ctx.bus.emit(tx, ctx, 'member.invited', {
    invitationId: row.id,
    email,
    locale: ctx.locale,
    from: inviter?.email ?? inviter?.phone_shown ?? '',
    role: given.role,
    link: asked.linkOf(token),
    days: INVITATION_DAYS,
  });
  return row.id;
}

async function roomLeft(tx: Tx, ctx: Ctx, customerId: string, members: number): Promise<void> {
  const { open, today } = await tx
    .selectFrom('members_invitation')
    .select((e) => [
      e.fn.countAll<bigint>().filterWhere('state', '=', 'open').as('open'),
      e.fn.countAll<bigint>().filterWhere('invited_at', '>', addMinutes(ctx.now, -DAY_MINUTES)).as('today'),
    ])
    .where('customer_id', '=', customerId)
    .executeTakeFirstOrThrow();
  if (members + Number(open) >= MEMBERS_MOST) throw problem['members-full']();
  if (Number(today) >= INVITATIONS_PER_DAY) throw problem['invitations-spent']();
}

/** One act on who belongs to a customer at a time. */
export async function membersLock(tx: Tx, customerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`members:${customerId}`}, 0))`.execute(tx);
}
