import { sql } from 'kysely';
import type { House } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { billEnd, billFallDue, billRemind } from './bill-due.ts';
import type { Bill } from './bill-row.ts';

/** In this order at one instant. Debts and balances are locked before the bill, as payments lock them. */
export function sweeps(house: House): Sweep[] {
  const each = { table: 'arrears_bill', lock: 'verb' } as const;
  return [
    rowSweep<Bill>(house, {
      ...each,
      name: 'bills.reminders',
      column: 'remind_at',
      where: sql`remind_at is not null`,
      verb: billRemind,
    }),
    rowSweep<Bill>(house, {
      ...each,
      name: 'bills.due',
      column: 'due_at',
      where: sql`state = 'open'`,
      verb: billFallDue,
    }),
    rowSweep<Bill>(house, {
      ...each,
      name: 'bills.ends',
      column: 'end_at',
      where: sql`state = 'overdue' and ended_at is null`,
      verb: billEnd,
    }),
  ];
}
