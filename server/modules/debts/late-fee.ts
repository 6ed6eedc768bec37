import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { naturalDay, naturalDaysBetween, nextMidnight } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { termsAccepted } from '#modules/terms/index.ts';
import { type Debt, owed } from './debt-row.ts';
import { lateFee } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    'late-fee.charged': { debtId: string; customerId: string; amount: Micro; day: string };
  }
}

/**
 * Adds the late fee of all natural days that ended since the last look, however many (F25): a day counts if the
 * principal was still unpaid at its end. Returns the debt as it is now.
 */
export async function lateFeeAdd(tx: Tx, ctx: Ctx, debt: Debt): Promise<Debt> {
  if (!debt.fee_due_at || debt.fee_due_at > ctx.now) return debt;
  const { zone } = ctx.brand;
  const days = naturalDaysBetween(debt.fee_due_at, ctx.now, zone) + 1;
  const { fee, rest } = lateFee(owed(debt).principal, debt.fee_ppm, days, debt.fee_rest_ppm);
  const set = {
    fee_micro: debt.fee_micro + fee,
    fee_rest_ppm: rest,
    fee_due_at: nextMidnight(ctx.now, zone),
  };
  await tx.updateTable('debts_debt').set(set).where('id', '=', debt.id).execute();
  if (fee > 0n) await feePost(tx, ctx, debt, fee, days);
  return { ...debt, ...set };
}

async function feePost(tx: Tx, ctx: Ctx, debt: Debt, fee: Micro, days: number): Promise<void> {
  const day = naturalDay(ctx.now, ctx.brand.zone);
  await ledgerPost(tx, ctx, {
    kind: 'late-fee',
    source: 'late-fee',
    sourceId: `${debt.id}:${day}`,
    lines: [
      { account: { kind: 'receivable', owner: debt.customer_id }, amount: -fee },
      { account: { kind: 'late_fee', owner: 'all' }, amount: fee },
    ],
    memo: { debt: debt.id, days: String(days) },
  });
  const terms = await termsAccepted(tx, debt.acceptance_id);
  await auditRecord(tx, ctx, {
    action: 'debt.late-fee',
    subject: { kind: 'debt', id: debt.id },
    customerId: debt.customer_id,
    clause: terms.clauseOf('late_fee'),
    facts: { fee: formatYuan(fee), days, unpaid: formatYuan(owed(debt).principal), rate_ppm: debt.fee_ppm },
  });
  await ctx.bus.emit(tx, ctx, 'late-fee.charged', {
    debtId: debt.id,
    customerId: debt.customer_id,
    amount: fee,
    day,
  });
}
