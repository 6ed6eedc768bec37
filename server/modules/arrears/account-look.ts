import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { daysLeft } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import { accountFreeze } from './account-freeze.ts';
import { type Account, accountLock, accountSet, freezeStanding, tell } from './account-row.ts';
import { accountUnfreeze } from './account-unfreeze.ts';
import { customerPolicy } from './policy.ts';
import { balanceBelow, free, lastsMs, nextLook, type Rate, runsLow, type Standing } from './rules.ts';
import { monthEnd, standingAndRate } from './standing.ts';

/**
 * Compares an account's balance with its consumption and does what its terms say: warns when little is left, freezes
 * when it is below (七牛云 7.2.1), unfreezes when nothing is missing any more (7.2.2). Terms that know no freezing: nothing.
 */
export async function accountLook(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const account = await accountLock(tx, customerId);
  if (!account || account.state === 'ended') return;
  const policy = await customerPolicy(tx, customerId, ctx.now);
  if (!policy?.parameters.arrears) {
    await accountSet(tx, account, { check_at: null, checked_at: ctx.now });
    return;
  }
  const { standing, rate } = await standingAndRate(tx, ctx, customerId);
  const below = balanceBelow(standing);
  const freeze = account.state === 'frozen' ? await freezeStanding(tx, customerId) : null;
  if (freeze && below) {
    await accountSet(tx, account, { check_at: null, checked_at: ctx.now });
    return;
  }
  if (below) return accountFreeze(tx, ctx, account, { policy, standing });
  const running = freeze ? await accountUnfreeze(tx, ctx, account, freeze, { policy, standing }) : account;
  await watchOn(tx, ctx, running, { policy, standing, rate });
}

interface Look {
  policy: Policy;
  standing: Standing;
  rate: Rate;
}

/** It runs on: a warning where little is left, and the next look. */
async function watchOn(tx: Tx, ctx: Ctx, account: Account, look: Look): Promise<void> {
  const { policy, standing, rate } = look;
  const { daily } = rate;
  const warnDays = policy.parameters.arrears!.warn_days ?? 0;
  const low = runsLow(standing, daily, warnDays);
  const next = nextLook(standing, rate, warnDays, ctx.now, monthEnd(ctx));
  const set: Partial<Account> = {
    check_at: next.at,
    checked_at: ctx.now,
    pace_seconds: next.paceSeconds,
  };
  if (low && !account.warned_at) {
    set.warned_at = ctx.now;
    set.warning_id = await warn(tx, ctx, account.customer_id, look);
  }
  // A balance that wavers about the line is warned of once.
  if (!runsLow(standing, daily, 2 * warnDays) && account.warned_at)
    Object.assign(set, { warned_at: null, warning_id: null });
  await accountSet(tx, account, set);
}

async function warn(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  { policy, standing, rate: { daily } }: Look,
): Promise<string> {
  const clause = policy.clauseOf('arrears');
  const left = free(standing);
  const days = daysLeft(new Date(0), new Date(lastsMs(left, daily) ?? 0));
  const notice = await tell(tx, ctx, customerId, {
    kind: 'arrears-low',
    dedupe: `arrears-low:${customerId}:${ctx.now.toISOString()}`,
    values: { left: formatYuan(left), daily: formatYuan(daily), days, clause: clause.clause },
  });
  await auditRecord(tx, ctx, {
    action: 'account.warned',
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause,
    facts: { left: formatYuan(left), daily: formatYuan(daily), days },
    notices: [notice],
  });
  return notice;
}
