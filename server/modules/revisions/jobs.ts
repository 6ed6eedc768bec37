import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { asSystem, type House, systemCtx } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { disagreementsDue } from './disagreement.ts';
import { REVISION_NOTICES, readBatch, revisionNotices } from './revision-notices.ts';
import './tables.ts';

export function jobs(house: House): JobTable {
  return {
    [REVISION_NOTICES]: async (payload) => {
      const batch = readBatch(payload);
      await asSystem(house, batch.brand, REVISION_NOTICES, (tx, ctx) => revisionNotices(tx, ctx, batch));
    },
  };
}

export function sweeps(house: House): Sweep[] {
  const name = 'revisions.disagreements';
  return [
    {
      name,
      everySeconds: 30,
      nextDue: earliest('terms_disagreement', 'end_at', sql`state = 'open'`),
      run: async (now) => {
        let handled = 0;
        for (const { id } of house.brands.all)
          handled += await transact(house.db, (tx) =>
            disagreementsDue(tx, { ...systemCtx(house, id, name), now }),
          );
        return handled;
      },
    },
  ];
}
