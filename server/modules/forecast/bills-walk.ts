import { type BillCopy, type Course, cited, policyAt, type ServiceCopy, say, subjectOf } from './course.ts';
import { owe, settle } from './money-walk.ts';
import { billDue, billEndsAt, billRefusal, payable, reminderDays, remindersDue } from './rules.ts';
import { endBy, hold, putOff, renew } from './services-walk.ts';

const came = (instant: Date | null, at: Date): boolean => instant !== null && instant <= at;

/** The next period of a service begins on a bill, or goes back to the balance where none may be issued. */
export async function billIssue(course: Course, service: ServiceCopy, at: Date): Promise<void> {
  const policy = await policyAt(course, service, at);
  const rule = policy.parameters.bills;
  if (rule && course.credit !== null) await settle(course, at);
  const open = course.bills.filter(({ state }) => state !== 'paid');
  const refusal = billRefusal({
    agreed: rule !== undefined,
    limit: course.credit,
    unpaid: open.reduce((sum, { debt }) => sum + debt.principal + debt.fee, 0n),
    overdue: open.some(({ due_at }) => due_at <= at),
    monthly: service.renewal_price_micro,
    months: service.auto_renew_months!,
  });
  if (refusal || !rule) {
    say(course, {
      at,
      act: 'bill.not-issued',
      subject: subjectOf(service),
      cited: cited(policy, rule ? 'bills' : 'payment'),
      facts: { why: refusal, period_end: service.period_end.toISOString() },
    });
    service.renew_by = 'balance';
    await putOff(course, service, at);
    return;
  }
  const periodStart = service.period_end;
  await renew(course, service, at, { months: service.auto_renew_months!, by: 'bill' });
  const owed = BigInt(course.lines.at(-1)!.facts.owed as string);
  if (owed === 0n) return;
  const dueAt = billDue(at, rule.due_days, periodStart, course.zone);
  const label = subjectOf(service).label;
  const debt = owe(course, at, { policy, amount: owed, label, dueAt, estimated: false });
  const { first, passed } = reminderDays(dueAt, rule.remind_days_before ?? [], at, course.zone);
  course.bills.push({
    ...{ id: null, number: null, service_id: service.id, acceptance_id: service.acceptance_id },
    ...{
      due_at: dueAt,
      remind_at: first,
      reminded: passed,
      state: 'open',
      end_at: null,
      ended_at: null,
      debt,
    },
  });
  say(course, {
    at,
    act: 'bill.issued',
    subject: { kind: 'bill', id: null, label },
    cited: cited(policy, 'bills'),
    ...{ amount: owed, money: 'owed' },
    facts: { due_at: dueAt.toISOString(), service: service.id },
  });
}

function subjectOfBill(course: Course, bill: BillCopy) {
  const service = course.services.find(({ id }) => id === bill.service_id);
  const label = bill.number ?? (service ? subjectOf(service).label : bill.service_id);
  return { kind: 'bill', id: bill.id, label };
}

async function bills(course: Course, bill: BillCopy, at: Date) {
  const service = course.services.find(({ id }) => id === bill.service_id);
  if (!service) return null;
  const policy = await policyAt(course, { ...service, acceptance_id: bill.acceptance_id }, at);
  return { service, policy, rule: policy.parameters.bills!, subject: subjectOfBill(course, bill) };
}

export async function billReminders(course: Course, at: Date): Promise<void> {
  for (const bill of course.bills.filter(({ state, remind_at }) => state === 'open' && came(remind_at, at))) {
    const known = await bills(course, bill, at);
    bill.remind_at = null;
    if (!known) continue;
    const days = known.rule.remind_days_before ?? [];
    const { send, missed } = remindersDue(bill.due_at, days, bill.reminded, at, course.zone);
    bill.reminded.push(...missed, ...(send === null ? [] : [send]));
    bill.remind_at = reminderDays(bill.due_at, days, at, course.zone).first;
    if (send === null) continue;
    say(course, {
      at,
      act: 'bill.reminded',
      subject: known.subject,
      cited: cited(known.policy, 'bills'),
      ...{ amount: payable(bill.debt.principal + bill.debt.fee), money: 'missing' },
      facts: { days_before: send, due_at: bill.due_at.toISOString(), service: known.service.id },
    });
  }
}

/** Due: paid from the balance if that covers it, else overdue, and its service is held. */
export async function billsDue(course: Course, at: Date): Promise<void> {
  for (const bill of course.bills.filter(({ state, due_at }) => state === 'open' && due_at <= at)) {
    await settle(course, at);
    const known = await bills(course, bill, at);
    if ((bill.state as string) === 'paid' || !known) continue;
    const endAt = billEndsAt(at, known.rule.end_days, course.zone);
    Object.assign(bill, { state: 'overdue', end_at: endAt, remind_at: null });
    say(course, {
      at,
      act: 'bill.overdue',
      subject: known.subject,
      cited: cited(known.policy, 'bills'),
      ...{ amount: payable(bill.debt.principal + bill.debt.fee), money: 'missing' },
      facts: { ends_at: endAt.toISOString(), service: known.service.id },
    });
    hold(course, known.service, at, cited(known.policy, 'bills'));
  }
}

export async function billsEnd(course: Course, at: Date): Promise<void> {
  const due = course.bills.filter(
    ({ state, ended_at, end_at }) => state === 'overdue' && !ended_at && came(end_at, at),
  );
  for (const bill of due) {
    await settle(course, at);
    const known = await bills(course, bill, at);
    if ((bill.state as string) === 'paid' || !known) continue;
    bill.ended_at = at;
    const clause = cited(known.policy, 'bills');
    say(course, {
      at,
      act: 'bill.service-ended',
      subject: known.subject,
      cited: clause,
      ...{ amount: payable(bill.debt.principal + bill.debt.fee), money: 'missing' },
      facts: { service: known.service.id },
    });
    await endBy(course, known.service, at, { by: 'arrears', cited: clause, refund: false });
  }
}

export function billsNext({ bills: all }: Course): (Date | null)[] {
  return all.map(({ state, ...bill }) => {
    if (state === 'overdue') return bill.ended_at ? null : bill.end_at;
    if (state === 'paid') return null;
    return bill.remind_at && bill.remind_at < bill.due_at ? bill.remind_at : bill.due_at;
  });
}
