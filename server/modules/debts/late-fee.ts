import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addDays, naturalDay, naturalDaysBetween, nextMidnight } from '#kernel/time.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { ledgerPostAll } from '#modules/ledger/index.ts';
import { termsAcceptedAll } from '#modules/terms/index.ts';
import { type Debt, owed } from './debt-row.ts';
import { lateFee } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Of the natural days up to and with `day`; each debt once. */
    'late-fees.charged': { day: string; fees: { debtId: string; customerId: string; amount: Micro }[] };
  }
}

/**
 * Adds the late fee of all natural days that ended since the last look, however many (F25): a day counts if the
 * principal was still unpaid at its end. Returns the debt as it is now.
 */
export async function lateFeeAdd(tx: Tx, ctx: Ctx, debt: Debt): Promise<Debt> {
  const [now] = await lateFeesAdd(tx, ctx, [debt]);
  return now!;
}

/** The same for many locked debts of a brand, set-wise; who never pays has one for each day that was charged. */
export async function lateFeesAdd(tx: Tx, ctx: Ctx, debts: readonly Debt[]): Promise<Debt[]> {
  const { zone } = ctx.brand;
  const next = nextMidnight(ctx.now, zone);
  const looks = debts.map((debt) => {
    if (!debt.fee_due_at || debt.fee_due_at > ctx.now) return { debt, after: debt, fee: 0n, days: 0 };
    const days = naturalDaysBetween(debt.fee_due_at, ctx.now, zone) + 1;
    const { fee, rest } = lateFee(owed(debt).principal, debt.fee_ppm, days, debt.fee_rest_ppm);
    const after = { ...debt, fee_micro: debt.fee_micro + fee, fee_rest_ppm: rest, fee_due_at: next };
    return { debt, after, fee, days };
  });
  const changed = looks.filter(({ debt, after }) => after !== debt).map(({ after }) => after);
  if (changed.length === 0) return [...debts];
  await sql`update debts_debt d set fee_micro = n.fee, fee_rest_ppm = n.rest, fee_due_at = ${next}
    from unnest(${changed.map(({ id }) => id)}::uuid[], ${changed.map(({ fee_micro }) => String(fee_micro))}::bigint[],
      ${changed.map(({ fee_rest_ppm }) => String(fee_rest_ppm))}::bigint[]) as n (id, fee, rest)
    where d.id = n.id`.execute(tx);
  await feesPost(
    tx,
    ctx,
    looks.filter(({ fee }) => fee > 0n),
  );
  return looks.map(({ after }) => after);
}

async function feesPost(
  tx: Tx,
  ctx: Ctx,
  charged: readonly { debt: Debt; fee: Micro; days: number }[],
): Promise<void> {
  if (charged.length === 0) return;
  const day = naturalDay(ctx.now, ctx.brand.zone);
  const terms = await termsAcceptedAll(tx, [...new Set(charged.map(({ debt }) => debt.acceptance_id))]);
  await ledgerPostAll(
    tx,
    ctx,
    charged.map(({ debt, fee, days }) => ({
      kind: 'late-fee',
      source: 'late-fee',
      sourceId: `${debt.id}:${day}`,
      lines: [
        { account: { kind: 'receivable' as const, owner: debt.customer_id }, amount: -fee },
        { account: { kind: 'late_fee' as const, owner: 'all' }, amount: fee },
      ],
      memo: { debt: debt.id, days: String(days) },
    })),
  );
  await auditRecordAll(
    tx,
    ctx,
    charged.map(({ debt, fee, days }) => ({
      action: 'debt.late-fee',
      subject: { kind: 'debt', id: debt.id },
      customerId: debt.customer_id,
      clause: terms.get(debt.acceptance_id)!.clauseOf('late_fee'),
      facts: { fee: formatYuan(fee), days, unpaid: formatYuan(owed(debt).principal), rate_ppm: debt.fee_ppm },
    })),
  );
  await ctx.bus.emit(tx, ctx, 'late-fees.charged', {
    // Today isn't over: the last day that a fee is for is yesterday.
    day: naturalDay(addDays(ctx.now, -1, ctx.brand.zone), ctx.brand.zone),
    fees: charged.map(({ debt, fee }) => ({ debtId: debt.id, customerId: debt.customer_id, amount: fee })),
  });
}

/**
 * These customers' agreements have ended over arrears: where the terms have the late fee begin with that (七牛云 7.4), it
 * grows from the midnight after on, on what they owe by now.
 */
export async function lateFeesBegin(tx: Tx, ctx: Ctx, customerIds: readonly string[]): Promise<void> {
  await tx
    .updateTable('debts_debt')
    .set({ fee_due_at: nextMidnight(ctx.now, ctx.brand.zone) })
    .where('brand', '=', ctx.brand.id)
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('closed_at', 'is', null)
    .where('fee_due_at', 'is', null)
    .where('fee_ppm', '>', 0)
    .whereRef('paid_micro', '<', 'amount_micro')
    .execute();
}
