import type { House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import './tables.ts';

/** Whoever was invited and didn't come is forgotten: the address goes with the invitation. */
export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'members.invitations',
      everySeconds: 600,
      async nextDue(db) {
        const row = await db
          .selectFrom('members_invitation')
          .select((e) => e.fn.min<Date | null>('expires_at').as('due'))
          .where('state', '=', 'open')
          .executeTakeFirst();
        return row?.due ?? null;
      },
      async run(now) {
        const done = await house.db
          .updateTable('members_invitation')
          .set({ state: 'expired', ended_at: now, email: null, email_normal: null })
          .where('state', '=', 'open')
          .where('expires_at', '<=', now)
          .executeTakeFirst();
        return Number(done.numUpdatedRows);
      },
    },
  ];
}
