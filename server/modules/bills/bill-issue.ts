import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { pick } from '#kernel/text.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { debtsOpen, debtsSettle } from '#modules/debts/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { invoiceOfOrder } from '#modules/invoicing/index.ts';
import { policyOn, renewByBalance, type Service, servicesRenew } from '#modules/lifecycle/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import { BILLED, creditLock, tell, unpaidBills } from './bill-row.ts';
import { type BillRefusal, billDue, billRefusal, reminderDays } from './rules.ts';
import './tables.ts';

type Renewed = Exclude<Awaited<ReturnType<typeof servicesRenew>>[number], { missing: bigint }>;

/**
 * The next period of a locked service begins on a bill that is due later (云服务器 S3.2): its order, its invoice and what
 * it leaves owing are made now, and it goes on meanwhile. Where no bill may be issued any more, it is told why, and renews
 * itself from the balance.
 */
export async function billIssueDue(tx: Tx, ctx: Ctx, { service }: { service: Service }): Promise<void> {
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  const why = await refusal(tx, ctx, service, policy);
  if (why) return refused(tx, ctx, service, policy, why);
  const months = service.auto_renew_months!;
  const [order] = await servicesRenew(tx, ctx, [{ service, months }], 'bill');
  if (!order || 'missing' in order) throw new Error(`service ${service.id} can't be renewed on credit`);
  await billIssue(tx, ctx, { service, policy, order });
}

/** Why no bill may be issued; null when one may. */
async function refusal(tx: Tx, ctx: Ctx, service: Service, policy: Policy): Promise<BillRefusal | null> {
  const { customer_id: customerId, renewal_price_micro: monthly } = service;
  const credit = await creditLock(tx, ctx.brand.id, customerId);
  const agreed = policy.parameters.bills !== undefined;
  // After downtime one may be due that the balance covers.
  if (agreed && credit) await debtsSettle(tx, ctx, customerId);
  const { unpaid, overdue } = await unpaidBills(tx, ctx, customerId);
  const limit = credit?.limit_micro ?? null;
  return billRefusal({ agreed, limit, unpaid, overdue, monthly, months: service.auto_renew_months! });
}

const REFUSALS = {
  'not-allowed': { zh: '您的账户没有开通账单后付', en: 'bills are not open to your account' },
  overdue: { zh: '还有账单逾期未付', en: 'a bill is overdue' },
  limit: { zh: '未付账单将超出额度', en: 'unpaid bills would be above your credit' },
};

async function refused(tx: Tx, ctx: Ctx, service: Service, policy: Policy, why: BillRefusal): Promise<void> {
  const clause = policy.clauseOf(policy.parameters.bills ? 'bills' : 'payment');
  const { locale } = await customerRead(tx, service.customer_id);
  const notice = await tell(tx, ctx, service.customer_id, {
    kind: 'bill-not-issued',
    dedupe: `bill-not-issued:${service.id}:${service.period_end.toISOString()}`,
    values: {
      hostname: service.label,
      reason: pick(REFUSALS[why], locale),
      expires: wallClock(service.period_end, ctx.brand.zone),
      clause: clause.clause,
    },
  });
  await auditRecord(tx, ctx, {
    action: 'bill.not-issued',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: { why, period_end: service.period_end.toISOString() },
    notices: [notice],
  });
  await renewByBalance(tx, ctx, service);
}

async function billIssue(
  tx: Tx,
  ctx: Ctx,
  { service, policy, order }: { service: Service; policy: Policy; order: Renewed },
): Promise<void> {
  const { zone } = ctx.brand;
  const rule = policy.parameters.bills!;
  const clause = policy.clauseOf('bills');
  const { id: serviceId, customer_id: customerId } = service;
  const dueAt = billDue(ctx.now, rule.due_days, order.periodStart, zone);
  const owed = order.amount - order.paid.cash - order.paid.gift;
  const invoice = await invoiceOfOrder(tx, ctx.brand.id, order.id);
  // Nothing to pay, nothing to bill: a price of zero, or gifts that cover all of it.
  if (!invoice || owed === 0n) return;
  const { product } = service;
  const debt = { customerId, terms: policy, product, source: BILLED, sourceId: order.id, amount: owed };
  await debtsOpen(tx, ctx, [{ ...debt, dueAt }]);
  const id = newId();
  const notice = await tell(tx, ctx, customerId, {
    kind: 'bill-issued',
    dedupe: `bill-issued:${id}`,
    values: {
      hostname: service.label,
      number: invoice.number,
      amount: formatYuan(owed),
      due: wallClock(dueAt, zone),
      expires: wallClock(order.periodEnd, zone),
      end_days: rule.end_days,
      clause: clause.clause,
    },
  });
  const { first, passed } = reminderDays(dueAt, rule.remind_days_before ?? [], ctx.now, zone);
  await tx
    .insertInto('arrears_bill')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      service_id: serviceId,
      acceptance_id: service.acceptance_id,
      order_id: order.id,
      number: invoice.number,
      amount_micro: order.amount,
      gift_micro: order.paid.gift,
      period_start: order.periodStart,
      period_end: order.periodEnd,
      issued_at: ctx.now,
      due_at: dueAt,
      state: 'open',
      remind_at: first,
      reminded: passed,
      notices: [notice],
      overdue_at: null,
      end_at: null,
      ended_at: null,
      closed_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'bill.issued',
    subject: { kind: 'bill', id },
    customerId,
    clause,
    facts: {
      number: invoice.number,
      service: serviceId,
      amount: formatYuan(order.amount),
      owed: formatYuan(owed),
      due_at: dueAt.toISOString(),
      period_end: order.periodEnd.toISOString(),
    },
    notices: [notice],
  });
}
