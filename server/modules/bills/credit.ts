import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerPolicy } from '#modules/arrears/index.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { creditOf } from './bill-row.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * Staff allow a customer to pay by bill, up to so much unpaid at once; a new limit takes the place of the old one. Terms
 * that know no bills: `no-bills`.
 */
export async function creditGrant(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; limit: Micro; reason: string },
): Promise<void> {
  const { customerId, limit, reason } = input;
  if (!(await customerFind(tx, ctx.brand.id, customerId))) throw common['not-found']();
  const policy = await customerPolicy(tx, customerId, ctx.now);
  if (!policy?.parameters.bills) throw problem['no-bills']();
  const row = {
    brand: ctx.brand.id,
    limit_micro: limit,
    reason,
    granted_by: staffOf(ctx).staffId,
    granted_at: ctx.now,
    withdrawn_at: null,
  };
  const before = await creditOf(tx, ctx.brand.id, customerId);
  await tx
    .insertInto('arrears_credit')
    .values({ customer_id: customerId, ...row })
    .onConflict((conflict) => conflict.column('customer_id').doUpdateSet(row))
    .execute();
  await auditRecord(tx, ctx, {
    action: 'credit.granted',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause: policy.clauseOf('bills'),
    facts: {
      reason,
      before: before && { limit: formatYuan(before.limit_micro) },
      after: { limit: formatYuan(limit) },
    },
  });
}

/** No bill is issued any more; those that were stay to be paid as they say. */
export async function creditWithdraw(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; reason: string },
): Promise<void> {
  const { customerId } = input;
  const credit = await creditOf(tx, ctx.brand.id, customerId);
  if (!credit) throw common['not-found']();
  await tx
    .updateTable('arrears_credit')
    .set({ withdrawn_at: ctx.now })
    .where('customer_id', '=', customerId)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'credit.withdrawn',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { reason: input.reason, before: { limit: formatYuan(credit.limit_micro) }, after: null },
  });
}
