import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { levelsGather } from './level.ts';
import { type KnownMeter, metersOf } from './meter-read.ts';
import { readingsWrite } from './reading-write.ts';
import './tables.ts';

const BATCHES = 200;

/**
 * Brings what came in into readings: sums and highest values by what is new alone, levels, counters and unique keys
 * anew from all events of the slots that were touched. Returns how many batches; 0 when none waits.
 */
export async function usageGather(tx: Tx, ctx: Ctx): Promise<number> {
  if (!(await alone(tx, `metering.gather ${ctx.brand.id}`))) return 0;
  const batches = await tx
    .selectFrom('metering_batch')
    .select('no')
    .where('brand', '=', ctx.brand.id)
    .where('gathered_at', 'is', null)
    .orderBy('no')
    .limit(BATCHES)
    .execute();
  if (batches.length === 0) return 0;
  const nos = batches.map(({ no }) => no);
  const fresh = sql`metering_event e join metering_batch b on b.no = e.batch_no
    join metering_subject s on s.no = e.subject_no where e.batch_no = any(${nos}::bigint[])`;
  const meters = await metersOf(tx, ctx.brand.id);
  await sumsGather(tx, ctx, fresh, meters);
  await highestGather(tx, ctx, fresh, meters);
  await uniqueGather(tx, ctx, fresh, meters);
  await percentileGather(tx, ctx, fresh, meters);
  await levelsGather(tx, ctx, fresh, meters);
  await tx.updateTable('metering_batch').set({ gathered_at: ctx.now }).where('no', 'in', nos).execute();
  return batches.length;
}

/** One at a time for each brand: readings that are made anew must not overtake each other. */
export async function alone(tx: Tx, what: string): Promise<boolean> {
  const { rows } = await sql<{
    got: boolean;
  }>`select pg_try_advisory_xact_lock(hashtextextended(${what}, 0)) as got`.execute(tx);
  return rows[0]!.got;
}

async function sumsGather(tx: Tx, ctx: Ctx, fresh: RawBuilder<unknown>, meters: KnownMeter[]): Promise<void> {
  const nos = meters.filter(({ kind, meter }) => kind === 'sum' && !meter.counter).map(({ no }) => no);
  if (nos.length === 0) return;
  const rows = sql`select s.customer_id, e.meter_no, e.subject_no, date_trunc('hour', e.at, ${ctx.brand.zone}) as slot,
      'hour' as grain, sum(e.value) as quantity, min(b.received_at) as known_at
    from ${fresh} and e.meter_no = any(${nos}::int[]) group by 1, 2, 3, 4`;
  await readingsWrite(tx, ctx, rows, 'add');
}

async function highestGather(
  tx: Tx,
  ctx: Ctx,
  fresh: RawBuilder<unknown>,
  meters: KnownMeter[],
): Promise<void> {
  for (const { no, grain } of meters.filter(({ kind }) => kind === 'max')) {
    const rows = sql`select s.customer_id, e.meter_no, e.subject_no, date_trunc(${grain}, e.at, ${ctx.brand.zone}) as slot,
        ${grain}::text as grain, max(e.value) as quantity, min(b.received_at) as known_at
      from ${fresh} and e.meter_no = ${no} group by 1, 2, 3, 4`;
    await readingsWrite(tx, ctx, rows, 'max');
  }
}

async function uniqueGather(
  tx: Tx,
  ctx: Ctx,
  fresh: RawBuilder<unknown>,
  meters: KnownMeter[],
): Promise<void> {
  for (const { no, grain } of meters.filter(({ kind }) => kind === 'unique')) {
    const { zone } = ctx.brand;
    const rows = sql`select t.customer_id, ${no}::int as meter_no, t.subject_no, t.slot, ${grain}::text as grain,
        (select count(distinct k.key) from metering_event k
          where k.subject_no = t.subject_no and k.meter_no = ${no} and k.at >= t.slot
            and k.at < (t.slot at time zone ${zone} + ${`1 ${grain}`}::interval) at time zone ${zone}) as quantity, t.known_at
      from (select s.customer_id, e.subject_no, date_trunc(${grain}, e.at, ${zone}) as slot, min(b.received_at) as known_at
        from ${fresh} and e.meter_no = ${no} group by 1, 2, 3) t`;
    await readingsWrite(tx, ctx, rows, 'set');
  }
}

const FIVE_MINUTES = sql`interval '5 minutes'`;

/** Sums of five minutes; the month's percentile is that of the customer's subjects together, absent samples being zero. */
async function percentileGather(
  tx: Tx,
  ctx: Ctx,
  fresh: RawBuilder<unknown>,
  meters: KnownMeter[],
): Promise<void> {
  for (const { no } of meters.filter(({ kind }) => kind === 'p95')) {
    const { zone } = ctx.brand;
    const { rows: touched } = await sql<{ customer_id: string; slot: Date; known_at: Date }>`
      with new as (select s.customer_id, e.subject_no, date_bin(${FIVE_MINUTES}, e.at, timestamptz 'epoch') as slot,
          sum(e.value) as quantity, min(b.received_at) as known_at
        from ${fresh} and e.meter_no = ${no} group by 1, 2, 3),
      written as (insert into metering_sample as p (subject_no, meter_no, slot, quantity)
        select subject_no, ${no}, slot, quantity from new order by subject_no, slot
        on conflict (subject_no, meter_no, slot) do update set quantity = p.quantity + excluded.quantity)
      select customer_id, date_trunc('month', slot, ${zone}) as slot, min(known_at) as known_at from new group by 1, 2`.execute(
      tx,
    );
    if (touched.length === 0) continue;
    const rows = sql`select t.customer_id, ${no}::int as meter_no, 0 as subject_no, t.slot, 'month' as grain,
        coalesce((select x.quantity from (
            select sum(p.quantity) as quantity from metering_sample p join metering_subject s on s.no = p.subject_no
            where s.customer_id = t.customer_id and p.meter_no = ${no} and p.slot >= t.slot and p.slot < w.ends_at group by p.slot) x
          order by x.quantity desc
          offset floor(extract(epoch from w.ends_at - t.slot) / 300 * 5 / 100)::int limit 1), 0) as quantity, t.known_at
      from (select * from jsonb_to_recordset(${JSON.stringify(touched)}::jsonb)
        as j (customer_id uuid, slot timestamptz, known_at timestamptz)) t
      cross join lateral (select (t.slot at time zone ${zone} + interval '1 month') at time zone ${zone} as ends_at) w`;
    await readingsWrite(tx, ctx, rows, 'set');
  }
}
