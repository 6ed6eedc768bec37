import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { nextMidnight } from '#kernel/time.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { earnedAt } from './rules.ts';
import './tables.ts';

export async function accrualStart(
  tx: Tx,
  ctx: Ctx,
  input: { orderId: string; product: string; periodStart: Date; periodEnd: Date; amount: Micro },
): Promise<void> {
  const begins = input.periodStart > ctx.now ? input.periodStart : ctx.now;
  const due = nextMidnight(begins, ctx.brand.zone);
  await tx
    .insertInto('billing_accrual')
    .values({
      order_id: input.orderId,
      brand: ctx.brand.id,
      product: input.product,
      starts_at: input.periodStart,
      ends_at: input.periodEnd,
      amount_micro: input.amount,
      due_at: due < input.periodEnd ? due : input.periodEnd,
    })
    .execute();
}

const BATCH = 1_000;

/**
 * Moves what has been earned since the last time from deferred revenue to revenue: one ledger transaction for
 * each product in a batch, each accrual by its own part, the last part ending it exactly. Returns how many.
 */
export async function accrualEarn(tx: Tx, ctx: Ctx): Promise<number> {
  const rows = await tx
    .selectFrom('billing_accrual')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('due_at', '<=', ctx.now)
    .orderBy('due_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  const byProduct = new Map<string, Micro>();
  for (const row of rows) {
    const accrual = { startsAt: row.starts_at, endsAt: row.ends_at, amount: row.amount_micro };
    const earned = earnedAt(accrual, ctx.now);
    byProduct.set(row.product, (byProduct.get(row.product) ?? 0n) + earned - row.earned_micro);
    const midnight = nextMidnight(ctx.now, ctx.brand.zone);
    const due = midnight < row.ends_at ? midnight : row.ends_at;
    await tx
      .updateTable('billing_accrual')
      .set({ earned_micro: earned, due_at: earned === row.amount_micro ? null : due })
      .where('order_id', '=', row.order_id)
      .execute();
  }
  for (const [product, amount] of byProduct) {
    if (amount === 0n) continue;
    await ledgerPost(tx, ctx, {
      kind: 'revenue-earned',
      source: 'accrual',
      sourceId: newId(),
      lines: [
        { account: { kind: 'deferred_revenue', owner: product }, amount: -amount },
        { account: { kind: 'revenue', owner: product }, amount },
      ],
    });
  }
  return rows.length;
}
