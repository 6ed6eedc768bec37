import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { catalogueHolds, heldDue } from './catalogue-held.ts';

export function sweeps(house: House): Sweep[] {
  const name = 'catalogue.held';
  return [
    {
      name,
      everySeconds: 5,
      nextDue: heldDue,
      async run(now) {
        let handled = 0;
        for (const { id } of house.brands.all) {
          const ctx = { ...systemCtx(house, id, name), now };
          if (await transact(house.db, (tx) => catalogueHolds(tx, ctx))) handled++;
        }
        return handled;
      },
    },
  ];
}
