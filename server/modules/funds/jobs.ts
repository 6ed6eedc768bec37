import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { freezesLapse } from './freeze-lapse.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'funds.appeals',
      everySeconds: 60,
      nextDue: earliest('funds_freeze', 'appeal_until', sql`state = 'frozen'`),
      run: (now) =>
        transact(house.db, (tx) =>
          freezesLapse(tx, (brand) => ({ ...systemCtx(house, brand, 'funds.appeals'), now }), now),
        ),
    },
  ];
}
