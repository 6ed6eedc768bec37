import { type Db, transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { revisionsInForce } from './revision-announce.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  const name = 'terms.revisions';
  return [
    {
      name,
      everySeconds: 30,
      nextDue: nextEffect,
      run: async (now) => {
        let handled = 0;
        for (const { id } of house.brands.all)
          handled += await transact(house.db, (tx) =>
            revisionsInForce(tx, { ...systemCtx(house, id, name), now }),
          );
        return handled;
      },
    },
  ];
}

async function nextEffect(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('terms_revision')
    .select((e) => e.fn.min<Date | null>('effective_at').as('due'))
    .where('in_force_at', 'is', null)
    .executeTakeFirst();
  return row?.due ?? null;
}
