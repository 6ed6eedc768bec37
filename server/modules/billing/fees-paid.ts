import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { transactionsOf } from '#modules/ledger/index.ts';
import type { OrderKind } from './tables.ts';
import './tables.ts';

export interface FeePaid {
  orderId: string;
  number: string;
  kind: OrderKind;
  serviceId: string;
  at: Date;
  periodStart: Date;
  periodEnd: Date;
  /** What was charged, gifts included. */
  amount: Micro;
  /** What of it was paid in money and hasn't gone back. */
  paid: Micro;
  /** Of the ledger. */
  transactionId: string | null;
}

/** A customer's orders of services, the oldest first, each with what was paid for it in money; not those of a service's owner before. */
export async function feesPaid(
  db: Db | Tx,
  brand: string,
  { customerId, serviceIds }: { customerId: string; serviceIds: readonly string[] },
): Promise<FeePaid[]> {
  const orders = await db
    .selectFrom('billing_order as o')
    .leftJoin('billing_refund as r', 'r.order_id', 'o.id')
    .select(['o.id', 'o.number', 'o.kind', 'o.service_id', 'o.created_at', 'o.period_start', 'o.period_end'])
    .select(['o.amount_micro', 'o.gift_micro'])
    .select(
      sql<bigint>`coalesce(sum(r.amount_micro - r.gift_micro - r.lapsed_micro), 0)::bigint`.as('money_back'),
    )
    .where('o.brand', '=', brand)
    .where('o.customer_id', '=', customerId)
    .where('o.service_id', '=', sql<string>`any(${serviceIds}::uuid[])`)
    .groupBy('o.id')
    .orderBy('o.id')
    .execute();
  const posted = await transactionsOf(
    db,
    brand,
    'order',
    orders.map(({ id }) => id),
  );
  return orders.map((order) => ({
    orderId: order.id,
    number: order.number,
    kind: order.kind,
    serviceId: order.service_id,
    at: order.created_at,
    periodStart: order.period_start,
    periodEnd: order.period_end,
    amount: order.amount_micro,
    paid: order.amount_micro - order.gift_micro - order.money_back,
    transactionId: posted.get(order.id) ?? null,
  }));
}
