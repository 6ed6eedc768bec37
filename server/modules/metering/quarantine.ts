import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem } from './rules.ts';
import { type Recorded, usageRecord } from './usage-record.ts';
import './tables.ts';

export function quarantineList(
  db: Db | Tx,
  brand: string,
  filter: { state: 'held' | 'released' | 'refused'; before?: string | undefined },
) {
  return db
    .selectFrom('metering_quarantine')
    .selectAll()
    .where('brand', '=', brand)
    .where('state', '=', filter.state)
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/**
 * Counts an event that was put aside, once whatever kept it has gone; being old keeps it no longer. Its source and id
 * still count once: when it came again in the meantime and was taken, nothing is added.
 */
export async function quarantineRelease(
  tx: Tx,
  ctx: Ctx,
  id: string,
  note: string,
): Promise<Pick<Recorded, 'accepted' | 'duplicates'>> {
  const held = await heldLocked(tx, ctx, id);
  const recorded = await usageRecord(tx, ctx, [held.event], { released: true });
  const still = recorded.quarantined[0];
  if (still) throw problem['quarantine-stands']({ reason: still.reason });
  await decide(tx, ctx, id, 'released', note);
  return { accepted: recorded.accepted, duplicates: recorded.duplicates };
}

/** The event never counts; it stays on record. */
export async function quarantineRefuse(tx: Tx, ctx: Ctx, id: string, note: string): Promise<void> {
  await heldLocked(tx, ctx, id);
  await decide(tx, ctx, id, 'refused', note);
}

async function heldLocked(tx: Tx, ctx: Ctx, id: string): Promise<{ event: unknown }> {
  const row = await tx
    .selectFrom('metering_quarantine')
    .select(['event', 'state'])
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  if (row.state !== 'held') throw problem['quarantine-decided']();
  return row;
}

async function decide(
  tx: Tx,
  ctx: Ctx,
  id: string,
  state: 'released' | 'refused',
  note: string,
): Promise<void> {
  const { staffId } = staffOf(ctx);
  await tx
    .updateTable('metering_quarantine')
    .set({ state, note, decided_at: ctx.now, decided_by: staffId })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: `usage-event.${state}`,
    subject: { kind: 'usage-event', id },
    customerId: null,
    facts: { note },
  });
}

/** Readings that would cost more than anybody believes: nothing is charged for them until staff correct them. */
export function readingsHeld(db: Db | Tx, brand: string) {
  return db
    .selectFrom('metering_reading as r')
    .innerJoin('metering_meter as m', 'm.no', 'r.meter_no')
    .leftJoin('metering_subject as s', 's.no', 'r.subject_no')
    .select(['r.customer_id', 'm.product', 'm.name as meter', 's.name as subject', 'r.slot', 'r.ends_at'])
    .select(['r.measured', 'r.corrected', 'r.held_at'])
    .where('m.brand', '=', brand)
    .where('r.held_at', 'is not', null)
    .orderBy('r.slot', 'desc')
    .limit(500)
    .execute();
}
