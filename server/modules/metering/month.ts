import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { type Micro, proportion } from '#kernel/money.ts';
import { earliest } from '#kernel/sweeps.ts';
import { addMonthsAnchored, dayOfMonth } from '#kernel/time.ts';
import type { MonthState } from './rating.ts';
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

export interface MeterMonth {
  customerId: string;
  meterNo: number;
  /** "2026-03-01". */
  month: string;
}

/** Of all meters of these customers that were charged in these months. */
export async function monthsRead(
  db: Db | Tx,
  customerIds: readonly string[],
  months: readonly string[],
): Promise<(MeterMonth & KnownMonth)[]> {
  const rows = await db
    .selectFrom('metering_month')
    .select(['customer_id', 'meter_no', 'month', 'state', 'charged_micro'])
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('month', '=', sql<string>`any(${months}::date[])`)
    .execute();
  return rows.map((row) => ({
    ...{ customerId: row.customer_id, meterNo: row.meter_no, month: row.month },
    ...{ state: stateOf(row.state as Stored), charged: row.charged_micro },
  }));
}

function stateOf(stored: Stored): MonthState {
  const exact = <T extends { quantity: string }>(row: T) => ({ ...row, quantity: BigInt(row.quantity) });
  return { free: BigInt(stored.free), packages: stored.packages.map(exact), paid: stored.paid.map(exact) };
}

export async function monthsWrite(tx: Tx, months: readonly (MeterMonth & KnownMonth)[]): Promise<void> {
  const json = ({ state }: KnownMonth) =>
    JSON.stringify(state, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  await sql`insert into metering_month (customer_id, meter_no, month, state, charged_micro)
    select * from unnest(${months.map(({ customerId }) => customerId)}::uuid[], ${months.map(({ meterNo }) => meterNo)}::int[],
      ${months.map(({ month }) => month)}::date[], ${months.map(json)}::jsonb[],
      ${months.map(({ charged }) => String(charged))}::bigint[])
    on conflict (customer_id, meter_no, month)
      do update set state = excluded.state, charged_micro = excluded.charged_micro`.execute(tx);
}

export interface QuotaPackage {
  id: string;
  customerId: string;
  meterNo: number;
  left: bigint;
  startsAt: Date;
  endsAt: Date;
}

/** Of these customers and every meter; the one that ends first is used first. */
export async function packagesOf(db: Db | Tx, customerIds: readonly string[]): Promise<QuotaPackage[]> {
  const rows = await db
    .selectFrom('metering_package')
    .select(['id', 'customer_id', 'meter_no', 'quantity', 'used', 'given_back', 'starts_at', 'ends_at'])
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .orderBy('ends_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, customerId: row.customer_id, meterNo: row.meter_no },
    left: BigInt(row.quantity) - BigInt(row.used) - BigInt(row.given_back),
    ...{ startsAt: row.starts_at, endsAt: row.ends_at },
  }));
}

/** Notes that more (or less) of packages was used; returns what of their price is earned by that, and was not before. */
export async function packagesUse(
  tx: Tx,
  ctx: Ctx,
  uses: ReadonlyMap<string, bigint>,
): Promise<{ packageId: string; amount: Micro }[]> {
  if (uses.size === 0) return [];
  const rows = await tx
    .selectFrom('metering_package')
    .selectAll()
    .where('id', '=', sql<string>`any(${[...uses.keys()]}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
  const after = rows.map((row) => {
    const used = BigInt(row.used) + uses.get(row.id)!;
    const worth =
      row.ends_at <= ctx.now ? row.price_micro : proportion(row.price_micro, used, BigInt(row.quantity));
    // What was earned stays earned: a correction gives quota back, not revenue.
    return {
      id: row.id,
      used,
      before: row.earned_micro,
      earned: worth > row.earned_micro ? worth : row.earned_micro,
    };
  });
  await sql`update metering_package p set used = n.used, earned_micro = n.earned
    from unnest(${after.map(({ id }) => id)}::uuid[], ${after.map(({ used }) => String(used))}::numeric[],
      ${after.map(({ earned }) => String(earned))}::bigint[]) as n (id, used, earned) where p.id = n.id`.execute(
    tx,
  );
  return after.map(({ id, before, earned }) => ({ packageId: id, amount: earned - before }));
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
  await tx
    .updateTable('metering_package')
    .set((e) => ({ due_at: null, earned_micro: e.ref('price_micro') }))
    .where('id', '=', sql<string>`any(${rows.map(({ id }) => id)}::uuid[])`)
    .execute();
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
