import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { type Aside, type Columns, checkEvents, type UsageEvent } from './event-check.ts';
import { metersOf } from './meter-read.ts';
import { BATCH_EVENTS, problem } from './rules.ts';
import './tables.ts';

export interface Recorded {
  /** Counted from now on. */
  accepted: number;
  /** Known already by their source and id; nothing was added (F44). */
  duplicates: number;
  /** Put aside for staff, and why. */
  quarantined: { index: number; id: string; reason: Aside['reason'] }[];
}

/**
 * Takes usage events of the brand: by HTTP, or from rooms above in their own transaction. Once it commits they
 * count, each source and id once, for ever. Throws `usage-invalid`, which names the wrong ones, and takes none.
 */
export async function usageRecord(
  tx: Tx,
  ctx: Ctx,
  events: readonly unknown[],
  options: { tokenId?: string; released?: boolean } = {},
): Promise<Recorded> {
  if (events.length > BATCH_EVENTS) throw problem['usage-too-many']({ max: BATCH_EVENTS });
  const meters = await metersOf(tx, ctx.brand.id);
  const { columns, aside, faults } = checkEvents(events, meters, ctx.now.getTime(), options.released);
  if (faults.length > 0) throw problem['usage-invalid']({ count: faults.length }, { errors: faults });
  const written = columns.id.length > 0 ? await eventsWrite(tx, ctx, columns, options.tokenId) : NONE;
  for (const index of written.unknown) {
    aside.push({ index, event: events[index] as UsageEvent, reason: 'unknown-subject' });
  }
  const strange = await unknownOf(tx, ctx, aside);
  if (!options.released) await setAside(tx, ctx, strange);
  return {
    accepted: written.accepted,
    duplicates: events.length - strange.length - written.accepted,
    quarantined: strange.map(({ index, event, reason }) => ({ index, id: event.id, reason })),
  };
}

const NONE = { accepted: 0, unknown: [] as number[] };

async function eventsWrite(
  tx: Tx,
  ctx: Ctx,
  columns: Columns,
  tokenId: string | undefined,
): Promise<typeof NONE> {
  const sources = await sourceNumbers(tx, ctx.brand.id, columns.source);
  const { no: batch } = await tx
    .insertInto('metering_batch')
    .values({
      brand: ctx.brand.id,
      token_id: tokenId ?? null,
      received_at: ctx.now,
      accepted: columns.id.length,
      gathered_at: null,
    })
    .returning('no')
    .executeTakeFirstOrThrow();
  const input = sql`select u.n, u.source_no, u.id, u.meter_no, to_timestamp(u.at / 1000.0) as at, u.value, u.key, s.no as subject_no
    from unnest(${whole(columns.index)}::int[], ${whole(columns.source.map((name) => sources.get(name)!))}::int[],
      ${texts(columns.id)}::text[], ${whole(columns.meter)}::int[], ${texts(columns.subject)}::text[],
      ${whole(columns.at)}::bigint[], ${whole(columns.value)}::bigint[], ${texts(columns.key)}::text[])
      as u (n, source_no, id, meter_no, subject, at, value, key)
    join metering_meter m on m.no = u.meter_no
    left join metering_subject s on s.brand = ${ctx.brand.id} and s.product = m.product and s.name = u.subject
      and s.opened_at <= to_timestamp(u.at / 1000.0)
      and (s.closed_at is null or s.closed_at > to_timestamp(u.at / 1000.0))`;
  const { rows } = await (columns.several ? placeSeveral(input, batch) : placeOne(input, batch)).execute(tx);
  const row = rows[0]!;
  return { accepted: Number(row.accepted), unknown: row.unknown ?? [] };
}

type Placing = RawBuilder<{ accepted: bigint; unknown: number[] | null }>;

function placeOne(input: RawBuilder<unknown>, batch: bigint): Placing {
  return sql`with input as materialized (${input}),
    placed as (
      insert into metering_event (source_no, id, part, meter_no, subject_no, at, value, key, batch_no)
      select source_no, id, 0, meter_no, subject_no, at, value, key, ${batch}
      from input where subject_no is not null
      on conflict do nothing returning 1)
    select (select count(*) from placed) as accepted,
      (select array_agg(n) from input where subject_no is null) as unknown`;
}

/** Of an event that feeds several meters, the first part decides for all. */
function placeSeveral(input: RawBuilder<unknown>, batch: bigint): Placing {
  return sql`with input as materialized (${input}),
    parts as materialized (
      select *, row_number() over (partition by n order by meter_no) - 1 as part,
        min(n) over (partition by source_no, id) as first_n
      from input where subject_no is not null),
    first as (
      insert into metering_event (source_no, id, part, meter_no, subject_no, at, value, key, batch_no)
      select source_no, id, part, meter_no, subject_no, at, value, key, ${batch}
      from parts where part = 0 and n = first_n
      on conflict do nothing returning source_no, id, meter_no),
    rest as (
      insert into metering_event (source_no, id, part, meter_no, subject_no, at, value, key, batch_no)
      select p.source_no, p.id, p.part, p.meter_no, p.subject_no, p.at, p.value, p.key, ${batch}
      from parts p join first f using (source_no, id) where p.part > 0 and p.n = p.first_n
      on conflict do nothing)
    select (select count(*) from first) as accepted,
      (select array_agg(n) from (
        select n from input group by n having bool_and(subject_no is null)) as nobodys) as unknown`;
}

async function sourceNumbers(tx: Tx, brand: string, names: string[]): Promise<Map<string, number>> {
  const wanted = [...new Set(names)].sort();
  const find = () =>
    tx
      .selectFrom('metering_source')
      .select(['no', 'name'])
      .where('brand', '=', brand)
      .where('name', 'in', wanted)
      .execute();
  let found = await find();
  if (found.length < wanted.length) {
    await tx
      .insertInto('metering_source')
      .values(wanted.map((name) => ({ brand, name })))
      .onConflict((conflict) => conflict.columns(['brand', 'name']).doNothing())
      .execute();
    found = await find();
  }
  return new Map(found.map(({ no, name }) => [name, no]));
}

/** Without those that count already by their source and id, whatever they say now. */
async function unknownOf(tx: Tx, ctx: Ctx, aside: Aside[]): Promise<Aside[]> {
  if (aside.length === 0) return aside;
  const { rows } = await sql<{ n: number }>`select u.n::int as n
    from unnest(${texts(aside.map(({ event }) => event.source))}::text[], ${texts(aside.map(({ event }) => event.id))}::text[])
      with ordinality as u (source, id, n)
    join metering_source s on s.brand = ${ctx.brand.id} and s.name = u.source
    where exists (select from metering_event e where e.source_no = s.no and e.id = u.id)`.execute(tx);
  const known = new Set(rows.map(({ n }) => n - 1));
  return aside.filter((_, i) => !known.has(i));
}

async function setAside(tx: Tx, ctx: Ctx, aside: Aside[]): Promise<void> {
  if (aside.length === 0) return;
  await tx
    .insertInto('metering_quarantine')
    .values(
      aside.map(({ event, reason }) => ({
        id: newId(),
        brand: ctx.brand.id,
        source: event.source,
        event_id: event.id,
        type: event.type,
        subject: event.subject,
        at: new Date(event.time),
        reason,
        event: JSON.stringify(event),
        received_at: ctx.now,
        state: 'held' as const,
        decided_at: null,
        decided_by: null,
        note: null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['brand', 'source', 'event_id']).doNothing())
    .execute();
}

/** Array literals by hand: the driver's own way of writing them takes a third of the time of a batch. */
function whole(values: readonly (number | string)[]): string {
  return `{${values.join(',')}}`;
}

function texts(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'null' : `"${plain(value)}"`)).join(',')}}`;
}

function plain(value: string): string {
  return /["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value;
}
