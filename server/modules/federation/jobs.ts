import { forgetSweep } from '#kernel/forget-sweep.ts';
import type { House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { CODE_KEPT_DAYS, STATE_KEPT_MINUTES } from './rules.ts';

const MINUTE_MS = 60_000;

/** Numbers that have no further use, and states of attempts that have long expired. */
export function sweeps(house: House): Sweep[] {
  const codes = {
    table: 'federation_phone_code',
    column: 'sent_at',
    keptMs: CODE_KEPT_DAYS * 1_440 * MINUTE_MS,
  };
  const states = { table: 'federation_state_used', column: 'at', keptMs: STATE_KEPT_MINUTES * MINUTE_MS };
  return [
    forgetSweep(house, { name: 'federation.phone-codes', everySeconds: 3_600, ...codes }),
    forgetSweep(house, { name: 'federation.states', everySeconds: 3_600, ...states }),
  ];
}
