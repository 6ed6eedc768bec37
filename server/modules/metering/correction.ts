import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { meterNamed, metersOf } from './meter-read.ts';
import { readingsWrite } from './reading-write.ts';
import { problem } from './rules.ts';
import { slotStart } from './slots.ts';
import './tables.ts';

export interface Correction {
  product: string;
  meter: string;
  subject: string;
  /** Any instant of the slot that is corrected. */
  at: Date;
  /** Base units to add; below zero to take away. */
  quantity: bigint;
  reason: string;
}

/**
 * Corrects what a meter showed. Nothing is edited: the correction stands beside the events, the reading is their sum,
 * and what it changes is charged or given back as an adjustment. Throws `correction-too-large`.
 */
export async function usageCorrect(tx: Tx, ctx: Ctx, input: Correction): Promise<{ id: string }> {
  const meter = meterNamed(await metersOf(tx, ctx.brand.id), input.product, input.meter);
  const subject = await tx
    .selectFrom('metering_subject')
    .select(['no', 'customer_id'])
    .where('brand', '=', ctx.brand.id)
    .where('product', '=', input.product)
    .where('name', '=', input.subject)
    .where('opened_at', '<=', input.at)
    .where((e) => e.or([e('closed_at', 'is', null), e('closed_at', '>', input.at)]))
    .executeTakeFirst();
  if (!subject || input.at > ctx.now) throw common['not-found']();
  const slot = slotStart(input.at, meter.grain, ctx.brand.zone);
  // A percentile is of all of the customer's subjects together.
  const of = {
    customer_id: subject.customer_id,
    meter_no: meter.no,
    subject_no: meter.kind === 'p95' ? 0 : subject.no,
  };
  const row = sql`select ${of.customer_id}::uuid as customer_id, ${of.meter_no}::int as meter_no, ${of.subject_no}::int as subject_no,
    ${slot}::timestamptz as slot, ${meter.grain}::text as grain, 0 as quantity, ${ctx.now}::timestamptz as known_at`;
  await readingsWrite(tx, ctx, row, 'add');
  const reading = tx
    .updateTable('metering_reading')
    .where('customer_id', '=', of.customer_id)
    .where('meter_no', '=', of.meter_no)
    .where('subject_no', '=', of.subject_no)
    .where('slot', '=', slot);
  const known = await reading
    .set((e) => ({ corrected: e('corrected', '+', '0') }))
    .returning(['measured', 'corrected'])
    .executeTakeFirstOrThrow();
  const before = BigInt(known.measured) + BigInt(known.corrected);
  if (before + input.quantity < 0n) throw problem['correction-too-large']({ quantity: String(before) });
  // What was held for being beyond belief is looked at anew.
  const corrected = String(BigInt(known.corrected) + input.quantity);
  await reading.set({ corrected, held_at: null }).execute();
  const id = newId();
  await tx
    .insertInto('metering_correction')
    .values({
      id,
      brand: ctx.brand.id,
      ...of,
      slot,
      quantity: String(input.quantity),
      reason: input.reason,
      staff_id: staffOf(ctx).staffId,
      at: ctx.now,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'usage.corrected',
    subject: { kind: 'usage-subject', id: String(subject.no) },
    customerId: subject.customer_id,
    facts: {
      meter: input.meter,
      slot: slot.toISOString(),
      quantity: String(input.quantity),
      reason: input.reason,
    },
  });
  return { id };
}
