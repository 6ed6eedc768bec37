import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Patrol, Sweep } from '#kernel/sweeps.ts';
import { inquiriesLapse } from './inquiry.ts';
import { measuresLapse } from './measure-reverse.ts';
import { machinesWatch } from './watch.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  const ctxOf = (name: string, now: Date) => (brand: string) => ({ ...systemCtx(house, brand, name), now });
  return [
    {
      name: 'enforcement.measures',
      everySeconds: 60,
      nextDue: measureDue,
      run: (now) => transact(house.db, (tx) => measuresLapse(tx, ctxOf('enforcement.measures', now), now)),
    },
    {
      name: 'enforcement.inquiries',
      everySeconds: 60,
      nextDue: inquiryDue,
      run: (now) => transact(house.db, (tx) => inquiriesLapse(tx, ctxOf('enforcement.inquiries', now), now)),
    },
  ];
}

export function patrols(house: House): Patrol[] {
  return [
    { name: 'enforcement.watch', everySeconds: 60, run: () => machinesWatch(house, house.clock.now()) },
  ];
}

async function measureDue(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('enforcement_measure')
    .select((e) => e.fn.min<Date | null>('until').as('due'))
    .where('state', '=', 'standing')
    .executeTakeFirst();
  return row?.due ?? null;
}

async function inquiryDue(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('enforcement_inquiry')
    .select((e) => e.fn.min<Date | null>('answer_until').as('due'))
    .where('answered_at', 'is', null)
    .where('lapsed_at', 'is', null)
    .executeTakeFirst();
  return row?.due ?? null;
}
