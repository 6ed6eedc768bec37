import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { type Customer, customerFind, verifiedSet } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { realNameClause, verificationLock } from './policy-now.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer isn't verified any more: what asks for a real name is shut to it again. */
    'real-name.revoked': { customerId: string; by: 'revoked' | 'overdue' };
  }
}

/** Staff found it false, or without ground, by the clause of the customer's terms (亚云 2.1.3). Throws `not-verified`. */
export async function realNameRevoke(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; reason: string },
): Promise<void> {
  const customer = await customerFind(tx, ctx.brand.id, input.customerId);
  if (!customer) throw common['not-found']();
  await verificationLock(tx, customer.id);
  if (!customer.real_name_passed_at) throw problem['not-verified']();
  const clause = await realNameClause(tx, ctx, customer.id);
  await revoke(tx, ctx, { customer, clause, reason: input.reason, by: 'revoked' });
}

export async function revoke(
  tx: Tx,
  ctx: Ctx,
  input: { customer: Customer; clause: ClauseRef; reason: string; by: 'revoked' | 'overdue' },
): Promise<void> {
  const { customer, clause, reason, by } = input;
  await tx
    .updateTable('verification_identity')
    .set({ ended_at: ctx.now, end_reason: by, of_age_at: null })
    .where('customer_id', '=', customer.id)
    .where('ended_at', 'is', null)
    .execute();
  await tx
    .updateTable('verification_demand')
    .set({ state: 'dropped', ended_at: ctx.now })
    .where('customer_id', '=', customer.id)
    .where('state', '=', 'open')
    .execute();
  await verifiedSet(tx, customer.id, null);
  const notice = await noticeSend(tx, ctx, {
    kind: 'real-name-revoked',
    dedupe: `real-name-revoked:${customer.id}:${ctx.now.toISOString()}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { reason, clause: clause.clause },
  });
  await auditRecord(tx, ctx, {
    action: 'customer.real-name-revoked',
    subject: { kind: 'customer', id: customer.id },
    customerId: customer.id,
    clause,
    facts: { reason, by, before: { real_name: 'passed' }, after: { real_name: 'none' } },
    notices: [notice],
  });
  await ctx.bus.emit(tx, ctx, 'real-name.revoked', { customerId: customer.id, by });
}
