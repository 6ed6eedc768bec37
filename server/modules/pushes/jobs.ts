import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { asSystem, type House, systemCtx } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { pushesLapse } from './push-end.ts';
import { pushOffered } from './push-offered.ts';
import './tables.ts';

const payload = z.object({ push: z.uuid() });

export function jobs(house: House): JobTable {
  return {
    'pushes.tell': async (raw) => {
      const { push } = payload.parse(raw);
      const row = await house.db
        .selectFrom('pushes_push')
        .select('brand')
        .where('id', '=', push)
        .executeTakeFirstOrThrow();
      await asSystem(house, row.brand, 'pushes.tell', (tx, ctx) => pushOffered(tx, ctx, push));
    },
  };
}

export function sweeps(house: House): Sweep[] {
  const name = 'pushes.lapse';
  return [
    {
      name,
      everySeconds: 60,
      async nextDue(db) {
        const row = await db
          .selectFrom('pushes_push')
          .select((e) => e.fn.min<Date | null>('expires_at').as('due'))
          .where('state', '=', 'open')
          .executeTakeFirst();
        return row?.due ?? null;
      },
      async run(now) {
        let lapsed = 0;
        for (const { id } of house.brands.all) {
          const ctx = { ...systemCtx(house, id, name), now };
          lapsed += await transact(house.db, (tx) => pushesLapse(tx, ctx));
        }
        return lapsed;
      },
    },
  ];
}
