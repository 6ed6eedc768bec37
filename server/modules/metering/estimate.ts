import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { pointsOf } from './level.ts';
import { type KnownMeter, type KnownTariff, metersOf, pricingOf, tariffsOf } from './meter-read.ts';
import { type KnownMonth, monthsRead, packagesOf, type QuotaPackage } from './month.ts';
import { EMPTY_MONTH, rate } from './rating.ts';
import { lasting, type Point, weighted } from './readings.ts';
import { dayStart, monthOf, slotEnd, slotStart, slotsBetween } from './slots.ts';
import { usageOf } from './usage-rate.ts';
import './tables.ts';

export interface EstimateLine {
  meter: KnownMeter;
  /** Base units of the month so far. */
  quantity: bigint;
  charged: Micro;
  /** What the usage that is known and not charged would cost if the month ended now. */
  pending: Micro;
}

/**
 * What a natural month's cost is estimated from, all read at once; `estimateAt` then says what it comes to at any instant
 * from now to `until`, if nothing else is used.
 */
export interface MonthKnown {
  zone: string;
  tariffs: KnownTariff[];
  /** Those that were used this month or run on. */
  meters: KnownMeter[];
  months: Map<number, KnownMonth>;
  packages: QuotaPackage[];
  uncharged: Reading[];
  levels: Level[];
}

interface Level {
  customerId: string;
  meter: KnownMeter;
  from: Date;
  closedAt: Date | null;
  points: Point[];
}

/** Reads the month of `ctx.now`; `until` is an instant of the same month. */
export async function monthKnown(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
  until: Date = ctx.now,
): Promise<MonthKnown> {
  return (await monthsKnown(db, ctx, [customerId], until)).get(customerId)!;
}

/** The same of many customers, in as many queries. */
export async function monthsKnown(
  db: Db | Tx,
  ctx: Ctx,
  customerIds: readonly string[],
  until: Date = ctx.now,
): Promise<Map<string, MonthKnown>> {
  const { zone } = ctx.brand;
  const month = monthOf(ctx.now, zone);
  const meters = await metersOf(db, ctx.brand.id);
  const tariffs = await tariffsOf(db, ctx.brand.id);
  const months = await monthsRead(db, customerIds, [month]);
  const readings = await readingsUncharged(db, ctx, customerIds, month);
  const running = await levelsRunning(db, ctx, { customerIds, meters, until });
  const packages = await packagesOf(db, customerIds);
  const known = customerIds.map((customerId): [string, MonthKnown] => {
    const own = months.filter((one) => one.customerId === customerId);
    const uncharged = readings.filter((row) => row.customer_id === customerId);
    const levels = running.filter((level) => level.customerId === customerId);
    const used = new Set([
      ...own.map(({ meterNo }) => meterNo),
      ...uncharged.map((row) => row.meter_no),
      ...levels.map(({ meter }) => meter.no),
    ]);
    return [
      customerId,
      {
        ...{ zone, tariffs, uncharged, levels },
        meters: meters.filter(({ no }) => used.has(no)),
        months: new Map(own.map(({ meterNo, ...one }) => [meterNo, one])),
        packages: packages.filter((one) => one.customerId === customerId),
      },
    ];
  });
  return new Map(known);
}

export interface EstimatedCost {
  meter: KnownMeter;
  charged: Micro;
  /** What the usage that is known and not charged would cost if the month ended then. */
  pending: Micro;
  /** Base units that levels came to since their last reading. */
  running: bigint;
}

/** By meter: what was charged, and what would be for all that was used by this instant. */
export function estimateAt(known: MonthKnown, at: Date): EstimatedCost[] {
  return known.meters.map((meter) => {
    const pricing = pricingOf(meter, known.tariffs);
    const packages = known.packages.filter(({ meterNo }) => meterNo === meter.no);
    const { state, charged } = known.months.get(meter.no) ?? { state: EMPTY_MONTH, charged: 0n };
    const rows = known.uncharged.filter((row) => row.meter_no === meter.no && row.held_at === null);
    const levels = known.levels.filter((level) => level.meter.no === meter.no && level.from < at);
    const quantities = levels.map((level) => quantityOf(level, at, known.zone));
    const live = quantities.map((quantity) => ({
      tariff: pricing.at(at),
      quantity,
      packages: packages.filter(({ endsAt }) => endsAt > at).map(({ id, left }) => ({ id, left })),
    }));
    const { amount } = rate(pricing, state, [...usageOf(rows, pricing, packages), ...live]);
    return { meter, charged, pending: amount, running: quantities.reduce((sum, one) => sum + one, 0n) };
  });
}

/** What a level has come to between its last reading and this instant. */
function quantityOf({ meter, from, closedAt, points }: Level, at: Date, zone: string): bigint {
  const known = points.filter((point) => point.at < at.getTime());
  if (closedAt && closedAt <= at) known.push({ at: closedAt.getTime(), value: 0n });
  const open = { start: slotStart(at, meter.grain, zone), end: at };
  const slots = [...slotsBetween(from, at, meter.grain, zone), ...(open.start < at ? [open] : [])];
  const spans = slots.map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
  const quantities = meter.kind === 'last' ? lasting(known, spans) : weighted(known, spans);
  return quantities.reduce((sum, quantity) => sum + quantity, 0n);
}

/** What this natural month costs so far, by meter: charged, and used since; levels up to this instant. */
export async function estimate(db: Db | Tx, ctx: Ctx, customerId: string): Promise<EstimateLine[]> {
  const read = await quantitiesRead(db, ctx, customerId);
  return estimateAt(await monthKnown(db, ctx, customerId), ctx.now).map(({ running, ...line }) => ({
    ...line,
    quantity: (read.get(line.meter.no) ?? 0n) + running,
  }));
}

/** The month's slots. */
function slotsOf(month: string, zone: string): { from: Date; to: Date } {
  const from = dayStart(month, zone);
  return { from, to: slotEnd(from, 'month', zone) };
}

async function quantitiesRead(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Map<number, bigint>> {
  const { from, to } = slotsOf(monthOf(ctx.now, ctx.brand.zone), ctx.brand.zone);
  const rows = await db
    .selectFrom('metering_reading')
    .select(['meter_no', sql<string>`sum(measured + corrected)`.as('quantity')])
    .where('customer_id', '=', customerId)
    .where('slot', '>=', from)
    .where('slot', '<', to)
    .groupBy('meter_no')
    .execute();
  return new Map(rows.map(({ meter_no, quantity }) => [meter_no, BigInt(quantity)]));
}

type Reading = Awaited<ReturnType<typeof readingsUncharged>>[number];

function readingsUncharged(db: Db | Tx, ctx: Ctx, customerIds: readonly string[], month: string) {
  const { from, to } = slotsOf(month, ctx.brand.zone);
  return db
    .selectFrom('metering_reading')
    .selectAll()
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('slot', '>=', from)
    .where('slot', '<', to)
    .where(sql<boolean>`measured + corrected <> charged`)
    .orderBy('slot')
    .orderBy('subject_no')
    .execute();
}

async function levelsRunning(
  db: Db | Tx,
  ctx: Ctx,
  of: { customerIds: readonly string[]; meters: KnownMeter[]; until: Date },
): Promise<Level[]> {
  const monthStart = slotStart(ctx.now, 'month', ctx.brand.zone);
  const rows = await db
    .selectFrom('metering_level as l')
    .innerJoin('metering_subject as s', 's.no', 'l.subject_no')
    .select(['l.subject_no', 'l.meter_no', 'l.filled_to', 's.customer_id', 's.closed_at'])
    .where('s.customer_id', '=', sql<string>`any(${of.customerIds}::uuid[])`)
    .where('l.due_at', 'is not', null)
    .where('l.filled_to', '<', of.until)
    .execute();
  const stretches = rows
    .map((row) => ({ ...row, from: row.filled_to > monthStart ? row.filled_to : monthStart, to: of.until }))
    .filter(({ from, to }) => from < to);
  const points = await pointsOf(db, stretches);
  return stretches.map(({ customer_id: customerId, meter_no, closed_at: closedAt, from }, i) => {
    const meter = of.meters.find(({ no }) => no === meter_no)!;
    return { customerId, meter, from, closedAt, points: points[i]! };
  });
}
