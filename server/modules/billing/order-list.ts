import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { amountOut, id, instant, localized, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { OrderTable } from './tables.ts';
import './tables.ts';

export const order = z.object({
  id,
  number: z.string(),
  customer_id: z.string(),
  kind: z.enum(['new', 'renewal', 'change', 'extension']),
  service_id: z.string(),
  plan: z.string(),
  region: z.string(),
  /** 0 for a change within a period and for time that was left over. */
  months: z.number(),
  options: z.record(z.string(), z.number()),
  lines: z.array(z.object({ text: localized, amount: amountOut })),
  amount: amountOut,
  /** Contained in the amount. */
  tax: amountOut,
  /** Of the amount; the rest was cash. */
  paid_by_gifts: amountOut,
  refunded: amountOut,
  state: z.enum(['paid', 'refunded']),
  period_start: instant,
  period_end: instant,
  created_at: instant,
});

export function orderList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    before?: string | undefined;
    of?: readonly string[] | null;
    number?: string | undefined;
  },
) {
  return db
    .selectFrom('billing_order')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .$if(Boolean(filter.number), (q) => q.where('number', '=', filter.number!.toUpperCase()))
    .$if(Boolean(filter.of), (q) => q.where((e) => e('service_id', '=', e.fn.any(e.val([...filter.of!])))))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function shownOrder(row: Selectable<OrderTable>): z.infer<typeof order> {
  const { id, number, customer_id, kind, service_id, plan, region, months, state } = row;
  return {
    ...{ id, number, customer_id, kind, service_id, plan, region, months, state },
    options: row.options as Record<string, number>,
    lines: (row.lines as { text: LocalizedText; amount: string }[]).map(({ text, amount }) => ({
      text,
      amount: formatYuan(BigInt(amount)),
    })),
    amount: formatYuan(row.amount_micro),
    tax: formatYuan(row.tax_micro),
    paid_by_gifts: formatYuan(row.gift_micro),
    refunded: formatYuan(row.refunded_micro),
    period_start: row.period_start.toISOString(),
    period_end: row.period_end.toISOString(),
    created_at: row.created_at.toISOString(),
  };
}
