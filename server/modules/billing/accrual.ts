import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { nextMidnight } from '#kernel/time.ts';
import { ledgerPostAll } from '#modules/ledger/index.ts';
import { type Accrual, earnedAt } from './rules.ts';
import type { AccrualTable } from './tables.ts';
import './tables.ts';

/** How what is paid for a period is earned: net of tax, as the period passes. */
export function accrualRow(
  ctx: Ctx,
  input: { orderId: string; product: string; periodStart: Date; periodEnd: Date; amount: Micro; tax: Micro },
) {
  const begins = input.periodStart > ctx.now ? input.periodStart : ctx.now;
  return {
    order_id: input.orderId,
    brand: ctx.brand.id,
    product: input.product,
    starts_at: input.periodStart,
    ends_at: input.periodEnd,
    amount_micro: input.amount - input.tax,
    tax_micro: input.tax,
    due_at: nextLook(ctx, begins, input.periodEnd),
  };
}

export function accrualOf(row: Selectable<AccrualTable>): Accrual {
  return { startsAt: row.starts_at, endsAt: row.ends_at, amount: row.amount_micro, base: row.base_micro };
}

/** When it is looked at next: at the next midnight, or at the end if that is sooner. */
export function nextLook(ctx: Ctx, after: Date, end: Date): Date {
  const midnight = nextMidnight(after, ctx.brand.zone);
  return midnight < end ? midnight : end;
}

const BATCH = 10_000;

/**
 * Moves what has been earned since the last time from deferred revenue to revenue: one ledger transaction for each
 * product in a batch, each accrual by its own part, the last part ending it exactly. Four statements a batch. Returns
 * how many.
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
  if (rows.length === 0) return 0;
  const looks = rows.map((row) => {
    const earned = earnedAt(accrualOf(row), ctx.now);
    const over = ctx.now >= row.ends_at || earned === row.amount_micro;
    return { row, earned, due: over ? null : nextLook(ctx, ctx.now, row.ends_at) };
  });
  await sql`update billing_accrual a set earned_micro = l.earned, due_at = l.due
    from unnest(${looks.map(({ row }) => row.order_id)}::uuid[], ${looks.map(({ earned }) => String(earned))}::bigint[],
      ${looks.map(({ due }) => due)}::timestamptz[]) as l (id, earned, due)
    where a.order_id = l.id`.execute(tx);
  const byProduct = new Map<string, Micro>();
  for (const { row, earned } of looks)
    byProduct.set(row.product, (byProduct.get(row.product) ?? 0n) + earned - row.earned_micro);
  await ledgerPostAll(
    tx,
    ctx,
    [...byProduct]
      .filter(([, amount]) => amount !== 0n)
      .map(([product, amount]) => ({
        kind: 'revenue-earned',
        source: 'accrual',
        sourceId: newId(),
        lines: [
          { account: { kind: 'deferred_revenue' as const, owner: product }, amount: -amount },
          { account: { kind: 'revenue' as const, owner: product }, amount },
        ],
      })),
  );
  return rows.length;
}
