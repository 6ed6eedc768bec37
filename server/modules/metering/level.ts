import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes } from '#kernel/time.ts';
import { type KnownMeter, metersOf } from './meter-read.ts';
import { readingsWrite } from './reading-write.ts';
import { counted, lasting, type Point, weighted } from './readings.ts';
import { LEVEL_LAG_MINUTES } from './rules.ts';
import { slotEnd, slotStart, slotsBetween } from './slots.ts';
import './tables.ts';

/** Meters whose readings follow from events in their order: counters, last values, levels weighted by time. */

interface Touched {
  subject_no: number;
  meter_no: number;
  customer_id: string;
  closed_at: Date | null;
  /** The earliest new event, and when it was known. */
  first_at: Date;
  last_at: Date;
  known_at: Date;
}

function isLevel({ kind }: KnownMeter): boolean {
  return kind === 'time-weighted' || kind === 'last';
}

export async function levelsGather(
  tx: Tx,
  ctx: Ctx,
  fresh: RawBuilder<unknown>,
  meters: KnownMeter[],
): Promise<void> {
  const ordered = new Map(
    meters.filter((meter) => isLevel(meter) || meter.meter.counter).map((meter) => [meter.no, meter]),
  );
  if (ordered.size === 0) return;
  const { rows } = await sql<Touched>`select e.subject_no, e.meter_no, s.customer_id, s.closed_at,
      min(e.at) as first_at, max(e.at) as last_at, min(b.received_at) as known_at
    from ${fresh} and e.meter_no = any(${[...ordered.keys()]}::int[])
    group by 1, 2, 3, 4 order by 1, 2`.execute(tx);
  const levels = rows.filter((row) => isLevel(ordered.get(row.meter_no)!));
  const readings = await levelsTouched(tx, ctx, ordered, levels);
  for (const touched of rows.filter((row) => !levels.includes(row)))
    readings.push(...(await counterTouched(tx, ctx, ordered.get(touched.meter_no)!, touched)));
  await write(tx, ctx, readings, 'events');
  // A level that changed now has no reading of this hour yet, and costs something else from now on.
  const customerIds = [...new Set(rows.map(({ customer_id }) => customer_id))];
  if (customerIds.length > 0) await ctx.bus.emit(tx, ctx, 'usage.read', { customerIds, by: 'events' });
}

interface Reading {
  customer_id: string;
  meter_no: number;
  subject_no: number;
  slot: Date;
  grain: string;
  quantity: string;
  known_at: Date;
}

function write(tx: Tx, ctx: Ctx, readings: Reading[], by: 'events' | 'time'): Promise<void> {
  if (readings.length === 0) return Promise.resolve();
  const rows = sql`select * from jsonb_to_recordset(${JSON.stringify(readings)}::jsonb) as j (customer_id uuid, meter_no int,
    subject_no int, slot timestamptz, grain text, quantity numeric, known_at timestamptz)`;
  return readingsWrite(tx, ctx, rows, 'set', by);
}

interface Stretch {
  subject_no: number;
  meter_no: number;
  from: Date;
  to: Date;
}

/** Events of each subject from the last before `from` to before `to`, in the order in which they hold; of one source alone, if it is named. */
export async function pointsOf(
  db: Db | Tx,
  stretches: readonly Stretch[],
  source: number | null = null,
): Promise<Point[][]> {
  if (stretches.length === 0) return [];
  const own = (
    at: string,
  ) => sql`from metering_event e where e.subject_no = w.subject_no and e.meter_no = w.meter_no
    and (${source}::int is null or e.source_no = ${source}) and e.at < ${sql.ref(`w.${at}`)}`;
  const { rows } = await sql<{
    i: bigint;
    at: Date;
    value: bigint | null;
  }>`select w.i, e.at, e.value from unnest(
      ${stretches.map((one) => one.subject_no)}::int[], ${stretches.map((one) => one.meter_no)}::int[],
      ${stretches.map(({ from }) => from)}::timestamptz[], ${stretches.map(({ to }) => to)}::timestamptz[])
      with ordinality as w (subject_no, meter_no, from_at, to_at, i)
    cross join lateral (select e.* ${own('to_at')}
      and e.at >= coalesce((select max(e.at) ${own('from_at')}), w.from_at)) e
    order by w.i, e.at, e.batch_no, e.source_no, e.id`.execute(db);
  const points = stretches.map((): Point[] => []);
  for (const { i, at, value } of rows) points[Number(i) - 1]!.push({ at: at.getTime(), value: value ?? 0n });
  return points;
}

/** From the touched slots on, all slots that had been read; what has not ended yet waits for its end. */
async function levelsTouched(
  tx: Tx,
  ctx: Ctx,
  meters: ReadonlyMap<number, KnownMeter>,
  touched: readonly Touched[],
): Promise<Reading[]> {
  if (touched.length === 0) return [];
  const { zone } = ctx.brand;
  const starts = touched.map((one) => slotStart(one.first_at, meters.get(one.meter_no)!.grain, zone));
  const due = (one: Touched, instant: Date) => levelDue(instant, meters.get(one.meter_no)!, zone);
  const latest = (one: Touched) => (one.last_at > ctx.now ? one.last_at : ctx.now);
  const { rows } = await sql<{
    subject_no: number;
    meter_no: number;
    filled_to: Date;
  }>`with n as (select * from unnest(
      ${touched.map((one) => one.subject_no)}::int[], ${touched.map((one) => one.meter_no)}::int[],
      ${starts}::timestamptz[], ${touched.map((one, i) => due(one, starts[i]!))}::timestamptz[],
      ${touched.map((one) => due(one, latest(one)))}::timestamptz[]) as u (subject_no, meter_no, filled_to, due_at, again_at))
    insert into metering_level as l (subject_no, meter_no, filled_to, due_at)
    select subject_no, meter_no, filled_to, due_at from n order by subject_no, meter_no
    on conflict (subject_no, meter_no) do update set due_at = coalesce(l.due_at,
      (select again_at from n where n.subject_no = l.subject_no and n.meter_no = l.meter_no))
    returning subject_no, meter_no, filled_to`.execute(tx);
  const filled = new Map(rows.map((row) => [`${row.subject_no} ${row.meter_no}`, row.filled_to]));
  const stretches = touched.map((one, i) => ({
    ...one,
    ...{ from: starts[i]!, to: filled.get(`${one.subject_no} ${one.meter_no}`)! },
  }));
  return levelsRead(tx, ctx, meters, stretches);
}

function levelDue(instant: Date, { grain }: KnownMeter, zone: string): Date {
  return addMinutes(slotEnd(instant, grain, zone), LEVEL_LAG_MINUTES);
}

interface Read extends Stretch {
  customer_id: string;
  closed_at: Date | null;
  known_at: Date;
}

/** Of the slots that ended within these stretches; where a stretch is empty, none. */
async function levelsRead(
  tx: Tx,
  ctx: Ctx,
  meters: ReadonlyMap<number, KnownMeter>,
  stretches: readonly Read[],
): Promise<Reading[]> {
  const some = stretches.filter(({ from, to }) => from < to);
  const events = await pointsOf(tx, some);
  return some.flatMap((of, i) => {
    const meter = meters.get(of.meter_no)!;
    const points = events[i]!;
    if (of.closed_at) points.push({ at: of.closed_at.getTime(), value: 0n });
    const slots = slotsBetween(of.from, of.to, meter.grain, ctx.brand.zone);
    const spans = slots.map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
    const quantities = meter.kind === 'last' ? lasting(points, spans) : weighted(points, spans);
    return slots.map(({ start }, j) => reading(meter, of, start, quantities[j]!));
  });
}

function reading(
  meter: KnownMeter,
  of: Pick<Read, 'customer_id' | 'subject_no' | 'known_at'>,
  slot: Date,
  quantity: bigint,
): Reading {
  const { customer_id, subject_no, known_at } = of;
  return {
    customer_id,
    meter_no: meter.no,
    subject_no,
    slot,
    grain: meter.grain,
    quantity: String(quantity),
    known_at,
  };
}

/** Each source counts for itself. A late reading changes its own slot, and that of the reading after it. */
async function counterTouched(tx: Tx, ctx: Ctx, meter: KnownMeter, touched: Touched): Promise<Reading[]> {
  const { zone } = ctx.brand;
  const from = slotStart(touched.first_at, 'hour', zone);
  const next = await tx
    .selectFrom('metering_event')
    .select((e) => e.fn.min<Date | null>('at').as('at'))
    .where('subject_no', '=', touched.subject_no)
    .where('meter_no', '=', meter.no)
    .where('at', '>', touched.last_at)
    .executeTakeFirst();
  const to = slotEnd(next?.at ?? touched.last_at, 'hour', zone);
  const slots = slotsBetween(from, to, 'hour', zone);
  const spans = slots.map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
  const sources = await tx
    .selectFrom('metering_event')
    .select('source_no')
    .distinct()
    .where('subject_no', '=', touched.subject_no)
    .where('meter_no', '=', meter.no)
    .where('at', '>=', from)
    .where('at', '<', to)
    .execute();
  const totals = spans.map(() => 0n);
  for (const { source_no } of sources) {
    const [points] = await pointsOf(tx, [{ ...touched, from, to }], source_no);
    counted(points!, spans).forEach((grown, i) => {
      totals[i] = totals[i]! + grown;
    });
  }
  return slots.map(({ start }, i) => reading(meter, touched, start, totals[i]!));
}

const LEVELS = 500;

/** Makes readings of levels for the slots that have ended since the last time. Returns how many levels it looked at. */
export async function levelsRoll(tx: Tx, ctx: Ctx): Promise<number> {
  const meters = new Map((await metersOf(tx, ctx.brand.id)).map((meter) => [meter.no, meter]));
  const due = await tx
    .selectFrom('metering_level as l')
    .innerJoin('metering_subject as s', 's.no', 'l.subject_no')
    .select(['l.subject_no', 'l.meter_no', 'l.filled_to', 'l.due_at', 's.customer_id', 's.closed_at'])
    .where('s.brand', '=', ctx.brand.id)
    .where('l.due_at', '<=', ctx.now)
    .orderBy('l.due_at')
    .limit(LEVELS)
    .forUpdate('l')
    .skipLocked()
    .execute();
  if (due.length === 0) return 0;
  const { zone } = ctx.brand;
  const stretches = due.map((level) => {
    const ended = slotStart(addMinutes(ctx.now, -LEVEL_LAG_MINUTES), meters.get(level.meter_no)!.grain, zone);
    const from = level.filled_to;
    // Known when its slot ended, whenever somebody looked: this is nobody's lateness.
    return { ...level, from, to: ended > from ? ended : from, known_at: from };
  });
  const readings = await levelsRead(tx, ctx, meters, stretches);
  const stand = await levelsStand(tx, stretches);
  const next = stretches.map(({ meter_no, from, to }, i) =>
    stand[i] || from >= to ? levelDue(to, meters.get(meter_no)!, zone) : null,
  );
  await sql`update metering_level l set filled_to = n.filled_to, due_at = n.due_at
    from unnest(${due.map(({ subject_no }) => subject_no)}::int[], ${due.map(({ meter_no }) => meter_no)}::int[],
      ${stretches.map(({ to }) => to)}::timestamptz[], ${next}::timestamptz[]) as n (subject_no, meter_no, filled_to, due_at)
    where l.subject_no = n.subject_no and l.meter_no = n.meter_no`.execute(tx);
  await write(
    tx,
    ctx,
    readings.filter(({ quantity }) => quantity !== '0'),
    'time',
  );
  return due.length;
}

/** Does anything come after `to`: a level that isn't zero, or an event that lies there already? */
async function levelsStand(tx: Tx, stretches: readonly Read[]): Promise<boolean[]> {
  const { rows } = await sql<{ at: Date | null; value: bigint | null }>`select e.at, e.value from unnest(
      ${stretches.map((one) => one.subject_no)}::int[], ${stretches.map((one) => one.meter_no)}::int[])
      with ordinality as w (subject_no, meter_no, i)
    left join lateral (select e.at, e.value from metering_event e where e.subject_no = w.subject_no and e.meter_no = w.meter_no
      order by e.at desc, e.batch_no desc, e.source_no desc, e.id desc limit 1) e on true order by w.i`.execute(
    tx,
  );
  return stretches.map(({ closed_at, to }, i) => {
    const { at, value } = rows[i]!;
    return !(closed_at && closed_at <= to) && at !== null && (at >= to || (value ?? 0n) > 0n);
  });
}
