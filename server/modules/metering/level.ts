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
  const readings: Reading[] = [];
  for (const touched of rows) {
    const meter = ordered.get(touched.meter_no)!;
    readings.push(
      ...(isLevel(meter)
        ? await levelTouched(tx, ctx, meter, touched)
        : await counterTouched(tx, ctx, meter, touched)),
    );
  }
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

/** Events of one subject from the last before `from` to before `to`, in the order in which they hold. */
export async function pointsOf(
  db: Db | Tx,
  of: { subject_no: number; meter_no: number },
  from: Date,
  to: Date,
  source: number | null,
): Promise<(Point & { source: number })[]> {
  const rows = await db
    .selectFrom('metering_event')
    .select(['at', 'value', 'source_no'])
    .where('subject_no', '=', of.subject_no)
    .where('meter_no', '=', of.meter_no)
    .$if(source !== null, (q) => q.where('source_no', '=', source!))
    .where('at', '<', to)
    .where('at', '>=', (e) =>
      e.fn.coalesce(
        e
          .selectFrom('metering_event as p')
          .select((x) => x.fn.max('p.at').as('at'))
          .where('p.subject_no', '=', of.subject_no)
          .where('p.meter_no', '=', of.meter_no)
          .$if(source !== null, (q) => q.where('p.source_no', '=', source!))
          .where('p.at', '<', from),
        e.val(from),
      ),
    )
    .orderBy('at')
    .orderBy('batch_no')
    .orderBy('source_no')
    .orderBy('id')
    .execute();
  return rows.map(({ at, value, source_no }) => ({
    at: at.getTime(),
    value: value ?? 0n,
    source: source_no,
  }));
}

/** From the touched slot on, all slots that had been read; what has not ended yet waits for its end. */
async function levelTouched(tx: Tx, ctx: Ctx, meter: KnownMeter, touched: Touched): Promise<Reading[]> {
  const { zone } = ctx.brand;
  const start = slotStart(touched.first_at, meter.grain, zone);
  const { filled_to } = await tx
    .insertInto('metering_level')
    .values({
      subject_no: touched.subject_no,
      meter_no: meter.no,
      filled_to: start,
      due_at: levelDue(start, meter, zone),
    })
    .onConflict((conflict) =>
      conflict.columns(['subject_no', 'meter_no']).doUpdateSet({
        due_at: sql`coalesce(metering_level.due_at, ${levelDue(new Date(Math.max(touched.last_at.getTime(), ctx.now.getTime())), meter, zone)})`,
      }),
    )
    .returning('filled_to')
    .executeTakeFirstOrThrow();
  return levelReadings(tx, ctx, meter, touched, start, filled_to);
}

function levelDue(instant: Date, { grain }: KnownMeter, zone: string): Date {
  return addMinutes(slotEnd(instant, grain, zone), LEVEL_LAG_MINUTES);
}

async function levelReadings(
  tx: Tx,
  ctx: Ctx,
  meter: KnownMeter,
  of: Omit<Touched, 'first_at' | 'last_at'>,
  from: Date,
  to: Date,
): Promise<Reading[]> {
  if (from >= to) return [];
  const slots = slotsBetween(from, to, meter.grain, ctx.brand.zone);
  const points: Point[] = await pointsOf(tx, of, from, to, null);
  if (of.closed_at) points.push({ at: of.closed_at.getTime(), value: 0n });
  const spans = slots.map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
  const quantities = meter.kind === 'last' ? lasting(points, spans) : weighted(points, spans);
  return slots.map(({ start }, i) => reading(meter, of, start, quantities[i]!));
}

function reading(
  meter: KnownMeter,
  of: Omit<Touched, 'first_at' | 'last_at'>,
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
    const points = await pointsOf(tx, touched, from, to, source_no);
    counted(points, spans).forEach((grown, i) => {
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
  const readings: Reading[] = [];
  for (const level of due) {
    const meter = meters.get(level.meter_no)!;
    const ended = slotStart(addMinutes(ctx.now, -LEVEL_LAG_MINUTES), meter.grain, ctx.brand.zone);
    const to = ended > level.filled_to ? ended : level.filled_to;
    // Known when its slot ended, whenever somebody looked: this is nobody's lateness.
    const own = await levelReadings(
      tx,
      ctx,
      meter,
      { ...level, known_at: level.filled_to },
      level.filled_to,
      to,
    );
    readings.push(...own.filter(({ quantity }) => quantity !== '0'));
    const stands = own.length === 0 || (await levelStands(tx, level, to));
    await tx
      .updateTable('metering_level')
      .set({ filled_to: to, due_at: stands ? levelDue(to, meter, ctx.brand.zone) : null })
      .where('subject_no', '=', level.subject_no)
      .where('meter_no', '=', level.meter_no)
      .execute();
  }
  await write(tx, ctx, readings, 'time');
  return due.length;
}

/** Does anything come after `to`: a level that isn't zero, or an event that lies there already? */
async function levelStands(
  tx: Tx,
  of: { subject_no: number; meter_no: number; closed_at: Date | null },
  to: Date,
): Promise<boolean> {
  if (of.closed_at && of.closed_at <= to) return false;
  const last = await tx
    .selectFrom('metering_event')
    .select(['at', 'value'])
    .where('subject_no', '=', of.subject_no)
    .where('meter_no', '=', of.meter_no)
    .orderBy('at', 'desc')
    .orderBy('batch_no', 'desc')
    .orderBy('source_no', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last !== undefined && (last.at >= to || (last.value ?? 0n) > 0n);
}
