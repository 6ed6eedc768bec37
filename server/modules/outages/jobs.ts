import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { endRightsDue } from './end-right.ts';
import { monthsDue } from './month-measure.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    sweep(house, 'outages.end-rights', earliest('outages_outage', 'look_at'), endRightsDue),
    sweep(house, 'outages.months', earliest('outages_month_due', 'due_at'), monthsDue),
  ];
}

function sweep(
  house: House,
  name: string,
  nextDue: Sweep['nextDue'],
  verb: typeof endRightsDue | typeof monthsDue,
): Sweep {
  return {
    name,
    everySeconds: 60,
    nextDue,
    run: async (now) => {
      let handled = 0;
      for (const { id } of house.brands.all)
        handled += await transact(house.db, (tx) => verb(tx, { ...systemCtx(house, id, name), now }));
      return handled;
    },
  };
}
