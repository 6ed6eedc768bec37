import { sql } from 'kysely';
import type { House } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Patrol, Sweep } from '#kernel/sweeps.ts';
import type { Inquiry, MeasureRow } from './case-row.ts';
import { inquiryLapse } from './inquiry.ts';
import { measureLift } from './measure-reverse.ts';
import { machinesWatch } from './watch.ts';
import { begunWatch } from './watch-begun.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  return [
    rowSweep<MeasureRow>(house, {
      name: 'enforcement.measures',
      ...{ table: 'enforcement_measure', column: 'until', lock: 'row' },
      where: sql`state = 'standing'`,
      verb: (tx, ctx, row) => measureLift(tx, ctx, row, 'its time is over'),
    }),
    rowSweep<Inquiry>(house, {
      name: 'enforcement.inquiries',
      ...{ table: 'enforcement_inquiry', column: 'answer_until', lock: 'row' },
      where: sql`answered_at is null and lapsed_at is null`,
      verb: inquiryLapse,
    }),
  ];
}

export function patrols(house: House): Patrol[] {
  return [
    { name: 'enforcement.watch', everySeconds: 60, run: () => machinesWatch(house, house.clock.now()) },
    { name: 'enforcement.watch-begun', everySeconds: 60, run: () => begunWatch(house, house.clock.now()) },
  ];
}
