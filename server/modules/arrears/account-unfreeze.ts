import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import { type Account, accountSet, type Freeze, tell } from './account-row.ts';
import { endClause } from './policy.ts';
import { free, type Standing } from './rules.ts';
import { servicesGiveBack } from './withhold.ts';

/**
 * Paid before the agreement ended: a locked account runs again at once. The new term is counted from this instant, and
 * from what the payment left after the arrears (七牛云 7.1, 7.2.2). Returns the account as it is now.
 */
export async function accountUnfreeze(
  tx: Tx,
  ctx: Ctx,
  account: Account,
  freeze: Freeze,
  { policy, standing }: { policy: Policy; standing: Standing },
): Promise<Account> {
  const { customer_id: customerId } = account;
  const clause = endClause(policy);
  const left = free(standing);
  const notice = await tell(tx, ctx, customerId, {
    kind: 'account-unfrozen',
    dedupe: `account-unfrozen:${freeze.id}`,
    values: {
      from: wallClock(ctx.now, ctx.brand.zone),
      left: formatYuan(left),
      end_clause: clause.clause,
    },
  });
  await tx
    .updateTable('arrears_freeze')
    .set({ unfrozen_at: ctx.now, remind_at: null, notices: [...freeze.notices, notice] })
    .where('id', '=', freeze.id)
    .execute();
  const after = await accountSet(tx, account, {
    state: 'running',
    warned_at: null,
    warning_id: null,
    ...(policy.parameters.term ? { term_from: ctx.now, term_micro: left } : {}),
  });
  await auditRecord(tx, ctx, {
    action: 'account.unfrozen',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause,
    facts: {
      frozen_at: freeze.frozen_at.toISOString(),
      ended_otherwise_at: freeze.end_at.toISOString(),
      left_after_arrears: formatYuan(left),
      ...(policy.parameters.term
        ? { term_from: ctx.now.toISOString(), term_clause: policy.clauseOf('term').clause }
        : {}),
    },
    notices: [notice],
  });
  await servicesGiveBack(tx, ctx, { customerId, freezeId: freeze.id, notices: [notice] });
  const event = { customerId, freezeId: freeze.id, from: ctx.now, left };
  await ctx.bus.emit(tx, ctx, 'account.unfrozen', event);
  return after;
}
