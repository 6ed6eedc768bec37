import { z } from 'zod';
import { asSystem, type House } from '#kernel/house.ts';
import { enqueue, type JobTable } from '#kernel/jobs.ts';
import { incidentTellBatch, TELL_JOB } from './incident-tell.ts';
import './tables.ts';

const asked = z.object({ incident: z.uuid(), after: z.uuid().nullable() });

export function jobs(house: House): JobTable {
  return {
    [TELL_JOB]: async (payload) => {
      const { incident, after } = asked.parse(payload);
      const row = await house.db
        .selectFrom('breaches_incident')
        .select('brand')
        .where('id', '=', incident)
        .executeTakeFirst();
      if (!row) return;
      await asSystem(house, row.brand, TELL_JOB, async (tx, ctx) => {
        const next = await incidentTellBatch(tx, ctx, { id: incident, after });
        if (next !== null) await enqueue(tx, TELL_JOB, { incident, after: next });
      });
    },
  };
}
