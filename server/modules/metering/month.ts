import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { type Micro, proportion } from '#kernel/money.ts';
import { earliest } from '#kernel/sweeps.ts';
import { addMonthsAnchored, dayOfMonth } from '#kernel/time.ts';
import { EMPTY_MONTH, type MonthState } from './rating.ts';
import './tables.ts';

/** Where a month stands, and what is left of prepaid quota. */

interface Stored {
  free: string;
  packages: { id: string; quantity: string }[];
  paid: { tariff: number; quantity: string }[];
}

export interface KnownMonth {
  state: MonthState;
  charged: Micro;
}

/** Of all meters that were charged in this month. */
export async function monthsRead(
  db: Db | Tx,
  customerId: string,
  month: string,
): Promise<Map<number, KnownMonth>> {
  const rows = await db
    .selectFrom('metering_month')
    .select(['meter_no', 'state', 'charged_micro'])
    .where('customer_id', '=', customerId)
    .where('month', '=', month)
    .execute();
  return new Map(
    rows.map((row) => [row.meter_no, { state: stateOf(row.state as Stored), charged: row.charged_micro }]),
  );
}

export async function monthRead(
  db: Db | Tx,
  customerId: string,
  meterNo: number,
  month: string,
): Promise<KnownMonth> {
  const row = await db
    .selectFrom('metering_month')
    .select(['state', 'charged_micro'])
    .where('customer_id', '=', customerId)
    .where('meter_no', '=', meterNo)
    .where('month', '=', month)
    .executeTakeFirst();
  return row
    ? { state: stateOf(row.state as Stored), charged: row.charged_micro }
    : { state: EMPTY_MONTH, charged: 0n };
}

function stateOf(stored: Stored): MonthState {
  const exact = <T extends { quantity: string }>(row: T) => ({ ...row, quantity: BigInt(row.quantity) });
  return { free: BigInt(stored.free), packages: stored.packages.map(exact), paid: stored.paid.map(exact) };
}

export async function monthWrite(
  tx: Tx,
  of: { customerId: string; meterNo: number; month: string },
  state: MonthState,
  charged: Micro,
): Promise<void> {
  const json = JSON.stringify(state, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  await tx
    .insertInto('metering_month')
    .values({
      customer_id: of.customerId,
      meter_no: of.meterNo,
      month: of.month,
      state: json,
      charged_micro: charged,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['customer_id', 'meter_no', 'month'])
        .doUpdateSet({ state: json, charged_micro: charged }),
    )
    .execute();
}

export interface QuotaPackage {
  id: string;
  left: bigint;
  startsAt: Date;
  endsAt: Date;
}

/** The one that ends first is used first. */
export async function packagesOf(db: Db | Tx, customerId: string, meterNo: number): Promise<QuotaPackage[]> {
  const rows = await packageRows(db, customerId).where('meter_no', '=', meterNo).execute();
  return rows.map(quotaOf);
}

/** Of every meter. */
export async function packagesOfAll(db: Db | Tx, customerId: string): Promise<Map<number, QuotaPackage[]>> {
  const byMeter = new Map<number, QuotaPackage[]>();
  for (const row of await packageRows(db, customerId).execute()) {
    const own = byMeter.get(row.meter_no);
    if (own) own.push(quotaOf(row));
    else byMeter.set(row.meter_no, [quotaOf(row)]);
  }
  return byMeter;
}

function packageRows(db: Db | Tx, customerId: string) {
  return db
    .selectFrom('metering_package')
    .select(['id', 'meter_no', 'quantity', 'used', 'starts_at', 'ends_at'])
    .where('customer_id', '=', customerId)
    .orderBy('ends_at')
    .orderBy('id');
}

function quotaOf(row: { id: string; quantity: string; used: string; starts_at: Date; ends_at: Date }) {
  return {
    id: row.id,
    left: BigInt(row.quantity) - BigInt(row.used),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  };
}

/** Notes that more (or less) of a package was used; returns what of its price is earned by that, and was not before. */
export async function usedOf(tx: Tx, ctx: Ctx, packageId: string, quantity: bigint): Promise<Micro> {
  const row = await tx
    .selectFrom('metering_package')
    .selectAll()
    .where('id', '=', packageId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const used = BigInt(row.used) + quantity;
  const worth =
    row.ends_at <= ctx.now ? row.price_micro : proportion(row.price_micro, used, BigInt(row.quantity));
  // What was earned stays earned: a correction gives quota back, not revenue.
  const earned = worth > row.earned_micro ? worth : row.earned_micro;
  await tx
    .updateTable('metering_package')
    .set({ used: String(used), earned_micro: earned })
    .where('id', '=', packageId)
    .execute();
  return earned - row.earned_micro;
}

/** A package that was paid for: its quota can be used from now on. */
export async function packageAdd(
  tx: Tx,
  ctx: Ctx,
  input: {
    customerId: string;
    meterNo: number;
    name: string;
    quantity: bigint;
    price: Micro;
    months: number;
  },
): Promise<{ id: string; endsAt: Date }> {
  const id = newId();
  const { zone } = ctx.brand;
  const endsAt = addMonthsAnchored(ctx.now, input.months, dayOfMonth(ctx.now, zone), zone);
  await tx
    .insertInto('metering_package')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: input.customerId,
      meter_no: input.meterNo,
      name: input.name,
      quantity: String(input.quantity),
      price_micro: input.price,
      starts_at: ctx.now,
      ends_at: endsAt,
      due_at: endsAt,
    })
    .execute();
  return { id, endsAt };
}

/** Packages whose time is over: what nobody used is earned too. */
export async function packagesEnd(
  tx: Tx,
  ctx: Ctx,
): Promise<{ product: string; packageId: string; amount: Micro }[]> {
  const rows = await tx
    .selectFrom('metering_package as p')
    .innerJoin('metering_meter as m', 'm.no', 'p.meter_no')
    .select(['p.id', 'p.price_micro', 'p.earned_micro', 'm.product'])
    .where('p.brand', '=', ctx.brand.id)
    .where('p.due_at', '<=', ctx.now)
    .orderBy('p.due_at')
    .limit(500)
    .forUpdate('p')
    .skipLocked()
    .execute();
  for (const row of rows) {
    await tx
      .updateTable('metering_package')
      .set({ due_at: null, earned_micro: row.price_micro })
      .where('id', '=', row.id)
      .execute();
  }
  return rows.map((row) => ({
    product: row.product,
    packageId: row.id,
    amount: row.price_micro - row.earned_micro,
  }));
}

export function packagesHeld(db: Db | Tx, brand: string, customerId: string) {
  return db
    .selectFrom('metering_package as p')
    .innerJoin('metering_meter as m', 'm.no', 'p.meter_no')
    .select([
      'p.id',
      'p.name as package',
      'm.product',
      'm.name as meter',
      'p.quantity',
      'p.used',
      'p.starts_at',
      'p.ends_at',
    ])
    .where('p.brand', '=', brand)
    .where('p.customer_id', '=', customerId)
    .orderBy('p.id', 'desc')
    .limit(200)
    .execute();
}

export const packagesDue = earliest('metering_package', 'due_at');

/** Of what brands packages are over. */
export function packagesDueBrands(now: Date): RawBuilder<unknown> {
  return sql`select distinct brand from metering_package where due_at <= ${now}`;
}
