import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import { type Account, accountSet, tell } from './account-row.ts';
import { endClause } from './policy.ts';
import { frozenUntil, reminderDays, type Standing, toPay } from './rules.ts';
import { servicesWithhold } from './withhold.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Metered products serve it no more; what is stored stays, and is charged on. `endAt`: when the agreement ends. */
    'account.frozen': { customerId: string; freezeId: string; endAt: Date };
    /** All goes on. `left`: what the payment left after the arrears; the new term is counted from it (七牛云 7.2.2). */
    'account.unfrozen': { customerId: string; freezeId: string; from: Date; left: bigint };
    /** The agreement ended: the space is reclaimed. Data goes with `subject.erase`, at `eraseAt`. */
    'account.ended': { customerId: string; freezeId: string; eraseAt: Date };
  }
}

/** The balance of a locked account is below its consumption: frozen from this instant, with the days that the terms give. */
export async function accountFreeze(
  tx: Tx,
  ctx: Ctx,
  account: Account,
  { policy, standing }: { policy: Policy; standing: Standing },
): Promise<void> {
  const { customer_id: customerId } = account;
  const { zone } = ctx.brand;
  const rule = policy.parameters.arrears!;
  const clause = policy.clauseOf('arrears');
  const endAt = frozenUntil(ctx.now, rule.end_days, zone);
  const id = newId();
  const due = formatYuan(toPay(standing));
  const notice = await tell(tx, ctx, customerId, {
    kind: 'account-frozen',
    dedupe: `account-frozen:${id}`,
    values: {
      due,
      frozen: wallClock(ctx.now, zone),
      until: wallClock(endAt, zone),
      clause: clause.clause,
      end_clause: endClause(policy).clause,
    },
  });
  const before = account.warning_id ? [account.warning_id] : [];
  const { first, passed } = reminderDays(endAt, rule.remind_days_before ?? [], ctx.now, zone);
  await tx
    .insertInto('arrears_freeze')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      acceptance_id: policy.acceptanceId,
      frozen_at: ctx.now,
      end_at: endAt,
      funds_micro: standing.funds,
      consumption_micro: standing.consumption,
      owed_micro: standing.owed,
      remind_at: first,
      reminded: passed,
      notices: [...before, notice],
      unfrozen_at: null,
      ended_at: null,
      erase_at: null,
      erased_at: null,
    })
    .execute();
  await accountSet(tx, account, {
    state: 'frozen',
    check_at: null,
    checked_at: ctx.now,
    term_from: null,
    term_micro: null,
  });
  await auditRecord(tx, ctx, {
    action: 'account.frozen',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause,
    facts: {
      funds: formatYuan(standing.funds),
      consumption: formatYuan(standing.consumption),
      owed: formatYuan(standing.owed),
      to_pay: due,
      ends_at: endAt.toISOString(),
      warned_at: account.warned_at?.toISOString() ?? null,
    },
    notices: [...before, notice],
  });
  await servicesWithhold(tx, ctx, { customerId, policy, freezeId: id, notices: [...before, notice] });
  await ctx.bus.emit(tx, ctx, 'account.frozen', { customerId, freezeId: id, endAt });
}
