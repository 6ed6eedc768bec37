import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { earliestClose, monthClose } from './month-close.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'invoicing.months',
      everySeconds: 60,
      nextDue: earliestClose,
      run: async (now) => {
        let handled = 0;
        for (const brand of house.brands.all) {
          handled += await transact(house.db, (tx) =>
            monthClose(tx, { ...systemCtx(house, brand.id, 'month-close'), now }),
          );
        }
        return handled;
      },
    },
  ];
}
