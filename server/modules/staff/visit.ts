import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import {
  customerFind,
  customerRead,
  type OpenedSession,
  sessionEnd,
  sessionOpen,
} from '#modules/identity/index.ts';
import { VISIT_MINUTES } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Staff are logged in as a customer, who is told by notice. */
    'visit.opened': {
      visitId: string;
      customerId: string;
      userId: string;
      email: string | null;
      locale: 'zh' | 'en';
      reason: string;
      writes: boolean;
      minutes: number;
    };
  }
}

/**
 * The actor logs in as a customer, for a reason that the customer is told: a session of its own for half an hour, to
 * look, or (`writes`) to act on services and cases too. It ends with the session that it was opened from.
 */
export async function visitOpen(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; reason: string; writes: boolean },
): Promise<OpenedSession> {
  const { staffId, sessionId: staffSessionId } = staffOf(ctx);
  const { customerId, reason, writes } = input;
  if (!(await customerFind(tx, ctx.brand.id, customerId))) throw kernelProblem['not-found']();
  const { user_id: userId, email, locale } = await customerRead(tx, customerId);
  const expiresAt = addMinutes(ctx.now, VISIT_MINUTES);
  const opened = await sessionOpen(tx, ctx, { userId, customerId, behalf: { staffId, expiresAt } }, 'staff');
  const id = newId();
  await tx
    .insertInto('staff_visit')
    .values({
      id,
      brand: ctx.brand.id,
      staff_id: staffId,
      staff_session_id: staffSessionId,
      session_id: opened.sessionId,
      customer_id: customerId,
      reason,
      writes,
      opened_at: ctx.now,
      expires_at: expiresAt,
      ended_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'customer.visited',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { visit: id, session: opened.sessionId, reason, writes, until: expiresAt.toISOString() },
  });
  const told = { customerId, userId, email, locale, reason, writes, minutes: VISIT_MINUTES };
  await ctx.bus.emit(tx, ctx, 'visit.opened', { visitId: id, ...told });
  return opened;
}

/** Staff leave the customer in whose place they were. Throws `not-found` in a session that is no visit. */
export async function visitEnd(tx: Tx, ctx: Ctx): Promise<void> {
  const { sessionId, customerId } = customerOf(ctx);
  const visit = await tx
    .updateTable('staff_visit')
    .set({ ended_at: ctx.now })
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!visit) throw kernelProblem['not-found']();
  await sessionEnd(tx, ctx, sessionId);
  await auditRecord(tx, ctx, {
    action: 'customer.visit-ended',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { visit: visit.id },
  });
}
