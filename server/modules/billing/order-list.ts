import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { amountOut, id, instant, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { OrderTable } from './tables.ts';
import './tables.ts';

export const order = z.object({
  id,
  number: z.string(),
  customer_id: z.string(),
  kind: z.enum(['new', 'renewal']),
  service_id: z.string(),
  plan: z.string(),
  region: z.string(),
  months: z.number(),
  amount: amountOut,
  state: z.enum(['paid', 'refunded']),
  period_start: instant,
  period_end: instant,
  created_at: instant,
});

export function orderList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; before?: string | undefined },
) {
  return db
    .selectFrom('billing_order')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function shownOrder(row: OrderTable): z.infer<typeof order> {
  const { id, number, customer_id, kind, service_id, plan, region, months, state } = row;
  return {
    ...{ id, number, customer_id, kind, service_id, plan, region, months, state },
    amount: formatYuan(row.amount_micro),
    period_start: row.period_start.toISOString(),
    period_end: row.period_end.toISOString(),
    created_at: row.created_at.toISOString(),
  };
}
