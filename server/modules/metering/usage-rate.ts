import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { earliest } from '#kernel/sweeps.ts';
import { addMs } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type KnownMeter, metersOf, type Pricing, pricingOf, tariffsOf } from './meter-read.ts';
import { monthRead, monthWrite, packagesOf, type QuotaPackage, usedOf } from './month.ts';
import { type MonthState, type Part, rate, type Usage } from './rating.ts';
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
  const result: RatedUsage = { charges: [], earned: [] };
  for (const group of grouped(readings, (row) => `${row.customer_id} ${row.meter_no}`)) {
    const meter = meters.get(group[0]!.meter_no)!;
    const of = { customerId: group[0]!.customer_id, meter, pricing: pricingOf(meter, tariffs) };
    const rated = await chargeMeter(tx, ctx, of, group);
    result.charges.push(...rated.charges);
    result.earned.push(...rated.earned);
  }
  return result;
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

async function chargeMeter(tx: Tx, ctx: Ctx, of: Rating, rows: Reading[]): Promise<RatedUsage> {
  const { customerId, meter, pricing } = of;
  const result: RatedUsage = { charges: [], earned: [] };
  for (const group of charges(rows, meter, ctx.brand.zone)) {
    const month = monthOf(group[0]!.slot, ctx.brand.zone);
    const before = await monthRead(tx, customerId, meter.no, month);
    const packages = await packagesOf(tx, customerId, meter.no);
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
      month,
      periodStart: group[0]!.slot,
      periodEnd: new Date(Math.max(...group.map((row) => row.ends_at.getTime()))),
      quantity: group.reduce((sum, row) => sum + uncharged(row), 0n),
      amount: rated.amount,
    };
    await chargeWrite(tx, ctx, charge, { ...rated, size: pricing.size }, group);
    await monthWrite(
      tx,
      { customerId, meterNo: meter.no, month },
      rated.state,
      before.charged + rated.amount,
    );
    result.charges.push(charge);
    for (const { id, quantity } of packageParts(rated.parts)) {
      const amount = await usedOf(tx, ctx, id, quantity);
      if (amount > 0n) result.earned.push({ product: meter.product, packageId: id, amount });
    }
  }
  return result;
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
  state: MonthState;
}

async function chargeWrite(
  tx: Tx,
  ctx: Ctx,
  charge: UsageCharge,
  exact: Exact,
  rows: Reading[],
): Promise<void> {
  await tx
    .insertInto('metering_charge')
    .values({
      id: charge.id,
      brand: ctx.brand.id,
      customer_id: charge.customerId,
      meter_no: charge.meter.no,
      product: charge.meter.product,
      month: charge.month,
      kind: charge.kind,
      period_start: charge.periodStart,
      period_end: charge.periodEnd,
      quantity: String(charge.quantity),
      amount_micro: charge.amount,
      size: String(exact.size),
      carried_in: String(exact.carriedIn),
      carried_out: String(exact.carriedOut),
      parts: partsJson(exact.parts),
      at: ctx.now,
    })
    .execute();
  const covered = JSON.stringify(
    rows.map((row) => ({ subject_no: row.subject_no, slot: row.slot, quantity: String(uncharged(row)) })),
  );
  await sql`with covered as (
      select * from jsonb_to_recordset(${covered}::jsonb) as j (subject_no int, slot timestamptz, quantity numeric)),
    noted as (insert into metering_charged (charge_id, subject_no, slot, quantity)
      select ${charge.id}::uuid, subject_no, slot, quantity from covered)
    update metering_reading r set charged = r.charged + c.quantity from covered c
    where r.customer_id = ${charge.customerId} and r.meter_no = ${charge.meter.no}
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
