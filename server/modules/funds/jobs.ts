import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { freezesLapse } from './freeze-lapse.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'funds.appeals',
      everySeconds: 60,
      nextDue: earliest,
      run: (now) =>
        transact(house.db, (tx) =>
          freezesLapse(tx, (brand) => ({ ...systemCtx(house, brand, 'funds.appeals'), now }), now),
        ),
    },
  ];
}

async function earliest(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('funds_freeze')
    .select((e) => e.fn.min<Date | null>('appeal_until').as('due'))
    .where('state', '=', 'frozen')
    .executeTakeFirst();
  return row?.due ?? null;
}
