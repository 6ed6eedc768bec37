import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { linesOf, transactionsOf } from '#modules/ledger/index.ts';
import { metersOf, packagesHeld } from '#modules/metering/index.ts';
import { USAGE } from './usage-charge-post.ts';
import './tables.ts';

export interface ChargePaid {
  id: string;
  kind: 'usage' | 'package';
  meter: string;
  /** "2026-03". */
  month: string;
  at: Date;
  /** In money; what is owed and what gifts paid doesn't count. Below zero: it was given back. */
  paid: Micro;
  transactionId: string | null;
}

/** What a customer paid in money for a metered product: charges and prepaid packages, the oldest first. */
export async function chargesPaid(
  db: Db | Tx,
  brand: string,
  customerId: string,
  product: string,
): Promise<ChargePaid[]> {
  const meters = new Map(
    (await metersOf(db, brand))
      .filter((meter) => meter.product === product)
      .map((meter) => [meter.no, meter]),
  );
  const rows = await db
    .selectFrom('billing_usage_payment')
    .select(['charge_id', 'meter_no', 'month', 'cash_micro', 'at'])
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .orderBy('at')
    .orderBy('charge_id')
    .execute();
  const own = rows.filter(({ meter_no }) => meters.has(meter_no));
  const posted = await transactionsOf(
    db,
    brand,
    USAGE,
    own.map(({ charge_id }) => charge_id),
  );
  const charges = own.map(
    (row): ChargePaid => ({
      id: row.charge_id,
      kind: 'usage',
      meter: meters.get(row.meter_no)!.name,
      month: row.month.slice(0, 7),
      at: row.at,
      paid: row.cash_micro,
      transactionId: posted.get(row.charge_id) ?? null,
    }),
  );
  return [...charges, ...(await packagesPaid(db, brand, customerId, product))].sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  );
}

async function packagesPaid(
  db: Db | Tx,
  brand: string,
  customerId: string,
  product: string,
): Promise<ChargePaid[]> {
  const held = (await packagesHeld(db, brand, customerId)).filter((one) => one.product === product);
  const ids = held.map(({ id }) => id);
  const posted = await transactionsOf(db, brand, 'usage-package', ids);
  const paid: ChargePaid[] = [];
  for (const one of held) {
    const lines = [
      ...(await linesOf(db, brand, 'usage-package', one.id)),
      ...(await linesOf(db, brand, 'usage-package-end', one.id)),
    ];
    paid.push({
      id: one.id,
      kind: 'package',
      meter: one.package,
      month: one.starts_at.toISOString().slice(0, 7),
      at: one.starts_at,
      paid: -lines
        .filter(({ kind }) => kind === 'customer_cash')
        .reduce((sum, { amount }) => sum + amount, 0n),
      transactionId: posted.get(one.id) ?? null,
    });
  }
  return paid;
}
