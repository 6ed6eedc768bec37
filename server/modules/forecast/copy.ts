import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { addDays } from '#kernel/time.ts';
import { accountFind, freezeStanding, standingAndRate } from '#modules/arrears/index.ts';
import { BILLED, billList, creditOf } from '#modules/bills/index.ts';
import { type Debt, debtsStanding } from '#modules/debts/index.ts';
import { restrictedAmong } from '#modules/gates/index.ts';
import { giftsOf } from '#modules/gifts/index.ts';
import { cashBalance } from '#modules/ledger/index.ts';
import { remindersOf, type Service, servicesAhead } from '#modules/lifecycle/index.ts';
import { subjectsOpen } from '#modules/metering/index.ts';
import type { AccountCopy, BillCopy, Course, DebtCopy, ServiceCopy } from './course.ts';
import { datesOf } from './dates.ts';
import { chargeNext } from './money-walk.ts';

/** All that a forecast begins with, as it is at one moment. */
export async function courseOf(tx: Tx, ctx: Ctx, customerId: string, days: number): Promise<Course> {
  const brand = ctx.brand.id;
  const services = await servicesAhead(tx, brand, customerId);
  const rows = await debtsStanding(tx, brand, customerId);
  const debts = rows.map(debtCopy);
  const bills = await billsOf(tx, ctx, customerId, rows, debts);
  const credit = await creditOf(tx, brand, customerId);
  return {
    ...{ tx, ctx, customerId, zone: ctx.brand.zone, until: addDays(ctx.now, days, ctx.brand.zone) },
    ...{ keeping: false, takings: [], lines: [], coupons: new Map() },
    cash: await cashBalance(tx, brand, customerId),
    gifts: (await giftsOf(tx, ctx, [customerId], false)).get(customerId) ?? [],
    services: await servicesCopy(tx, services),
    ...{ debts, bills },
    credit: credit?.limit_micro ?? null,
    restricted: (await restrictedAmong(tx, [customerId], 'renew')).has(customerId),
    account: await accountOf(tx, ctx, customerId),
    dates: await datesOf(tx, ctx, customerId, services),
  };
}

async function servicesCopy(tx: Tx, services: Service[]): Promise<ServiceCopy[]> {
  const reminders = await remindersOf(tx, services);
  return services.map((service) => ({
    ...service,
    reminded: new Set(reminders.get(service.id)?.map(({ days }) => days)),
    paid: [],
  }));
}

function debtCopy(debt: Debt): DebtCopy {
  const { id, acceptance_id, fee_ppm, fee_rest_ppm, fee_due_at, settle_from } = debt;
  return {
    ...{ id, acceptance_id, fee_ppm, fee_rest_ppm, fee_due_at, settle_from, label: debt.product },
    principal: debt.amount_micro - debt.paid_micro,
    fee: debt.fee_micro - debt.fee_paid_micro,
    estimated: false,
  };
}

async function billsOf(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  rows: Debt[],
  debts: DebtCopy[],
): Promise<BillCopy[]> {
  const open = await billList(tx, ctx.brand.id, { customerId, open: true });
  return open.flatMap(({ bill }) => {
    const i = rows.findIndex((debt) => debt.source === BILLED && debt.source_id === bill.order_id);
    const debt = debts[i];
    if (!debt || (bill.state !== 'open' && bill.state !== 'overdue')) return [];
    debt.label = bill.number;
    return [{ ...bill, state: bill.state, reminded: [...bill.reminded], debt }];
  });
}

/** Null for a customer who never used anything that is metered. */
async function accountOf(tx: Tx, ctx: Ctx, customerId: string): Promise<AccountCopy | null> {
  const account = await accountFind(tx, customerId);
  if (!account) return null;
  const freeze = account.state === 'running' ? null : await freezeStanding(tx, customerId);
  const open = await subjectsOpen(tx, ctx.brand.id, customerId);
  const { standing, rate } = await standingAndRate(tx, ctx, customerId);
  const { consumption } = standing;
  const idle = account.state === 'ended' || (open.length === 0 && consumption === 0n);
  return {
    ...{ state: account.state, check_at: account.check_at, warned: account.warned_at !== null, rate },
    freeze: freeze && { ...freeze, reminded: [...freeze.reminded], ended: freeze.ended_at !== null },
    ...{ used: consumption, since: ctx.now, product: open[0]?.product ?? '' },
    closed_at: null,
    charge_at: idle ? null : chargeNext(ctx.now, ctx.brand.zone),
  };
}
