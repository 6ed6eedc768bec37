import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { earliest } from '#kernel/sweeps.ts';
import { addMs } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type KnownMeter, metersOf, type Pricing, pricingOf, tariffsOf } from './meter-read.ts';
import {
  type KnownMonth,
  type MeterMonth,
  monthsRead,
  monthsWrite,
  packagesOf,
  packagesUse,
  type QuotaPackage,
} from './month.ts';
import { EMPTY_MONTH, type Part, rate, type Usage } from './rating.ts';
import { CHARGE_MAX } from './rules.ts';
import { monthOf, slotEnd } from './slots.ts';
import type { ReadingTable } from './tables.ts';
import { alone } from './usage-gather.ts';
import './tables.ts';

/** A charge as it was rated; what is to be paid for it is for the room above to say. */
export interface UsageCharge {
  id: string;
  customerId: string;
  meter: KnownMeter;
  kind: 'usage' | 'adjustment';
  month: string;
  periodStart: Date;
  periodEnd: Date;
  /** Base units; below zero when a correction took more than was added. */
  quantity: bigint;
  /** Below zero: too much was charged before. */
  amount: Micro;
}

export interface RatedUsage {
  charges: UsageCharge[];
  /** What packages have been earned by being used. */
  earned: { product: string; packageId: string; amount: Micro }[];
}

type Reading = Selectable<ReadingTable>;

const PAIRS = 500;

/**
 * Turns readings that are due into charges: for each customer and meter one for each settlement that ended, and one
 * for all that came late. Null when nothing is due. Everything is written; the caller posts it in the same transaction.
 */
export async function usageRate(tx: Tx, ctx: Ctx): Promise<RatedUsage | null> {
  if (!(await alone(tx, `metering.rate ${ctx.brand.id}`))) return null;
  const meters = new Map((await metersOf(tx, ctx.brand.id)).map((meter) => [meter.no, meter]));
  const readings = await dueReadings(tx, ctx, [...meters.keys()]);
  if (readings.length === 0) return null;
  const tariffs = await tariffsOf(tx, ctx.brand.id);
  const known = await knownOf(tx, ctx, readings);
  const rated: Rated[] = [];
  for (const group of grouped(readings, (row) => `${row.customer_id} ${row.meter_no}`)) {
    const meter = meters.get(group[0]!.meter_no)!;
    const of = { customerId: group[0]!.customer_id, meter, pricing: pricingOf(meter, tariffs) };
    rated.push(...(await meterRate(tx, ctx, of, known, group)));
  }
  if (rated.length === 0) return { charges: [], earned: [] };
  await chargesWrite(tx, ctx, rated);
  await monthsWrite(
    tx,
    [...known.months.values()].filter(({ changed }) => changed),
  );
  return { charges: rated.map(({ charge }) => charge), earned: await packagesEarn(tx, ctx, rated) };
}

/** Where months and packages stand, and come to stand as the batch is rated. */
interface KnownAll {
  months: Map<string, MeterMonth & KnownMonth & { changed?: true }>;
  packages: QuotaPackage[];
}

const keyOf = ({ customerId, meterNo, month }: MeterMonth) => `${customerId} ${meterNo} ${month}`;

async function knownOf(tx: Tx, ctx: Ctx, readings: readonly Reading[]): Promise<KnownAll> {
  const customerIds = [...new Set(readings.map((row) => row.customer_id))];
  const months = new Set(readings.map(({ slot }) => monthOf(slot, ctx.brand.zone)));
  const read = await monthsRead(tx, customerIds, [...months]);
  return {
    months: new Map(read.map((one) => [keyOf(one), one])),
    packages: await packagesOf(tx, customerIds),
  };
}

async function dueReadings(tx: Tx, ctx: Ctx, meters: number[]): Promise<Reading[]> {
  if (meters.length === 0) return [];
  const { rows } = await sql<Reading>`with pairs as (
      select distinct customer_id, meter_no from (
        select customer_id, meter_no from metering_reading
        where measured + corrected <> charged and held_at is null and due_at <= ${ctx.now} and meter_no = any(${meters}::int[])
        order by due_at limit ${PAIRS * 20}) d limit ${PAIRS})
    select r.* from metering_reading r join pairs using (customer_id, meter_no)
    where r.measured + r.corrected <> r.charged and r.held_at is null and r.due_at <= ${ctx.now}
    order by r.customer_id, r.meter_no, r.slot, r.subject_no`.execute(tx);
  return rows;
}

export function grouped<T>(rows: T[], key: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return [...groups.values()];
}

export interface Rating {
  customerId: string;
  meter: KnownMeter;
  pricing: Pricing;
}

/** What of a reading has not been charged. */
export function uncharged(row: Pick<Reading, 'measured' | 'corrected' | 'charged'>): bigint {
  return BigInt(row.measured) + BigInt(row.corrected) - BigInt(row.charged);
}

/** One charge for each settlement in its turn, then one for what came late, month by month. */
export function charges(rows: Reading[], { settle }: KnownMeter, zone: string): Reading[][] {
  const window = (row: Reading) => slotEnd(addMs(row.ends_at, -1), settle, zone).toISOString();
  const kind = (row: Reading) => (row.late ? 'late' : window(row));
  const groups = grouped(rows, (row) => `${monthOf(row.slot, zone)} ${kind(row)}`);
  return groups.sort((a, b) => Number(a[0]!.late) - Number(b[0]!.late));
}

export function usageOf(rows: Reading[], pricing: Pricing, packages: QuotaPackage[]): Usage[] {
  return rows.map((row) => ({
    tariff: pricing.at(row.slot),
    quantity: uncharged(row),
    packages: packages
      .filter(({ startsAt, endsAt }) => startsAt < row.ends_at && row.slot < endsAt)
      .map(({ id, left }) => ({ id, left })),
  }));
}

interface Rated {
  charge: UsageCharge;
  exact: Exact;
  rows: Reading[];
}

async function meterRate(tx: Tx, ctx: Ctx, of: Rating, known: KnownAll, rows: Reading[]): Promise<Rated[]> {
  const { customerId, meter, pricing } = of;
  const packages = known.packages.filter((one) => one.customerId === customerId && one.meterNo === meter.no);
  const result: Rated[] = [];
  for (const group of charges(rows, meter, ctx.brand.zone)) {
    const at = { customerId, meterNo: meter.no, month: monthOf(group[0]!.slot, ctx.brand.zone) };
    const before = known.months.get(keyOf(at)) ?? { state: EMPTY_MONTH, charged: 0n };
    const rated = rate(pricing, before.state, usageOf(group, pricing, packages));
    if (rated.amount > CHARGE_MAX || rated.amount < -CHARGE_MAX) {
      await hold(tx, ctx, group, rated.amount);
      continue;
    }
    const charge = {
      id: newId(),
      customerId,
      meter,
      kind: group[0]!.late ? ('adjustment' as const) : ('usage' as const),
      month: at.month,
      periodStart: group[0]!.slot,
      periodEnd: new Date(Math.max(...group.map((row) => row.ends_at.getTime()))),
      quantity: group.reduce((sum, row) => sum + uncharged(row), 0n),
      amount: rated.amount,
    };
    const after = {
      ...at,
      state: rated.state,
      charged: before.charged + rated.amount,
      changed: true as const,
    };
    known.months.set(keyOf(at), after);
    for (const { id, quantity } of packageParts(rated.parts))
      packages.find((one) => one.id === id)!.left -= quantity;
    result.push({ charge, exact: { ...rated, size: pricing.size }, rows: group });
  }
  return result;
}

async function packagesEarn(tx: Tx, ctx: Ctx, rated: readonly Rated[]): Promise<RatedUsage['earned']> {
  const uses = new Map<string, bigint>();
  const products = new Map<string, string>();
  for (const { charge, exact } of rated)
    for (const { id, quantity } of packageParts(exact.parts)) {
      uses.set(id, (uses.get(id) ?? 0n) + quantity);
      products.set(id, charge.meter.product);
    }
  const earned = await packagesUse(tx, ctx, uses);
  return earned
    .filter(({ amount }) => amount > 0n)
    .map((one) => ({ ...one, product: products.get(one.packageId)! }));
}

/** Charges nothing until staff have corrected what was measured; other readings go on. */
async function hold(tx: Tx, ctx: Ctx, rows: Reading[], amount: Micro): Promise<void> {
  for (const { customer_id, meter_no, subject_no, slot } of rows) {
    await tx
      .updateTable('metering_reading')
      .set({ held_at: ctx.now })
      .where('customer_id', '=', customer_id)
      .where('meter_no', '=', meter_no)
      .where('subject_no', '=', subject_no)
      .where('slot', '=', slot)
      .execute();
  }
  await auditRecord(tx, ctx, {
    action: 'usage.held',
    subject: { kind: 'customer', id: rows[0]!.customer_id },
    customerId: rows[0]!.customer_id,
    facts: {
      meter: rows[0]!.meter_no,
      amount: String(amount),
      slots: rows.map((row) => row.slot.toISOString()).slice(0, 50),
    },
  });
}

function packageParts(parts: Part[]) {
  return parts.flatMap((part) =>
    part.kind === 'package' ? [{ id: part.package, quantity: part.quantity }] : [],
  );
}

interface Exact {
  parts: Part[];
  carriedIn: bigint;
  carriedOut: bigint;
  size: bigint;
}

/** However many, in two statements; each reading is covered once, since a pair's charges share none. */
async function chargesWrite(tx: Tx, ctx: Ctx, rated: readonly Rated[]): Promise<void> {
  const rows = rated.map(({ charge, exact }) => ({
    ...{ id: charge.id, brand: ctx.brand.id, customer_id: charge.customerId },
    ...{ meter_no: charge.meter.no, product: charge.meter.product, month: charge.month, kind: charge.kind },
    ...{ period_start: charge.periodStart, period_end: charge.periodEnd, quantity: String(charge.quantity) },
    ...{ amount_micro: String(charge.amount), size: String(exact.size) },
    ...{ carried_in: String(exact.carriedIn), carried_out: String(exact.carriedOut) },
    ...{ parts: JSON.parse(partsJson(exact.parts)) as unknown, at: ctx.now },
  }));
  await sql`insert into metering_charge (id, brand, customer_id, meter_no, product, month, kind, period_start, period_end,
      quantity, amount_micro, size, carried_in, carried_out, parts, at)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as j (id uuid, brand text, customer_id uuid, meter_no int,
      product text, month date, kind text, period_start timestamptz, period_end timestamptz, quantity numeric,
      amount_micro bigint, size numeric, carried_in numeric, carried_out numeric, parts jsonb, at timestamptz)`.execute(
    tx,
  );
  const covered = rated.flatMap(({ charge, rows: own }) => own.map((row) => ({ charge, row })));
  await sql`with covered as (select * from unnest(${covered.map(({ charge }) => charge.id)}::uuid[],
      ${covered.map(({ row }) => row.customer_id)}::uuid[], ${covered.map(({ row }) => row.meter_no)}::int[],
      ${covered.map(({ row }) => row.subject_no)}::int[], ${covered.map(({ row }) => row.slot)}::timestamptz[],
      ${covered.map(({ row }) => String(uncharged(row)))}::numeric[]) as u (charge_id, customer_id, meter_no, subject_no, slot, quantity)),
    noted as (insert into metering_charged (charge_id, subject_no, slot, quantity)
      select charge_id, subject_no, slot, quantity from covered)
    update metering_reading r set charged = r.charged + c.quantity from covered c
    where r.customer_id = c.customer_id and r.meter_no = c.meter_no
      and r.subject_no = c.subject_no and r.slot = c.slot`.execute(tx);
}

/** Exact numbers as decimal strings. */
export function partsJson(parts: Part[]): string {
  return JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** When the next readings are to be charged. */
export const usageDue = earliest(
  'metering_reading',
  'due_at',
  sql`measured + corrected <> charged and held_at is null`,
);

/** Of what brands readings are to be charged, as far as those go that wait longest. */
export function usageDueBrands(now: Date): RawBuilder<unknown> {
  return sql`select distinct m.brand from metering_meter m join (select meter_no from metering_reading
      where measured + corrected <> charged and held_at is null and due_at <= ${now}
      order by due_at limit ${PAIRS * 20}) d on d.meter_no = m.no`;
}
