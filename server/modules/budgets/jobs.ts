import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { budgetsCheck } from './budget-check.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'budgets.check',
      everySeconds: 10,
      nextDue: earliest('metering_budget', 'check_at', sql`check_at is not null`),
      run: async (now) => {
        let handled = 0;
        for (const brand of house.brands.all) {
          const ctx = { ...systemCtx(house, brand.id, 'budgets'), now };
          handled += await transact(house.db, (tx) => budgetsCheck(tx, ctx));
        }
        return handled;
      },
    },
  ];
}
