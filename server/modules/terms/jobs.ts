import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { revisionsInForce } from './revision-announce.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  const name = 'terms.revisions';
  return [
    {
      name,
      everySeconds: 30,
      nextDue: earliest('terms_revision', 'effective_at', sql`in_force_at is null`),
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
