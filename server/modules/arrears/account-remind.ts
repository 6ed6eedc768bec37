import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { daysLeft, wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { type Freeze, tell } from './account-row.ts';
import { endClause } from './policy.ts';
import { reminderDays, remindersDue, toPay } from './rules.ts';
import { standingOf } from './standing.ts';

/** Reminds who is frozen of the end that comes; what fell due while nobody ran is noted as missed (F25). */
export async function accountRemind(tx: Tx, ctx: Ctx, freeze: Freeze): Promise<void> {
  const { customer_id: customerId, end_at: endAt } = freeze;
  const { zone } = ctx.brand;
  const of = { customerId, serviceId: null, acceptanceId: freeze.acceptance_id };
  const policy = await policyOf(tx, of, ctx.now);
  const daysBefore = policy.parameters.arrears?.remind_days_before ?? [];
  const { send, missed } = remindersDue(endAt, daysBefore, freeze.reminded, ctx.now, zone);
  const notices = [...freeze.notices];
  if (send !== null) {
    const notice = await tell(tx, ctx, customerId, {
      kind: 'account-frozen-reminder',
      dedupe: `account-frozen-reminder:${freeze.id}:${send}`,
      values: {
        days: daysLeft(ctx.now, endAt),
        due: formatYuan(toPay(await standingOf(tx, ctx, customerId))),
        frozen: wallClock(freeze.frozen_at, zone),
        until: wallClock(endAt, zone),
        end_clause: endClause(policy).clause,
      },
    });
    notices.push(notice);
    await auditRecord(tx, ctx, {
      action: 'account.reminded',
      subject: { kind: 'customer', id: customerId },
      customerId,
      clause: endClause(policy),
      facts: { days_before: send, missed, ends_at: endAt.toISOString() },
      notices: [notice],
    });
  }
  await tx
    .updateTable('arrears_freeze')
    .set({
      remind_at: reminderDays(endAt, daysBefore, ctx.now, zone).first,
      reminded: [...freeze.reminded, ...missed, ...(send === null ? [] : [send])],
      notices,
    })
    .where('id', '=', freeze.id)
    .execute();
}
