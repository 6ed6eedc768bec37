import { sql } from 'kysely';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { enqueue, type JobTable } from '#kernel/jobs.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import type { Sweep } from '#kernel/sweeps.ts';
import { addDays } from '#kernel/time.ts';
import { claimLook } from './look.ts';
import { CHECK_AGAIN_DAYS } from './rules.ts';
import './tables.ts';

const payload = z.object({ id: z.uuid() });

export function jobs(house: House): JobTable {
  return { 'domains.look': (raw) => claimLook(house, payload.parse(raw).id) };
}

export function sweeps(house: House): Sweep[] {
  return [
    rowSweep<{ id: string; brand: string }>(house, {
      name: 'domains.checks',
      table: 'domains_claim',
      column: 'check_at',
      where: sql`t.state = 'proven'`,
      lock: 'row',
      // When it is looked at next stands in the row before anybody is asked: nothing is lost if the job is.
      verb: async (tx, ctx, { id }) => {
        const check_at = addDays(ctx.now, CHECK_AGAIN_DAYS, ctx.brand.zone);
        await tx.updateTable('domains_claim').set({ check_at }).where('id', '=', id).execute();
        await enqueue(tx, 'domains.look', { id }, { key: `domain:${id}` });
      },
    }),
  ];
}
