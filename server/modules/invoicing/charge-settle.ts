import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { invoiceOfOrder } from './invoice-read.ts';
import './tables.ts';

/** Writes down that what an order’s invoice left owing was paid, in money. */
export async function billSettle(
  tx: Tx,
  ctx: Ctx,
  { orderId, cash }: { orderId: string; cash: Micro },
): Promise<void> {
  if (cash <= 0n) return;
  const invoice = await invoiceOfOrder(tx, ctx.brand.id, orderId);
  if (!invoice) return;
  await tx
    .insertInto('invoicing_settlement')
    .values({ id: newId(), charge_id: null, invoice_id: invoice.id, cash_micro: cash, at: ctx.now })
    .execute();
}

/** Writes down that what a charge left owing was paid, in money. A charge that isn't here (older ones) is left alone. */
export async function chargeSettle(
  tx: Tx,
  ctx: Ctx,
  { chargeId, cash }: { chargeId: string; cash: Micro },
): Promise<void> {
  if (cash <= 0n) return;
  const charge = await tx
    .selectFrom('invoicing_charge')
    .select('id')
    .where('id', '=', chargeId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (!charge) return;
  await tx
    .insertInto('invoicing_settlement')
    .values({ id: newId(), charge_id: charge.id, invoice_id: null, cash_micro: cash, at: ctx.now })
    .execute();
}
