import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { blocksSeal } from './block-seal.ts';
import { blocksDue, blocksRemove } from './blocks-remove.ts';

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'audit.seal',
      everySeconds: 60,
      // No business date waits for it: it follows what was written, as soon as whoever was writing has ended.
      nextDue: sql`null`,
      run: (now) =>
        blocksSeal(
          house.db,
          house.brands.all.map(({ id }) => id),
          now,
        ),
    },
    {
      name: 'audit.removal',
      everySeconds: 600,
      nextDue: (db) => blocksDue(db, house.brands.all),
      run: async (now) => {
        let removed = 0;
        for (const brand of house.brands.all) {
          const ctx = { ...systemCtx(house, brand.id, 'audit.removal'), now };
          removed += await transact(house.db, (tx) => blocksRemove(tx, ctx));
        }
        return removed;
      },
    },
  ];
}
