import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { accrualEarn } from './accrual.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'billing.revenue',
      everySeconds: 60,
      nextDue: earliestAccrual,
      run: (now) => eachBrand(house, now, 'revenue', accrualEarn),
    },
  ];
}

async function eachBrand(
  house: House,
  now: Date,
  name: string,
  verb: (tx: Tx, ctx: Ctx) => Promise<number>,
): Promise<number> {
  let handled = 0;
  for (const brand of house.brands.all)
    handled += await transact(house.db, (tx) => verb(tx, { ...systemCtx(house, brand.id, name), now }));
  return handled;
}

async function earliestAccrual(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('billing_accrual')
    .select((e) => e.fn.min<Date | null>('due_at').as('due'))
    .executeTakeFirst();
  return row?.due ?? null;
}
