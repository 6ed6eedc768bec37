import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { addDays, wallClock } from '#kernel/time.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { customerFind, customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { realNameClause, verificationLock } from './policy-now.ts';
import { revoke } from './revoke.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * Staff ask for the check to be done again, by the clause of the customer's own terms; who doesn't in time is no longer
 * verified. Throws `real-name-not-agreed`, `not-verified`, `demand-open`. Returns its id.
 */
export async function demandMake(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; reason: string; days: number },
): Promise<string> {
  const customer = await customerFind(tx, ctx.brand.id, input.customerId);
  if (!customer) throw common['not-found']();
  await verificationLock(tx, customer.id);
  if (!customer.real_name_passed_at) throw problem['not-verified']();
  const clause = await realNameClause(tx, ctx, customer.id);
  const due = addDays(ctx.now, input.days, ctx.brand.zone);
  const id = newId();
  const notice = await noticeSend(tx, ctx, {
    kind: 'real-name-asked',
    dedupe: `real-name-asked:${id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { reason: input.reason, until: wallClock(due, ctx.brand.zone), clause: clause.clause },
  });
  try {
    await tx
      .insertInto('verification_demand')
      .values({
        id,
        brand: ctx.brand.id,
        customer_id: customer.id,
        clause_id: clause.clause,
        clause_version: clause.version,
        clause_hash: clause.sha256,
        reason: input.reason,
        asked_by: staffOf(ctx).staffId,
        asked_at: ctx.now,
        due_at: due,
        state: 'open',
        ended_at: null,
        notices: [notice],
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'verification_demand_one') throw problem['demand-open']();
    throw error;
  }
  await auditRecord(tx, ctx, {
    action: 'customer.real-name-asked',
    subject: { kind: 'customer', id: customer.id },
    customerId: customer.id,
    clause,
    facts: { demand: id, reason: input.reason, before: { until: null }, after: { until: due.toISOString() } },
    notices: [notice],
  });
  return id;
}

/** The customer was checked again: what staff asked for is done. */
export async function demandMet(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  await tx
    .updateTable('verification_demand')
    .set({ state: 'met', ended_at: ctx.now })
    .where('customer_id', '=', customerId)
    .where('state', '=', 'open')
    .execute();
}

/** Staff take it back. Throws 404. */
export async function demandDrop(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const dropped = await tx
    .updateTable('verification_demand')
    .set({ state: 'dropped', ended_at: ctx.now })
    .where('customer_id', '=', customerId)
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'open')
    .returning('id')
    .executeTakeFirst();
  if (!dropped) throw common['not-found']();
  await auditRecord(tx, ctx, {
    action: 'customer.real-name-not-asked',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { demand: dropped.id, before: { asked: true }, after: { asked: false } },
  });
}

/** Nothing was done in time: the account is no longer verified. */
export async function demandLapse(tx: Tx, ctx: Ctx, row: { id: string }): Promise<void> {
  const demand = await tx
    .updateTable('verification_demand')
    .set({ state: 'lapsed', ended_at: ctx.now })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const customer = await customerRead(tx, demand.customer_id);
  if (!customer.real_name_passed_at) return;
  await revoke(tx, ctx, {
    customer,
    clause: clauseKept(demand),
    reason: demand.reason,
    by: 'overdue',
  });
}
