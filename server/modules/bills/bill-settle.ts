import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type DebtPart, debtSettleNow, debtsSettle, owedFor } from '#modules/debts/index.ts';
import { serviceRelease } from '#modules/lifecycle/index.ts';
import { BILLED, type Bill, billLock, billPolicy, billSet, labelOf, tell } from './bill-row.ts';
import { problem } from './rules.ts';

/**
 * The customer pays a bill, at any time, with what is in the balance; what is missing is taken from the money that comes
 * in next. What is due already is settled before it. Returns what of it is still to be paid. Throws `bill-closed`.
 */
export async function billPay(tx: Tx, ctx: Ctx, input: { customerId: string; id: string }): Promise<Micro> {
  const bill = await tx
    .selectFrom('arrears_bill')
    .select(['order_id', 'closed_at'])
    .where('id', '=', input.id)
    .where('customer_id', '=', input.customerId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (!bill) throw common['not-found']();
  if (bill.closed_at) throw problem['bill-closed']();
  const { customerId } = input;
  return debtSettleNow(tx, ctx, { customerId, source: BILLED, sourceId: bill.order_id });
}

export async function billsDebtsPaid(
  tx: Tx,
  ctx: Ctx,
  { parts }: { parts: readonly DebtPart[] },
): Promise<void> {
  for (const debt of parts) await billDebtPaid(tx, ctx, debt);
}

/** Some of what a bill left owing was paid: with the last of it the bill is closed, and its service released at once. */
async function billDebtPaid(tx: Tx, ctx: Ctx, debt: { source: string; sourceId: string }): Promise<void> {
  if (debt.source !== BILLED) return;
  if ((await owedFor(tx, BILLED, debt.sourceId)) > 0n) return;
  const bill = await billLock(tx, { order_id: debt.sourceId });
  if (!bill) return;
  const policy = await billPolicy(tx, ctx, bill);
  const notice = await tell(tx, ctx, bill.customer_id, {
    kind: 'bill-paid',
    dedupe: `bill-paid:${bill.id}`,
    values: {
      hostname: await labelOf(tx, bill),
      number: bill.number,
      amount: formatYuan(bill.amount_micro),
    },
  });
  await billSet(tx, bill, {
    state: 'paid',
    closed_at: ctx.now,
    remind_at: null,
    notices: [...bill.notices, notice],
  });
  await auditRecord(tx, ctx, {
    action: 'bill.paid',
    subject: { kind: 'bill', id: bill.id },
    customerId: bill.customer_id,
    clause: policy.clauseOf('bills'),
    facts: { number: bill.number, was: bill.state, due_at: bill.due_at.toISOString() },
    notices: [notice],
  });
  await released(tx, ctx, bill, 'bill paid', [notice]);
}

/** Two of the staff gave up what was left of it: nobody waits for it any more. */
export async function billGivenUp(
  tx: Tx,
  ctx: Ctx,
  debt: { source: string; sourceId: string },
): Promise<void> {
  if (debt.source !== BILLED) return;
  const bill = await billLock(tx, { order_id: debt.sourceId });
  if (!bill) return;
  await billSet(tx, bill, { state: 'given-up', closed_at: ctx.now, remind_at: null });
  await auditRecord(tx, ctx, {
    action: 'bill.given-up',
    subject: { kind: 'bill', id: bill.id },
    customerId: bill.customer_id,
    facts: { number: bill.number, was: bill.state },
  });
  await released(tx, ctx, bill, 'bill given up', []);
}

function released(tx: Tx, ctx: Ctx, bill: Bill, reason: string, notices: string[]): Promise<boolean> {
  return serviceRelease(tx, ctx, { serviceId: bill.service_id, refId: bill.id, reason, notices });
}

/** What was refunded of a period on a bill is used for what is owed on it, before it is anybody's to spend. */
export async function billRefunded(
  tx: Tx,
  ctx: Ctx,
  refund: { orderId: string; customerId: string },
): Promise<void> {
  const { orderId: sourceId, customerId } = refund;
  if ((await owedFor(tx, BILLED, sourceId)) === 0n) return;
  await debtSettleNow(tx, ctx, { customerId, source: BILLED, sourceId });
}

/** Pays what is due from the balance first. Null when that closed the bill. */
export async function stillUnpaid(tx: Tx, ctx: Ctx, bill: Bill): Promise<Bill | null> {
  await debtsSettle(tx, ctx, bill.customer_id);
  return billLock(tx, { id: bill.id });
}
