import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, transact } from '#kernel/db.ts';
import { asSystem, type House, systemCtx } from '#kernel/house.ts';
import { brandsDue, earliest, type Patrol, type Sweep } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { levelsRoll } from './level.ts';
import { EVENT_DAYS } from './rules.ts';
import { tariffsLoad } from './tariff-load.ts';
import { usageGather } from './usage-gather.ts';
import './tables.ts';

export function sweeps(house: House): Sweep[] {
  type Verb = (tx: Tx, ctx: Ctx) => Promise<number>;
  const each = (name: string, verb: Verb, due: (now: Date) => RawBuilder<unknown>) => async (now: Date) => {
    let handled = 0;
    for (const brand of await brandsDue(house.db, house.brands.all, due(now)))
      handled += await transact(house.db, (tx) => verb(tx, { ...systemCtx(house, brand.id, name), now }));
    return handled;
  };
  return [
    {
      name: 'metering.gather',
      everySeconds: 5,
      nextDue: earliest('metering_batch', 'received_at', sql`gathered_at is null`),
      run: each(
        'usage-gather',
        usageGather,
        () => sql`select distinct brand from metering_batch where gathered_at is null`,
      ),
    },
    {
      name: 'metering.levels',
      everySeconds: 30,
      nextDue: earliest('metering_level', 'due_at', sql`due_at is not null`),
      run: each(
        'usage-levels',
        levelsRoll,
        (
          now,
        ) => sql`select distinct s.brand from metering_level l join metering_subject s on s.no = l.subject_no
          where l.due_at <= ${now}`,
      ),
    },
  ];
}

const FORGOTTEN_AT_ONCE = 20_000;

/** Events that nothing can still ask for go, with the requests that they came in; readings, charges and corrections stay. */
export function patrols(house: House): Patrol[] {
  return [
    {
      // Prices that were announced come into force while nobody starts anything.
      name: 'metering.tariffs',
      everySeconds: 600,
      run: async () => {
        for (const brand of house.brands.all) await asSystem(house, brand.id, 'tariffs', tariffsLoad);
      },
    },
    {
      name: 'metering.forget-events',
      everySeconds: 3_600,
      run: async () => {
        const before = addMinutes(house.clock.now(), -EVENT_DAYS * 24 * 60);
        for (;;) {
          const { rows } = await sql<{ gone: bigint }>`with old as (
              select no from metering_batch where received_at < ${before} and gathered_at is not null
              order by no limit 20),
            gone as (delete from metering_event where ctid in (
              select ctid from metering_event where batch_no in (select no from old) limit ${FORGOTTEN_AT_ONCE}) returning 1),
            empty as (delete from metering_batch b where no in (select no from old)
              and not exists (select from metering_event e where e.batch_no = b.no))
            select count(*) as gone from gone`.execute(house.db);
          if (rows[0]!.gone === 0n) return;
        }
      },
    },
  ];
}
