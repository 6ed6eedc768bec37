import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { brandsDue, earliest, type Sweep } from '#kernel/sweeps.ts';
import { accrualEarn } from './accrual.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'billing.revenue',
      everySeconds: 60,
      nextDue: earliest('billing_accrual', 'due_at'),
      run: async (now) => {
        const due = sql`select distinct brand from billing_accrual where due_at <= ${now}`;
        let handled = 0;
        for (const { id } of await brandsDue(house.db, house.brands.all, due))
          handled += await transact(house.db, (tx) =>
            accrualEarn(tx, { ...systemCtx(house, id, 'revenue'), now }),
          );
        return handled;
      },
    },
  ];
}
