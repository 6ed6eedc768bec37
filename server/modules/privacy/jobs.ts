import { sql } from 'kysely';
import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import { rowSweep } from '#kernel/row-sweep.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { deletionAct } from './account-delete.ts';
import { COPY_JOB, copiesForget, copyMake } from './copy.ts';
import { type Kept, keptErase } from './kept.ts';
import type { Request } from './request.ts';
import { retentionSweep } from './retention.ts';
import './tables.ts';

const copyAsked = z.object({ copy: z.uuid(), locale: z.enum(['zh', 'en']) });

export function jobs(house: House): JobTable {
  return {
    [COPY_JOB]: async (payload) => {
      const { copy, locale } = copyAsked.parse(payload);
      const row = await house.db
        .selectFrom('privacy_copy')
        .select('brand')
        .where('id', '=', copy)
        .executeTakeFirst();
      if (!row) return;
      await asSystem(house, row.brand, COPY_JOB, (tx, ctx) =>
        copyMake(tx, ctx, house.sealer, { id: copy, locale }),
      );
    },
  };
}

export function sweeps(house: House): Sweep[] {
  return [
    rowSweep<Request>(house, {
      name: 'privacy.delete',
      table: 'privacy_request',
      column: 'act_at',
      where: sql`t.state = 'open' and t.act_at is not null`,
      lock: 'row',
      verb: (tx, ctx, row) => deletionAct(tx, ctx, house.sealer, row),
    }),
    rowSweep<Kept>(house, {
      name: 'privacy.kept',
      table: 'privacy_kept',
      column: 'due_at',
      where: sql`t.erased_at is null`,
      lock: 'row',
      verb: keptErase,
    }),
    retentionSweep(house),
    {
      name: 'privacy.copies',
      everySeconds: 600,
      nextDue: earliest('privacy_copy', 'expires_at', sql`state <> 'gone'`),
      run: (now) => transact(house.db, (tx) => copiesForget(tx, now)),
    },
  ];
}
