import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { insertAll } from '#kernel/insert-all.ts';
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

/** Writes down that what charges left owing was paid, in money, by charge. One that isn't here (older ones) is left alone. */
export async function chargesSettle(tx: Tx, ctx: Ctx, paid: ReadonlyMap<string, Micro>): Promise<void> {
  if (paid.size === 0) return;
  const found = await tx
    .selectFrom('invoicing_charge')
    .select('id')
    .where('id', '=', (e) => e.fn.any(e.val([...paid.keys()])))
    .where('brand', '=', ctx.brand.id)
    .execute();
  await settlements(
    tx,
    ctx,
    found.map(({ id }) => ({ id, cash: paid.get(id)! })),
  );
}

/**
 * Writes down that late fees were paid, in money, by debt: for each one's charges, the oldest day first. So a tax invoice
 * can be made out for them too, since they belong to the price of what was sold.
 */
export async function lateFeesSettle(tx: Tx, ctx: Ctx, paid: ReadonlyMap<string, Micro>): Promise<void> {
  if (paid.size === 0) return;
  const { rows } = await sql<{ id: string; debt: string; owed: bigint }>`
    select c.id, c.explain->>'id' as debt, (c.amount_micro - c.cash_micro - c.gift_micro
        - coalesce((select sum(s.cash_micro) from invoicing_settlement s where s.charge_id = c.id), 0))::bigint as owed
      from invoicing_charge c
      where c.explain->>'kind' = 'late-fee' and c.explain->>'id' = any(${[...paid.keys()]}::text[])
        and c.brand = ${ctx.brand.id}
      order by c.period_start, c.id`.execute(tx);
  const left = new Map(paid);
  const parts = rows.map(({ id, debt, owed }) => {
    const cash = owed < left.get(debt)! ? owed : left.get(debt)!;
    left.set(debt, left.get(debt)! - cash);
    return { id, cash };
  });
  await settlements(
    tx,
    ctx,
    parts.filter(({ cash }) => cash > 0n),
  );
}

function settlements(tx: Tx, ctx: Ctx, charges: readonly { id: string; cash: Micro }[]): Promise<void> {
  return insertAll(
    tx,
    'invoicing_settlement',
    charges.map(({ id, cash }) => ({
      ...{ id: newId(), charge_id: id, invoice_id: null },
      ...{ cash_micro: cash, at: ctx.now },
    })),
  );
}
