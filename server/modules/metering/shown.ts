import { z } from 'zod';
import { amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { Budget } from './budget.ts';
import { type chargeList, type Explained, meterText } from './explain.ts';

/** How charges and budgets look in answers. Quantities are decimal strings of base units. */

export const quantityOut = z.string();

export const charge = z.object({
  id,
  product: z.string(),
  product_name: localized,
  meter: z.string(),
  name: localized,
  kind: z.enum(['usage', 'adjustment']),
  /** First day of the natural month that it belongs to. */
  month: z.string(),
  period_start: instant,
  period_end: instant,
  quantity: quantityOut,
  unit: localized,
  unit_size: quantityOut,
  amount: amountOut,
  at: instant,
});

export function chargeShown(row: Awaited<ReturnType<typeof chargeList>>[number]): z.infer<typeof charge> {
  const text = meterText(row.definition);
  return {
    id: row.id,
    product: row.product,
    product_name: text.product,
    meter: row.meter,
    name: text.meter,
    kind: row.kind,
    month: row.month,
    period_start: row.period_start.toISOString(),
    period_end: row.period_end.toISOString(),
    quantity: row.quantity,
    unit: text.unit,
    unit_size: row.size,
    amount: formatYuan(row.amount_micro),
    at: row.at.toISOString(),
  };
}

const part = z.object({
  kind: z.enum(['free', 'package', 'tier']),
  quantity: quantityOut,
  /** quantity × price, in micro-yuan × base units. */
  product: z.string(),
  /** Yuan for one unit. */
  price: amountOut.nullable(),
  tier: z.number().nullable(),
  tariff: z.object({ version: z.string(), from: instant }).nullable(),
  package: z.string().nullable(),
});

const reading = z.object({
  /** Null: all subjects of the customer together. */
  subject: z.string().nullable(),
  slot: instant,
  ends_at: instant,
  /** What of it is in this charge; measured and corrected are what it shows by now. */
  quantity: quantityOut,
  measured: quantityOut,
  corrected: quantityOut,
  corrections: z.array(z.object({ quantity: quantityOut, reason: z.string(), at: z.string() })),
  events: z.number(),
  sample: z.array(
    z.object({
      source: z.string(),
      id: z.string(),
      at: z.string(),
      value: quantityOut.nullable(),
      key: z.string().nullable(),
    }),
  ),
});

/** amount × 1,000,000 × unit_size = sum of the parts' products + carried_in − carried_out, exactly. */
export const explained = charge.extend({
  carried_in: z.string(),
  carried_out: z.string(),
  parts: z.array(part),
  readings: z.array(reading),
});

export function explainedShown(found: Explained): z.infer<typeof explained> {
  return {
    ...chargeShown(found.charge),
    carried_in: found.carriedIn,
    carried_out: found.carriedOut,
    parts: found.parts.map((one) => ({
      ...one,
      price: one.price === null ? null : formatYuan(BigInt(one.price)),
    })),
    readings: found.readings.map((one) => ({
      ...one,
      slot: one.slot.toISOString(),
      ends_at: one.ends_at.toISOString(),
    })),
  };
}

export function budgetShown(row: Budget, stops: { budget_id: string; began_at: Date }[]) {
  const stop = stops.find(({ budget_id }) => budget_id === row.id);
  return {
    id: row.id,
    name: row.name,
    product: row.product,
    amount: formatYuan(row.amount_micro),
    percents: row.percents,
    stop: row.stop,
    stopped_at: stop?.began_at.toISOString() ?? null,
  };
}
