import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { SETTLE_LAG_MINUTES } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /**
     * What these customers have used this month is more, or other, than it was known to be: by what came in, or only
     * since time went on at a level that was known.
     */
    'usage.read': { customerIds: string[]; by: 'events' | 'time' };
  }
}

/**
 * How a reading comes to its new value. `add` and `max` join what is new to what is there; `set` replaces it, since
 * it was made anew from all events.
 */
export type Writing = 'add' | 'max' | 'set';

const MEASURED: Record<Writing, RawBuilder<unknown>> = {
  add: sql`r.measured + excluded.measured`,
  max: sql`greatest(r.measured, excluded.measured)`,
  set: sql`excluded.measured`,
};

/**
 * Writes readings given as a query of (customer_id, meter_no, subject_no, slot, grain, quantity, known_at) and says when
 * they are to be charged: at the end of the settlement that their slot ends in; if they were known only after that,
 * at the end of the one that runs now, and then as an adjustment (F45).
 */
export async function readingsWrite(
  tx: Tx,
  ctx: Ctx,
  rows: RawBuilder<unknown>,
  how: Writing,
  by: 'events' | 'time' = 'events',
): Promise<void> {
  const { zone } = ctx.brand;
  const lag = sql`make_interval(mins => ${SETTLE_LAG_MINUTES})`;
  const pending = sql`r.measured + r.corrected <> r.charged`;
  const { rows: written } = await sql<{ customer_id: string }>`
    insert into metering_reading as r (customer_id, meter_no, subject_no, slot, ends_at, measured, due_at, late)
    select n.customer_id, n.meter_no, n.subject_no, n.slot, e.ends_at, n.quantity,
      case when n.known_at <= d.natural_due then d.natural_due else d.next_due end, n.known_at > d.natural_due
    from (${rows}) n join metering_meter m on m.no = n.meter_no
    cross join lateral (select
      ((n.slot at time zone ${zone}) + ('1 ' || n.grain)::interval) at time zone ${zone} as ends_at) e
    cross join lateral (select
      (date_trunc(m.settle, (e.ends_at - interval '1 millisecond') at time zone ${zone}) + ('1 ' || m.settle)::interval)
        at time zone ${zone} + ${lag} as natural_due,
      (date_trunc(m.settle, n.known_at at time zone ${zone}) + ('1 ' || m.settle)::interval)
        at time zone ${zone} + ${lag} as next_due) d
    order by n.customer_id, n.meter_no, n.subject_no, n.slot
    on conflict (customer_id, meter_no, subject_no, slot) do update set
      measured = ${MEASURED[how]},
      due_at = case when ${pending} then least(r.due_at, excluded.due_at) else excluded.due_at end,
      late = case when ${pending} then r.late and excluded.late else excluded.late end
    returning r.customer_id`.execute(tx);
  const customerIds = [...new Set(written.map((row) => row.customer_id))];
  if (customerIds.length > 0) await ctx.bus.emit(tx, ctx, 'usage.read', { customerIds, by });
}
