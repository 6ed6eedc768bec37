import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { daysLeft, wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { owedFor } from '#modules/debts/index.ts';
import { serviceEndBy, serviceHold, servicesLiving } from '#modules/lifecycle/index.ts';
import { BILLED, type Bill, billLock, billPolicy, billSet, labelOf, tell } from './bill-row.ts';
import { stillUnpaid } from './bill-settle.ts';
import { billEndsAt, payable, reminderDays, remindersDue } from './rules.ts';

/** Reminds of a bill that will be due; what fell due while nobody ran is noted as missed (F25). */
export async function billRemind(tx: Tx, ctx: Ctx, found: Bill): Promise<void> {
  const bill = await billLock(tx, { id: found.id });
  if (bill?.state !== 'open' || !bill.remind_at) return;
  const { zone } = ctx.brand;
  const policy = await billPolicy(tx, ctx, bill);
  const daysBefore = policy.parameters.bills?.remind_days_before ?? [];
  const { send, missed } = remindersDue(bill.due_at, daysBefore, bill.reminded, ctx.now, zone);
  const notices = [...bill.notices];
  if (send !== null) {
    const clause = policy.clauseOf('bills');
    const owed = formatYuan(payable(await owedFor(tx, BILLED, bill.order_id)));
    const notice = await tell(tx, ctx, bill.customer_id, {
      kind: 'bill-reminder',
      dedupe: `bill-reminder:${bill.id}:${send}`,
      values: {
        hostname: await labelOf(tx, bill),
        number: bill.number,
        amount: owed,
        days: daysLeft(ctx.now, bill.due_at),
        due: wallClock(bill.due_at, zone),
        clause: clause.clause,
      },
    });
    notices.push(notice);
    await auditRecord(tx, ctx, {
      action: 'bill.reminded',
      subject: { kind: 'bill', id: bill.id },
      customerId: bill.customer_id,
      clause,
      facts: { number: bill.number, days_before: send, missed, owed },
      notices: [notice],
    });
  }
  await billSet(tx, bill, {
    remind_at: reminderDays(bill.due_at, daysBefore, ctx.now, zone).first,
    reminded: [...bill.reminded, ...missed, ...(send === null ? [] : [send])],
    notices,
  });
}

/** A bill is due: paid from the balance if that covers it, else overdue, and its service suspended (云服务器 S3.2). */
export async function billFallDue(tx: Tx, ctx: Ctx, found: Bill): Promise<void> {
  const bill = await stillUnpaid(tx, ctx, found);
  if (bill?.state !== 'open' || bill.due_at > ctx.now) return;
  const { zone } = ctx.brand;
  const policy = await billPolicy(tx, ctx, bill);
  const clause = policy.clauseOf('bills');
  const endAt = billEndsAt(ctx.now, policy.parameters.bills!.end_days, zone);
  const owed = formatYuan(payable(await owedFor(tx, BILLED, bill.order_id)));
  const notice = await tell(tx, ctx, bill.customer_id, {
    kind: 'bill-overdue',
    dedupe: `bill-overdue:${bill.id}`,
    values: {
      hostname: await labelOf(tx, bill),
      number: bill.number,
      amount: owed,
      due: wallClock(bill.due_at, zone),
      ends: wallClock(endAt, zone),
      clause: clause.clause,
    },
  });
  const notices = [...bill.notices, notice];
  await billSet(tx, bill, {
    state: 'overdue',
    overdue_at: ctx.now,
    end_at: endAt,
    remind_at: null,
    notices,
  });
  await auditRecord(tx, ctx, {
    action: 'bill.overdue',
    subject: { kind: 'bill', id: bill.id },
    customerId: bill.customer_id,
    clause,
    facts: {
      number: bill.number,
      owed,
      due_at: bill.due_at.toISOString(),
      service: bill.service_id,
      ends_at: endAt.toISOString(),
    },
    notices,
  });
  await serviceHold(tx, ctx, {
    serviceId: bill.service_id,
    cause: 'arrears',
    clause,
    reason: `bill ${bill.number} is overdue`,
    refId: bill.id,
    notices,
  });
}

/** An overdue bill was not paid in the days that the terms give: its service ends; what is owed stays owed. */
export async function billEnd(tx: Tx, ctx: Ctx, found: Bill): Promise<void> {
  const bill = await stillUnpaid(tx, ctx, found);
  if (bill?.state !== 'overdue' || bill.ended_at || !bill.end_at || bill.end_at > ctx.now) return;
  const policy = await billPolicy(tx, ctx, bill);
  const clause = policy.clauseOf('bills');
  const owed = formatYuan(payable(await owedFor(tx, BILLED, bill.order_id)));
  const notice = await tell(tx, ctx, bill.customer_id, {
    kind: 'bill-ended',
    dedupe: `bill-ended:${bill.id}`,
    values: {
      hostname: await labelOf(tx, bill),
      number: bill.number,
      amount: owed,
      clause: clause.clause,
    },
  });
  await billSet(tx, bill, { ended_at: ctx.now, notices: [...bill.notices, notice] });
  await auditRecord(tx, ctx, {
    action: 'bill.service-ended',
    subject: { kind: 'bill', id: bill.id },
    customerId: bill.customer_id,
    clause,
    facts: { number: bill.number, owed, service: bill.service_id, overdue_at: bill.overdue_at },
    notices: [...bill.notices, notice],
  });
  const living = await servicesLiving(tx, ctx.brand.id, bill.customer_id);
  // Its customer may have ended it meanwhile: nothing is left to end.
  if (!living.some(({ id }) => id === bill.service_id)) return;
  await serviceEndBy(tx, ctx, {
    serviceId: bill.service_id,
    by: 'arrears',
    clause,
    refund: 'none',
    wipe: 'retention',
    reason: `bill ${bill.number} was not paid`,
    notices: bill.notices,
  });
}
