import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import type { AcceptedTerms } from '#modules/terms/index.ts';
import { feeBegins, ppmOf } from './rules.ts';
import './tables.ts';

export interface Unpaid {
  customerId: string;
  /** Under which the thing was used; its late fee, if it has one, holds for this debt. */
  terms: AcceptedTerms;
  product: string;
  /** The charge that the balance didn't cover, named as its ledger transaction is. */
  source: string;
  sourceId: string;
  amount: Micro;
  /** Where it needn't be paid at once: until then incoming money isn't used for it, and no late fee grows. */
  dueAt?: Date;
}

/**
 * Puts on record what charges left unpaid; their ledger transactions have debited `receivable` already. The same
 * charge again adds nothing. A late fee begins with the midnight after, or after the due date; where the terms have it
 * begin with the end of the agreement, `lateFeesBegin` says when.
 */
export async function debtsOpen(tx: Tx, ctx: Ctx, unpaid: Unpaid[]): Promise<void> {
  if (unpaid.length === 0) return;
  const rows = unpaid.map((debt) => {
    const { late_fee } = debt.terms.parameters;
    const fee_ppm = ppmOf(late_fee?.per_day);
    return {
      id: newId(),
      brand: ctx.brand.id,
      customer_id: debt.customerId,
      acceptance_id: debt.terms.acceptanceId,
      product: debt.product,
      source: debt.source,
      source_id: debt.sourceId,
      amount_micro: debt.amount,
      fee_ppm,
      opened_at: ctx.now,
      fee_due_at: feeBegins(late_fee, debt.dueAt ?? ctx.now, ctx.brand.zone),
      settle_from: debt.dueAt ?? null,
      closed_at: null,
    };
  });
  await tx
    .insertInto('debts_debt')
    .values(rows)
    .onConflict((conflict) => conflict.constraint('debts_debt_once').doNothing())
    .execute();
}
