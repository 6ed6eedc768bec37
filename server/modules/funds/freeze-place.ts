import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { cashBalance, ledgerPost, requireCash } from '#modules/ledger/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { appealUntil, frozenAmount, problem } from './rules.ts';
import './tables.ts';

export interface FreezeWanted {
  customerId: string;
  /** Null: all that is in the balance. */
  amount: Micro | null;
  /** One of the reasons that the terms list, by clause. */
  reason: string;
  /** What the customer is told of the case. */
  explanation: string;
}

/**
 * Takes money out of the customer's reach, by the clause and for a reason that this customer agreed to, and tells it how
 * to appeal and until when. Throws `freeze-not-agreed`, `freeze-reason-unknown`, `freeze-above-balance`.
 */
export async function freezePlace(tx: Tx, ctx: Ctx, wanted: FreezeWanted): Promise<string> {
  const customer = await customerFind(tx, ctx.brand.id, wanted.customerId);
  if (!customer) throw kernelProblem['not-found']();
  const terms = await acceptanceLatest(tx, wanted.customerId);
  const agreed = terms?.parameters.fund_freeze;
  if (!terms || !agreed) throw problem['freeze-not-agreed']();
  if (!agreed.reasons.includes(wanted.reason))
    throw problem['freeze-reason-unknown']({ reasons: agreed.reasons.join(', ') });
  await requireCash(tx, ctx, wanted.customerId, 0n); // locks it
  const cash = await cashBalance(tx, ctx.brand.id, wanted.customerId);
  const amount = frozenAmount(cash, wanted.amount);
  if (amount === null) throw problem['freeze-above-balance']({ cash: formatYuan(cash) });

  const id = newId();
  const until = appealUntil(ctx.now, agreed.appeal_days, ctx.brand.zone);
  await tx
    .insertInto('funds_freeze')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customer.id,
      acceptance_id: terms.acceptanceId,
      amount_micro: amount,
      scope: wanted.amount === null ? 'whole' : 'part',
      reason_clause: wanted.reason,
      explanation: wanted.explanation,
      state: 'frozen',
      placed_by: staffOf(ctx).staffId,
      placed_at: ctx.now,
      appeal_until: until,
      appeal: null,
      appealed_at: null,
      outcome_reason: null,
      decided_at: null,
    })
    .execute();
  await ledgerPost(tx, ctx, {
    kind: 'funds-frozen',
    source: 'freeze',
    sourceId: id,
    lines: [
      { account: { kind: 'customer_cash', owner: customer.id }, amount: -amount },
      { account: { kind: 'customer_frozen', owner: customer.id }, amount },
    ],
    memo: { freeze: id },
  });
  const notice = await noticeSend(tx, ctx, {
    kind: 'funds-frozen',
    dedupe: `freeze:${id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: {
      amount: formatYuan(amount),
      clause: wanted.reason,
      explanation: wanted.explanation,
      until: wallClock(until, ctx.brand.zone),
    },
  });
  await auditRecord(tx, ctx, {
    action: 'funds.frozen',
    subject: { kind: 'freeze', id },
    customerId: customer.id,
    clause: terms.clauseOf('fund_freeze'),
    facts: { amount: formatYuan(amount), reason: wanted.reason, appeal_until: until.toISOString() },
    notices: [notice],
  });
  return id;
}
