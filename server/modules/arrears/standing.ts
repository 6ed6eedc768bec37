import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMs } from '#kernel/time.ts';
import { owedBy } from '#modules/debts/index.ts';
import { payPreview } from '#modules/gifts/index.ts';
import { balances } from '#modules/ledger/index.ts';
import { estimate, slotEnd, slotStart } from '#modules/metering/index.ts';
import { dailyOf } from './account-row.ts';
import type { Rate, Standing } from './rules.ts';

/** How an account stands now: what it used and wasn't charged for, what there is to pay with, what is owed already. */
export async function standingOf(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Standing> {
  const { cash, gift } = await balances(db, ctx.brand.id, customerId);
  const owed = await owedBy(db, ctx.brand.id, customerId, ctx.now);
  const pending = await pendingOf(db, ctx, customerId);
  if (monthBegan(ctx)) pending.push(...(await pendingOf(db, lastMonth(ctx), customerId)));
  const consumption = pending.reduce((sum, { amount }) => sum + amount, 0n);
  if (consumption === 0n) return { funds: cash + gift, consumption, missing: 0n, owed };
  const { missing } = await payPreview(db, ctx, customerId, pending);
  return { funds: cash + gift, consumption, missing, owed };
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * What a day costs at what is taken up now, by the price list: what would be more by tomorrow, or by the end of the month
 * if that is sooner. Null in the month's last hour, when that says nothing.
 */
async function burnOf(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Micro | null> {
  const left = monthEnd(ctx).getTime() - ctx.now.getTime() - 1;
  if (left < HOUR_MS) return null;
  const ahead = left < DAY_MS ? left : DAY_MS;
  const cost = async (at: Ctx) =>
    (await pendingOf(db, at, customerId)).reduce((sum, { amount }) => sum + amount, 0n);
  const more = (await cost({ ...ctx, now: addMs(ctx.now, ahead) })) - (await cost(ctx));
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
async function pendingOf(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
): Promise<{ product: string; amount: Micro }[]> {
  const byProduct = new Map<string, Micro>();
  for (const { meter, pending } of await estimate(db, ctx, customerId))
    byProduct.set(meter.product, (byProduct.get(meter.product) ?? 0n) + pending);
  return [...byProduct].filter(([, amount]) => amount > 0n).map(([product, amount]) => ({ product, amount }));
}

/** What a day costs, lately and at what is taken up now. */
export async function rateOf(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Rate> {
  const lately = await dailyOf(db, ctx, customerId);
  const burn = await burnOf(db, ctx, customerId);
  return { daily: burn !== null && burn > lately ? burn : lately, burn };
}
