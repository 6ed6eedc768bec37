import { z } from 'zod';
import { amountOut, id, instant } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import type { Bill } from './bill-row.ts';

export const billShown = z.object({
  id,
  /** Of its invoice. */
  number: z.string(),
  customer_id: id,
  service_id: id,
  state: z.enum(['open', 'overdue', 'paid', 'given-up']),
  amount: amountOut,
  /** Covered by gifts when it was issued. */
  gift: amountOut,
  late_fee: amountOut,
  /** Still to be paid, late fee included. */
  to_pay: amountOut,
  period_start: instant,
  period_end: instant,
  issued_at: instant,
  due_at: instant,
  overdue_at: instant.nullable(),
  /** Overdue: when its service ends, or ended. */
  end_at: instant.nullable(),
  ended_at: instant.nullable(),
  closed_at: instant.nullable(),
});

export function shownBill(row: { bill: Bill; principal: Micro; fee: Micro }): z.infer<typeof billShown> {
  const { bill, principal, fee } = row;
  const { id: billId, number, customer_id, service_id, state } = bill;
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    ...{ id: billId, number, customer_id, service_id, state },
    amount: formatYuan(bill.amount_micro),
    gift: formatYuan(bill.gift_micro),
    late_fee: formatYuan(fee),
    to_pay: formatYuan(principal + fee),
    period_start: bill.period_start.toISOString(),
    period_end: bill.period_end.toISOString(),
    issued_at: bill.issued_at.toISOString(),
    due_at: bill.due_at.toISOString(),
    overdue_at: iso(bill.overdue_at),
    end_at: iso(bill.end_at),
    ended_at: iso(bill.ended_at),
    closed_at: iso(bill.closed_at),
  };
}
