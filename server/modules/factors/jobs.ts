import { forgetSweep } from '#kernel/forget-sweep.ts';
import type { House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';

/** What waits for an answer that can no longer come is of no use to anybody. */
export function sweeps(house: House): Sweep[] {
  const over = { table: 'factors_challenge', column: 'expires_at', keptMs: 0 };
  return [forgetSweep(house, { name: 'factors.challenges', everySeconds: 300, ...over })];
}
