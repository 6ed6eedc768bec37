import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { lateFeesAdd } from './late-fee.ts';
import './tables.ts';

const BATCH = 200;

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'debts.late-fees',
      everySeconds: 60,
      nextDue: earliest('debts_debt', 'fee_due_at'),
      run: (now) =>
        transact(house.db, async (tx) => {
          const due = await tx
            .selectFrom('debts_debt')
            .selectAll()
            .where('fee_due_at', '<=', now)
            .orderBy('fee_due_at')
            .limit(BATCH)
            .forUpdate()
            .skipLocked()
            .execute();
          for (const brand of new Set(due.map((debt) => debt.brand))) {
            const ctx = { ...systemCtx(house, brand, 'debts.late-fees'), now };
            await lateFeesAdd(
              tx,
              ctx,
              due.filter((debt) => debt.brand === brand),
            );
          }
          return due.length;
        }),
    },
  ];
}
