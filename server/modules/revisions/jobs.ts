import { type Db, transact } from '#kernel/db.ts';
import { asSystem, type House, systemCtx } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
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
      nextDue: nextEnd,
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

async function nextEnd(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('terms_disagreement')
    .select((e) => e.fn.min<Date | null>('end_at').as('due'))
    .where('state', '=', 'open')
    .executeTakeFirst();
  return row?.due ?? null;
}
