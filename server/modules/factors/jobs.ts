import { z } from 'zod';
import { type Db, transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { recoveryAsk } from './recovery-ask.ts';
import './tables.ts';

export const RECOVER = 'factors.recover';
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

/** What waits for an answer that can no longer come is of no use to anybody. */
export function sweeps(house: House): Sweep[] {
  return (['factors_challenge', 'factors_recovery'] as const).map((table) => ({
    name: `factors.${table}`,
    everySeconds: 300,
    nextDue: (db) => oldest(db, table),
    run: (now) =>
      transact(house.db, async (tx) => {
        const gone = await tx.deleteFrom(table).where('expires_at', '<=', now).executeTakeFirst();
        return Number(gone.numDeletedRows);
      }),
  }));
}

async function oldest(db: Db, table: 'factors_challenge' | 'factors_recovery'): Promise<Date | null> {
  const row = await db
    .selectFrom(table)
    .select('expires_at')
    .orderBy('expires_at')
    .limit(1)
    .executeTakeFirst();
  return row?.expires_at ?? null;
}
