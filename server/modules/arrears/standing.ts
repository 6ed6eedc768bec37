import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMs } from '#kernel/time.ts';
import { owedBy } from '#modules/debts/index.ts';
import { payPreview } from '#modules/gifts/index.ts';
import { balances } from '#modules/ledger/index.ts';
import { estimateAt, type MonthKnown, monthKnown, slotEnd, slotStart } from '#modules/metering/index.ts';
import { dailyOf } from './account-row.ts';
import type { Rate, Standing } from './rules.ts';

/** How an account stands now: what it used and wasn't charged for, what there is to pay with, what is owed already. */
export async function standingOf(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Standing> {
  return standingKnown(db, ctx, customerId, await monthKnown(db, ctx, customerId));
}

/** The same, and what a day costs: lately, and at what is taken up now. */
export async function standingAndRate(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
): Promise<{ standing: Standing; rate: Rate }> {
  const { ahead } = lookAhead(ctx);
  const known = await monthKnown(db, ctx, customerId, addMs(ctx.now, ahead));
  const standing = await standingKnown(db, ctx, customerId, known);
  const lately = await dailyOf(db, ctx, customerId);
  const burn = burnOf(ctx, known);
  return { standing, rate: { daily: burn !== null && burn > lately ? burn : lately, burn } };
}

async function standingKnown(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
  known: MonthKnown,
): Promise<Standing> {
  const { cash, gift } = await balances(db, ctx.brand.id, customerId);
  const owed = await owedBy(db, ctx.brand.id, customerId, ctx.now);
  const pending = pendingOf(known, ctx.now);
  if (monthBegan(ctx)) {
    const last = lastMonth(ctx);
    pending.push(...pendingOf(await monthKnown(db, last, customerId), last.now));
  }
  const consumption = pending.reduce((sum, { amount }) => sum + amount, 0n);
  if (consumption === 0n) return { funds: cash + gift, consumption, missing: 0n, owed };
  const { missing } = await payPreview(db, ctx, customerId, pending);
  return { funds: cash + gift, consumption, missing, owed };
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
