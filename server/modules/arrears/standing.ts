import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMs } from '#kernel/time.ts';
import { owedByAll } from '#modules/debts/index.ts';
import { giftsOf, previewOf } from '#modules/gifts/index.ts';
import { balancesAll } from '#modules/ledger/index.ts';
import { estimateAt, type MonthKnown, monthsKnown, slotEnd, slotStart } from '#modules/metering/index.ts';
import { dailiesOf } from './account-row.ts';
import type { Rate, Standing } from './rules.ts';

/** How an account stands now: what it used and wasn't charged for, what there is to pay with, what is owed already. */
export async function standingOf(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Standing> {
  const known = await monthsKnown(db, ctx, [customerId]);
  return (await standingsKnown(db, ctx, known)).get(customerId)!;
}

export interface StandingAndRate {
  standing: Standing;
  rate: Rate;
}

/** The same, and what a day costs: lately, and at what is taken up now. */
export async function standingAndRate(db: Db | Tx, ctx: Ctx, customerId: string): Promise<StandingAndRate> {
  return (await standingsAndRates(db, ctx, [customerId])).get(customerId)!;
}

/** Of many accounts, in as many queries. */
export async function standingsAndRates(
  db: Db | Tx,
  ctx: Ctx,
  customerIds: readonly string[],
): Promise<Map<string, StandingAndRate>> {
  if (customerIds.length === 0) return new Map();
  const { ahead } = lookAhead(ctx);
  const known = await monthsKnown(db, ctx, customerIds, addMs(ctx.now, ahead));
  const standings = await standingsKnown(db, ctx, known);
  const dailies = await dailiesOf(db, ctx, customerIds);
  const all = customerIds.map((id): [string, StandingAndRate] => {
    const lately = dailies.get(id) ?? 0n;
    const burn = burnOf(ctx, known.get(id)!);
    const daily = burn !== null && burn > lately ? burn : lately;
    return [id, { standing: standings.get(id)!, rate: { daily, burn } }];
  });
  return new Map(all);
}

async function standingsKnown(
  db: Db | Tx,
  ctx: Ctx,
  known: ReadonlyMap<string, MonthKnown>,
): Promise<Map<string, Standing>> {
  const ids = [...known.keys()];
  const funds = await balancesAll(db, ctx.brand.id, ids);
  const owed = await owedByAll(db, ctx.brand.id, ids, ctx.now);
  const last = lastMonth(ctx);
  const before = monthBegan(ctx) ? await monthsKnown(db, last, ids) : null;
  const gifts = await giftsOf(db, ctx, ids, false);
  const all = ids.map((id): [string, Standing] => {
    const pending = pendingOf(known.get(id)!, ctx.now);
    if (before) pending.push(...pendingOf(before.get(id)!, last.now));
    const { cash, gift } = funds.get(id)!;
    const { missing } = previewOf({ cash, gifts: gifts.get(id) ?? [] }, pending);
    const consumption = pending.reduce((sum, { amount }) => sum + amount, 0n);
    return [id, { funds: cash + gift, consumption, missing, owed: owed.get(id) ?? 0n }];
  });
  return new Map(all);
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A day, or what is left of the month if that is less: then prices may begin anew. */
function lookAhead(ctx: Ctx): { left: number; ahead: number } {
  const left = monthEnd(ctx).getTime() - ctx.now.getTime() - 1;
  return { left, ahead: Math.max(0, Math.min(left, DAY_MS)) };
}

/**
 * What a day costs at what is taken up now, by the price list: what would be more by tomorrow, or by the end of the month
 * if that is sooner. Null in the month's last hour, when that says nothing.
 */
function burnOf(ctx: Ctx, known: MonthKnown): Micro | null {
  const { left, ahead } = lookAhead(ctx);
  if (left < HOUR_MS) return null;
  const cost = (at: Date) => pendingOf(known, at).reduce((sum, { amount }) => sum + amount, 0n);
  const more = cost(addMs(ctx.now, ahead)) - cost(ctx.now);
  return more > 0n ? (more * BigInt(DAY_MS)) / BigInt(ahead) : 0n;
}

/** The end of the natural month in the brand's zone: then prices may begin anew. */
export function monthEnd({ now, brand }: Ctx): Date {
  return slotEnd(now, 'month', brand.zone);
}

/** For its first day what the month before came to isn't charged for sure. */
function monthBegan(ctx: Ctx): boolean {
  return ctx.now.getTime() - slotStart(ctx.now, 'month', ctx.brand.zone).getTime() < DAY_MS;
}

function lastMonth(ctx: Ctx): Ctx {
  return { ...ctx, now: addMs(slotStart(ctx.now, 'month', ctx.brand.zone), -1) };
}

/** By product, since gifts may be for some alone; what a correction will give back doesn't pay for another product. */
function pendingOf(known: MonthKnown, at: Date): { product: string; amount: Micro }[] {
  const byProduct = new Map<string, Micro>();
  for (const { meter, pending } of estimateAt(known, at))
    byProduct.set(meter.product, (byProduct.get(meter.product) ?? 0n) + pending);
  return [...byProduct].filter(([, amount]) => amount > 0n).map(([product, amount]) => ({ product, amount }));
}
