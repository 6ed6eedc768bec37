import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMs } from '#kernel/time.ts';
import './tables.ts';

export interface RunningPackage {
  id: string;
  customerId: string;
  product: string;
  name: string;
  startsAt: Date;
  endsAt: Date;
}

/** Prepaid packages of these products that ran at some moment of the span (`until` null: it goes on). */
export async function packagesRunning(
  db: Db | Tx,
  brand: string,
  products: readonly string[],
  during: { from: Date; until: Date | null },
): Promise<RunningPackage[]> {
  const rows = await db
    .selectFrom('metering_package as p')
    .innerJoin('metering_meter as m', 'm.no', 'p.meter_no')
    .select(['p.id', 'p.customer_id', 'p.name', 'p.starts_at', 'p.ends_at', 'm.product'])
    .where('p.brand', '=', brand)
    .where('m.product', '=', sql<string>`any(${products}::text[])`)
    .where('p.ends_at', '>', during.from)
    .$if(during.until !== null, (q) => q.where('p.starts_at', '<', during.until!))
    .orderBy('p.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    customerId: row.customer_id,
    product: row.product,
    name: row.name,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  }));
}

/** Lengthens a package that still runs, without money. Returns its new end; null when it is over. */
export async function packageExtend(
  tx: Tx,
  input: { packageId: string; byMs: number; now: Date },
): Promise<Date | null> {
  const row = await tx
    .selectFrom('metering_package')
    .select(['ends_at', 'due_at'])
    .where('id', '=', input.packageId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (row.due_at === null || row.ends_at <= input.now) return null;
  const endsAt = addMs(row.ends_at, input.byMs);
  await tx
    .updateTable('metering_package')
    .set({ ends_at: endsAt, due_at: endsAt })
    .where('id', '=', input.packageId)
    .execute();
  return endsAt;
}

/**
 * Ends a package that still runs; what is left of its quota serves nothing any more, not even what was used before and is
 * known later: its price goes back. Returns what of its net price isn't earned, and that price;
 * null when it is over.
 */
export async function packageClose(
  tx: Tx,
  input: { packageId: string; now: Date },
): Promise<{ customerId: string; product: string; left: Micro; price: Micro } | null> {
  const row = await tx
    .selectFrom('metering_package as p')
    .innerJoin('metering_meter as m', 'm.no', 'p.meter_no')
    .select(['p.customer_id', 'm.product', 'p.price_micro', 'p.earned_micro', 'p.due_at', 'p.ends_at'])
    .where('p.id', '=', input.packageId)
    .forUpdate('p')
    .executeTakeFirstOrThrow();
  if (row.due_at === null || row.ends_at <= input.now) return null;
  await tx
    .updateTable('metering_package')
    .set((e) => ({
      ...{ ends_at: input.now, due_at: null, earned_micro: row.price_micro },
      given_back: e('quantity', '-', e.ref('used')),
    }))
    .where('id', '=', input.packageId)
    .execute();
  const left = row.price_micro - row.earned_micro;
  return { customerId: row.customer_id, product: row.product, left, price: row.price_micro };
}
