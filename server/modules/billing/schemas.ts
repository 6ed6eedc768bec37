import { z } from 'zod';
import { amountOut, id, line, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { Quote } from '#modules/catalogue/index.ts';
import { MOST_PIECES } from './order-place.ts';

/** What a cart is asked for, as quote and order take it. */

const more = z.number().int().min(0).max(1_048_576);

export const options = z.strictObject({
  cpus: more.optional(),
  memory_mb: more.optional(),
  disk_gb: more.optional(),
  bandwidth_mbps: more.optional(),
  ports: more.optional(),
  processes: more.optional(),
});

export const quantity = z.number().int().min(1).max(MOST_PIECES).default(1);

export const selection = z.object({
  plan: z.string().max(40),
  region: z.string().max(40),
  months: z.number().int().min(1).max(36),
  /** How much is added to each limit of the plan. */
  options: options.default({}),
  quantity,
});

export const coupon = line(1, 40);

const lineShown = z.object({ text: localized, amount: amountOut });

export const quoteShown = z.object({
  lines: z.array(lineShown),
  total: amountOut,
  /** Contained in the total. */
  tax: amountOut,
  /** What the coupon took off. */
  discount: amountOut,
  /** How it would be paid; null for a visitor. */
  payment: z.object({ gift: amountOut, cash: amountOut, missing: amountOut }).nullable(),
});

export const orderedShown = z.object({ id, number: z.string(), service_id: id, amount: amountOut });

export function shownQuote(quote: Quote): Omit<z.infer<typeof quoteShown>, 'payment'> {
  return {
    lines: quote.lines.map(({ text, amount }) => ({ text, amount: formatYuan(amount) })),
    total: formatYuan(quote.total),
    tax: formatYuan(quote.tax),
    discount: formatYuan(quote.discount),
  };
}
