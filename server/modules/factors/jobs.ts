import { sql } from 'kysely';
import { forgetSweep } from '#kernel/forget-sweep.ts';
import type { House } from '#kernel/house.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { type FailureRow, failureRecord } from './failure.ts';

export function sweeps(house: House): Sweep[] {
  const over = { table: 'factors_challenge', column: 'expires_at', keptMs: 0 };
  return [
    // What waits for an answer that can no longer come is of no use to anybody.
    forgetSweep(house, { name: 'factors.challenges', everySeconds: 300, ...over }),
    rowSweep<FailureRow>(house, {
      name: 'factors.failures',
      table: 'factors_failure',
      column: 'closes_at',
      where: sql`true`,
      lock: 'row',
      verb: failureRecord,
    }),
  ];
}
