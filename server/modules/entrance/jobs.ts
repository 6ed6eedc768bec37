import { z } from 'zod';
import { forgetSweep } from '#kernel/forget-sweep.ts';
import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { recoveryAsk } from './recovery-ask.ts';

export const RECOVER = 'entrance.recover';
const asked = z.object({ brand: z.string(), email: z.string() });

export function jobs(house: House): JobTable {
  return {
    /** Here and not in the request, which so does the same for an address that nobody has. */
    [RECOVER]: async (raw) => {
      const { brand, email } = asked.parse(raw);
      await asSystem(house, brand, 'recovery', (tx, ctx) => recoveryAsk(tx, ctx, house.sealer, email));
    },
  };
}

/** Codes for a lost password that were never sent back. */
export function sweeps(house: House): Sweep[] {
  const over = { table: 'factors_recovery', column: 'expires_at', keptMs: 0 };
  return [forgetSweep(house, { name: 'entrance.recoveries', everySeconds: 300, ...over })];
}
