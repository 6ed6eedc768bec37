import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Patrol, type Sweep } from '#kernel/sweeps.ts';
import { inquiriesLapse } from './inquiry.ts';
import { measuresLapse } from './measure-reverse.ts';
import { machinesWatch } from './watch.ts';
import { begunWatch } from './watch-begun.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  const ctxOf = (name: string, now: Date) => (brand: string) => ({ ...systemCtx(house, brand, name), now });
  return [
    {
      name: 'enforcement.measures',
      everySeconds: 60,
      nextDue: earliest('enforcement_measure', 'until', sql`state = 'standing'`),
      run: (now) => transact(house.db, (tx) => measuresLapse(tx, ctxOf('enforcement.measures', now), now)),
    },
    {
      name: 'enforcement.inquiries',
      everySeconds: 60,
      nextDue: earliest(
        'enforcement_inquiry',
        'answer_until',
        sql`answered_at is null and lapsed_at is null`,
      ),
      run: (now) => transact(house.db, (tx) => inquiriesLapse(tx, ctxOf('enforcement.inquiries', now), now)),
    },
  ];
}

export function patrols(house: House): Patrol[] {
  return [
    { name: 'enforcement.watch', everySeconds: 60, run: () => machinesWatch(house, house.clock.now()) },
    { name: 'enforcement.watch-begun', everySeconds: 60, run: () => begunWatch(house, house.clock.now()) },
  ];
}
