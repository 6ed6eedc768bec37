import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { transferKeep, transferLocked } from '#modules/payments/index.ts';
import { problem, SLIPS_MAX } from './rules.ts';
import type { Slip } from './slip.ts';
import './tables.ts';

/** The customer's word on a transfer, with its proof; staff match it. `transferredOn` is a natural day, not ahead. */
export async function transferSlip(
  tx: Tx,
  ctx: Ctx,
  input: { paymentId: string; customerId: string; payerName: string; transferredOn: string; slip: Slip },
): Promise<string> {
  const payment = await transferLocked(tx, ctx, input.paymentId, input.customerId);
  if (payment.state !== 'pending') throw problem['transfer-decided']();
  if (input.transferredOn > naturalDay(ctx.now, ctx.brand.zone)) throw problem['slip-day-ahead']();
  const earlier = await tx
    .selectFrom('transfers_slip')
    .select(['id', 'sha256'])
    .where('payment_id', '=', payment.id)
    .execute();
  const { mediaType, content, sha256 } = input.slip;
  const known = earlier.find((slip) => slip.sha256 === sha256);
  if (!known && earlier.length >= SLIPS_MAX) throw problem['slips-enough']({ max: SLIPS_MAX });
  const id = known?.id ?? newId();
  const said = { payer_name: input.payerName, transferred_on: input.transferredOn };
  if (known) await tx.updateTable('transfers_slip').set(said).where('id', '=', id).execute();
  else {
    await tx
      .insertInto('transfers_slip')
      .values({
        id,
        payment_id: payment.id,
        ...said,
        media_type: mediaType,
        content,
        sha256,
        created_at: ctx.now,
      })
      .execute();
  }
  await transferKeep(tx, payment.id);
  await auditRecord(tx, ctx, {
    action: 'transfer.slip',
    subject: { kind: 'payment', id: payment.id },
    customerId: input.customerId,
    facts: { sha256, media_type: mediaType, transferred_on: input.transferredOn },
  });
  return id;
}
