import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { dayClose, openDays } from './day-close.ts';
import { daysSeal } from './day-seal.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'ledger.seal',
      everySeconds: 60,
      // Only closing is due at an instant; sealing follows as soon as whoever was writing then has ended.
      nextDue: async (db) => {
        const dues = (await openDays(db, house.brands.all)).map(({ closesAt }) => closesAt.getTime());
        return dues.length > 0 ? new Date(Math.min(...dues)) : null;
      },
      run: async (now) => {
        let handled = 0;
        for (const { brand, closesAt } of await openDays(house.db, house.brands.all)) {
          if (closesAt > now) continue;
          const ctx = { ...systemCtx(house, brand.id, 'ledger-seal'), now };
          if (await transact(house.db, (tx) => dayClose(tx, ctx))) handled += 1;
        }
        return handled + (await daysSeal(house.db, house.brands.all, now));
      },
    },
  ];
}
