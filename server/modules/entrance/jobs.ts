import { z } from 'zod';
import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { recoveryAsk } from './recovery-ask.ts';
import './tables.ts';

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

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'entrance.recoveries-over',
      everySeconds: 300,
      async nextDue(db) {
        const row = await db
          .selectFrom('factors_recovery')
          .select('expires_at')
          .orderBy('expires_at')
          .limit(1)
          .executeTakeFirst();
        return row?.expires_at ?? null;
      },
      run: async (now) => {
        const gone = await house.db
          .deleteFrom('factors_recovery')
          .where('expires_at', '<=', now)
          .executeTakeFirst();
        return Number(gone.numDeletedRows);
      },
    },
  ];
}
