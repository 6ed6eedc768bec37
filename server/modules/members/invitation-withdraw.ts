import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { mayGive, ownGrant } from './given.ts';
import './tables.ts';

/** What waits for somebody to accept it, the newest first. */
export function invitationsOf(db: Db | Tx, customerId: string, now: Date) {
  return db
    .selectFrom('members_invitation')
    .select(['id', 'email', 'role', 'areas', 'services', 'invited_by', 'invited_at', 'expires_at'])
    .where('customer_id', '=', customerId)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
}

/** Its mail is of no use from now on. Throws 404, `more-than-own`. */
export async function invitationWithdraw(tx: Tx, ctx: Ctx, invitationId: string): Promise<void> {
  const { customerId } = customerOf(ctx);
  const row = await tx
    .selectFrom('members_invitation')
    .select(['id', 'role', 'areas', 'services'])
    .where('id', '=', invitationId)
    .where('customer_id', '=', customerId)
    .where('state', '=', 'open')
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  mayGive(await ownGrant(tx, ctx), row);
  await tx
    .updateTable('members_invitation')
    .set({ state: 'withdrawn', ended_at: ctx.now, email: null, email_normal: null })
    .where('id', '=', row.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'member.invitation-withdrawn',
    subject: { kind: 'invitation', id: row.id },
    customerId,
  });
}

/** A service that isn't the customer's any more is in no invitation. */
export async function invitationsForget(
  tx: Tx,
  { customerId, serviceId }: { customerId: string; serviceId: string },
): Promise<void> {
  await sql`update members_invitation set services = array_remove(services, ${serviceId}::uuid)
    where customer_id = ${customerId} and services @> array[${serviceId}::uuid]`.execute(tx);
}
