import { sql } from 'kysely';
import type { House } from '#kernel/house.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import './tables.ts';

/** Whoever was invited and didn't come is forgotten: the address goes with the invitation. */
export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'members.invitations',
      everySeconds: 600,
      nextDue: earliest('members_invitation', 'expires_at', sql`state = 'open'`),
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
