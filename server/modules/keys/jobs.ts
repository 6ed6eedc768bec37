import { forgetSweep } from '#kernel/forget-sweep.ts';
import type { House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';

/** Nonces go when their requests would be refused for their time alone. */
export function sweeps(house: House): Sweep[] {
  const over = { table: 'keys_nonce', column: 'expires_at', keptMs: 0 };
  return [forgetSweep(house, { name: 'keys.nonces', everySeconds: 60, ...over })];
}
