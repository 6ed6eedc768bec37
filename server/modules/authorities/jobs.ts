import { sql } from 'kysely';
import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { filesLapse, requestMade } from './request-decide.ts';
import './tables.ts';

const payload = z.object({ id: z.uuid(), approvedBy: z.uuid() });

export function jobs(house: House): JobTable {
  return {
    'authorities.make': async (raw) => {
      const made = payload.parse(raw);
      const { brand } = await house.db
        .selectFrom('authorities_request')
        .select('brand')
        .where('id', '=', made.id)
        .executeTakeFirstOrThrow();
      const ctx = systemCtx(house, brand, 'authorities.make');
      await transact(house.db, (tx) => requestMade(tx, ctx, house.sealer, made));
    },
  };
}

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'authorities.lapse',
      everySeconds: 60,
      nextDue: earliest('authorities_request', 'expires_at', sql`state = 'ready'`),
      run: (now) =>
        transact(house.db, (tx) =>
          filesLapse(tx, (brand) => ({ ...systemCtx(house, brand, 'authorities.lapse'), now }), now),
        ),
    },
  ];
}
