import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { endRightsDue } from './end-right.ts';
import { monthsDue } from './month-measure.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    sweep(house, 'outages.end-rights', nextLook, endRightsDue),
    sweep(house, 'outages.months', nextMonthDue, monthsDue),
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

async function nextLook(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('outages_outage')
    .select((e) => e.fn.min<Date | null>('look_at').as('due'))
    .executeTakeFirst();
  return row?.due ?? null;
}

async function nextMonthDue(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('outages_month_due')
    .select((e) => e.fn.min<Date | null>('due_at').as('due'))
    .executeTakeFirst();
  return row?.due ?? null;
}
