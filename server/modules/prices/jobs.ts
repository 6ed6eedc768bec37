import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { PRICES_TELL, pricesTell, readTold } from './prices-tell.ts';

export function jobs(house: House): JobTable {
  return {
    [PRICES_TELL]: async (payload) => {
      const told = readTold(payload);
      await asSystem(house, told.brand, PRICES_TELL, (tx, ctx) => pricesTell(tx, ctx, told));
    },
  };
}
