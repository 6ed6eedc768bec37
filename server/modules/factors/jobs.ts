import type { House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import './tables.ts';

/** What waits for an answer that can no longer come is of no use to anybody. */
export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'factors.challenges-over',
      everySeconds: 300,
      async nextDue(db) {
        const row = await db
          .selectFrom('factors_challenge')
          .select('expires_at')
          .orderBy('expires_at')
          .limit(1)
          .executeTakeFirst();
        return row?.expires_at ?? null;
      },
      run: async (now) => {
        const gone = await house.db
          .deleteFrom('factors_challenge')
          .where('expires_at', '<=', now)
          .executeTakeFirst();
        return Number(gone.numDeletedRows);
      },
    },
  ];
}
