import { sql } from 'kysely';
import type { House } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { freezeHold } from './freeze-decide.ts';
import type { Freeze } from './freeze-row.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    // No appeal came in time: the money stays frozen for long (亚云 5.4), and the customer is told.
    rowSweep<Freeze>(house, {
      name: 'funds.appeals',
      ...{ table: 'funds_freeze', column: 'appeal_until', lock: 'row' },
      where: sql`state = 'frozen'`,
      verb: (tx, ctx, freeze) => freezeHold(tx, ctx, freeze, 'no appeal in time'),
    }),
  ];
}
