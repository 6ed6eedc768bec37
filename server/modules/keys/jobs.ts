import { sql } from 'kysely';
import type { House } from '#kernel/house.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import './tables.ts';

const BATCH = 5_000;

/** Nonces go when their requests would be refused for their time alone. */
export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'keys.nonces',
      everySeconds: 60,
      nextDue: async (db) => {
        const { due } = await db
          .selectFrom('keys_nonce')
          .select((e) => e.fn.min<Date | null>('expires_at').as('due'))
          .executeTakeFirstOrThrow();
        return due;
      },
      run: async (now) => {
        const gone = await sql`delete from keys_nonce where (key_id, nonce) in (
          select key_id, nonce from keys_nonce where expires_at <= ${now} limit ${BATCH} for update skip locked)`.execute(
          house.db,
        );
        return Number(gone.numAffectedRows ?? 0n);
      },
    },
  ];
}
