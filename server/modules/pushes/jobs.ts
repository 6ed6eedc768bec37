import { sql } from 'kysely';
import { z } from 'zod';
import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { pushLapse } from './push-end.ts';
import { pushOffered } from './push-offered.ts';
import type { Push } from './push-row.ts';
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
  return [
    rowSweep<Push>(house, {
      name: 'pushes.lapse',
      ...{ table: 'pushes_push', column: 'expires_at', lock: 'row' },
      where: sql`state = 'open'`,
      verb: pushLapse,
    }),
  ];
}
