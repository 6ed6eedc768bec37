import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { budgetsCheck } from './budget-check.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'budgets.check',
      everySeconds: 10,
      nextDue: earliestCheck,
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

async function earliestCheck(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('metering_budget')
    .select((e) => e.fn.min<Date | null>('check_at').as('due'))
    .where('check_at', 'is not', null)
    .executeTakeFirst();
  return row?.due ?? null;
}
