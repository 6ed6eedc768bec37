import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { pointsOf } from './level.ts';
import { type KnownMeter, metersOf, type Pricing, pricingOf, tariffsOf } from './meter-read.ts';
import { monthRead, packagesOf } from './month.ts';
import { rate, type Usage } from './rating.ts';
import { lasting, weighted } from './readings.ts';
import { dayStart, monthOf, slotEnd, slotStart, slotsBetween } from './slots.ts';
import { uncharged, usageOf } from './usage-rate.ts';
import './tables.ts';

export interface EstimateLine {
  meter: KnownMeter;
  /** Base units of the month so far. */
  quantity: bigint;
  charged: Micro;
  /** What the usage that is known and not charged would cost if the month ended now. */
  pending: Micro;
}

/** What this natural month costs so far, by meter: charged, and used since; levels up to this instant. */
export async function estimate(db: Db | Tx, ctx: Ctx, customerId: string): Promise<EstimateLine[]> {
  const month = monthOf(ctx.now, ctx.brand.zone);
  const meters = await metersOf(db, ctx.brand.id);
  const tariffs = await tariffsOf(db, ctx.brand.id);
  const readings = await readingsOf(db, ctx, customerId, month);
  const months = await db
    .selectFrom('metering_month')
    .select('meter_no')
    .where('customer_id', '=', customerId)
    .where('month', '=', month)
    .execute();
  const running = await runningLevels(db, ctx, customerId, meters);
  const used = new Set(
    [...months, ...readings, ...running].map((row) => ('meter_no' in row ? row.meter_no : row.meter.no)),
  );
  const lines: EstimateLine[] = [];
  for (const meter of meters.filter(({ no }) => used.has(no))) {
    const own = readings.filter(({ meter_no }) => meter_no === meter.no);
    const level = running.filter((row) => row.meter.no === meter.no);
    const pricing = pricingOf(meter, tariffs);
    const packages = await packagesOf(db, customerId, meter.no);
    const { state, charged } = await monthRead(db, customerId, meter.no, month);
    const usage = usageOf(
      own.filter((row) => row.held_at === null && uncharged(row) !== 0n),
      pricing,
      packages,
    );
    const { amount } = rate(pricing, state, [...usage, ...liveUsage(level, pricing, packages, ctx.now)]);
    const read = own.reduce((sum, row) => sum + BigInt(row.measured) + BigInt(row.corrected), 0n);
    const quantity = level.reduce((sum, row) => sum + row.quantity, read);
    lines.push({ meter, quantity, charged, pending: amount });
  }
  return lines;
}

function liveUsage(
  levels: Running[],
  pricing: Pricing,
  packages: Awaited<ReturnType<typeof packagesOf>>,
  now: Date,
): Usage[] {
  return levels.map(({ quantity }) => ({
    tariff: pricing.at(now),
    quantity,
    packages: packages.filter(({ endsAt }) => endsAt > now).map(({ id, left }) => ({ id, left })),
  }));
}

function readingsOf(db: Db | Tx, ctx: Ctx, customerId: string, month: string) {
  const from = dayStart(month, ctx.brand.zone);
  return db
    .selectFrom('metering_reading')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('slot', '>=', from)
    .where('slot', '<', slotEnd(from, 'month', ctx.brand.zone))
    .orderBy('slot')
    .orderBy('subject_no')
    .execute();
}

interface Running {
  meter: KnownMeter;
  quantity: bigint;
}

/** What levels have come to since their last reading. */
async function runningLevels(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
  meters: KnownMeter[],
): Promise<Running[]> {
  const rows = await db
    .selectFrom('metering_level as l')
    .innerJoin('metering_subject as s', 's.no', 'l.subject_no')
    .select(['l.subject_no', 'l.meter_no', 'l.filled_to', 's.closed_at'])
    .where('s.customer_id', '=', customerId)
    .where('l.due_at', 'is not', null)
    .execute();
  const running: Running[] = [];
  for (const row of rows) {
    const meter = meters.find(({ no }) => no === row.meter_no)!;
    const { zone } = ctx.brand;
    const monthStart = slotStart(ctx.now, 'month', zone);
    const from = row.filled_to > monthStart ? row.filled_to : monthStart;
    if (from >= ctx.now) continue;
    const points = (await pointsOf(db, row, from, ctx.now, null)).map(({ at, value }) => ({ at, value }));
    if (row.closed_at && row.closed_at <= ctx.now) points.push({ at: row.closed_at.getTime(), value: 0n });
    const open = { start: slotStart(ctx.now, meter.grain, zone), end: ctx.now };
    const slots = [
      ...slotsBetween(from, ctx.now, meter.grain, zone),
      ...(open.start < ctx.now ? [open] : []),
    ].map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
    const quantities = meter.kind === 'last' ? lasting(points, slots) : weighted(points, slots);
    running.push({ meter, quantity: quantities.reduce((sum, quantity) => sum + quantity, 0n) });
  }
  return running;
}
