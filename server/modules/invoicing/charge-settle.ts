import { sql } from 'kysely';
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

/**
 * Writes down that late fees of a debt were paid, in money: for its charges, the oldest day first. So a tax invoice can be
 * made out for them too, since they belong to the price of what was sold.
 */
export async function lateFeeSettle(
  tx: Tx,
  ctx: Ctx,
  { debtId, cash }: { debtId: string; cash: Micro },
): Promise<void> {
  if (cash <= 0n) return;
  const { rows } = await sql<{ id: string; owed: bigint }>`
    select c.id, (c.amount_micro - c.cash_micro - c.gift_micro
        - coalesce((select sum(s.cash_micro) from invoicing_settlement s where s.charge_id = c.id), 0))::bigint as owed
      from invoicing_charge c
      where c.explain->>'kind' = 'late-fee' and c.explain->>'id' = ${debtId} and c.brand = ${ctx.brand.id}
      order by c.period_start, c.id`.execute(tx);
  let left = cash;
  for (const { id, owed } of rows) {
    const part = owed < left ? owed : left;
    if (part <= 0n) continue;
    left -= part;
    await tx
      .insertInto('invoicing_settlement')
      .values({ id: newId(), charge_id: id, invoice_id: null, cash_micro: part, at: ctx.now })
      .execute();
  }
}
