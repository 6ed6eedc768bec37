import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { owedBy } from '#modules/debts/index.ts';
import { acceptanceAt, policyCited } from '#modules/terms/index.ts';
import { accountLock, accountSet, freezeStanding } from './account-row.ts';
import { customerPolicy, endClause } from './policy.ts';
import { problem } from './rules.ts';

/**
 * After an end over arrears a customer may begin anew: nothing is owed any more, and the terms were accepted again since.
 * What ended stays ended, its data goes as it was to. Throws `nothing-ended`, `still-owing`, `agreement-ended`.
 */
export async function accountRestart(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const account = await accountLock(tx, customerId);
  if (account?.state !== 'ended') throw problem['nothing-ended']();
  const ended = await freezeStanding(tx, customerId);
  const owed = await owedBy(tx, ctx.brand.id, customerId, ctx.now);
  if (owed > 0n) throw problem['still-owing']({ due: formatYuan(owed) }, { due: formatYuan(owed) });
  const accepted = await acceptanceAt(tx, customerId, ctx.now);
  const policy = await customerPolicy(tx, customerId, ctx.now);
  if (!accepted || !policy || (ended?.ended_at && accepted.at <= ended.ended_at))
    throw problem['agreement-ended'](
      {},
      policy?.parameters.arrears ? { clause: policyCited(ctx, policy, 'arrears') } : {},
    );
  await accountSet(tx, account, {
    state: 'running',
    check_at: ctx.now,
    warned_at: null,
    warning_id: null,
    term_from: null,
    term_micro: null,
  });
  await auditRecord(tx, ctx, {
    action: 'account.restarted',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause: endClause(policy),
    facts: { ended_at: ended?.ended_at?.toISOString() ?? null, accepted_at: accepted.at.toISOString() },
  });
}
