import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { daysLeft } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import { accountFreeze } from './account-freeze.ts';
import {
  type Account,
  accountSet,
  accountsLock,
  accountsWatched,
  type Freeze,
  freezesStanding,
  tell,
  type Watch,
} from './account-row.ts';
import { accountUnfreeze } from './account-unfreeze.ts';
import { customerPolicies } from './policy.ts';
import { balanceBelow, free, lastsMs, nextLook, runsLow } from './rules.ts';
import { monthEnd, type StandingAndRate, standingsAndRates } from './standing.ts';

/** As `accountsLook`, of one. */
export function accountLook(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  return accountsLook(tx, ctx, [customerId]);
}

/**
 * Compares accounts' balances with their consumption and does what their terms say: warns when little is left, freezes
 * when it is below (七牛云 7.2.1), unfreezes when nothing is missing any more (7.2.2). Terms that know no freezing:
 * nothing. However many, what is to be known is asked together.
 */
export async function accountsLook(tx: Tx, ctx: Ctx, customerIds: readonly string[]): Promise<void> {
  const accounts = (await accountsLock(tx, customerIds)).filter(({ state }) => state !== 'ended');
  if (accounts.length === 0) return;
  const ids = accounts.map(({ customer_id }) => customer_id);
  const policies = await customerPolicies(tx, ids, ctx.now);
  const known = ids.filter((id) => policies.get(id)?.parameters.arrears);
  const standings = await standingsAndRates(tx, ctx, known);
  const frozen = accounts.filter(({ state }) => state === 'frozen').map(({ customer_id }) => customer_id);
  const freezes = await freezesStanding(tx, frozen);
  const watches: Watch[] = [];
  for (const account of accounts) {
    const { customer_id: customerId, pace_seconds: paceSeconds } = account;
    const [policy, seen] = [policies.get(customerId), standings.get(customerId)];
    const freeze = freezes.get(customerId) ?? null;
    const next = policy && seen ? await lookAt(tx, ctx, account, { policy, freeze, ...seen }) : UNTIL_NEWS;
    if (next) watches.push({ customerId, paceSeconds, ...next });
  }
  await accountsWatched(tx, ctx, watches);
}

type Next = Pick<Watch, 'checkAt'> & Partial<Watch>;

const UNTIL_NEWS: Next = { checkAt: null };

interface Look extends StandingAndRate {
  policy: Policy;
  freeze: Freeze | null;
}

/** When it is to be looked at next; null where that was written with what was done. */
async function lookAt(tx: Tx, ctx: Ctx, account: Account, look: Look): Promise<Next | null> {
  const { freeze } = look;
  const below = balanceBelow(look.standing);
  if (freeze && below) return UNTIL_NEWS;
  if (below) {
    await accountFreeze(tx, ctx, account, look);
    return null;
  }
  return watchOn(tx, ctx, freeze ? await accountUnfreeze(tx, ctx, account, freeze, look) : account, look);
}

/** It runs on: a warning where little is left, and the next look. */
async function watchOn(tx: Tx, ctx: Ctx, account: Account, look: Look): Promise<Next> {
  const { policy, standing, rate } = look;
  const { daily } = rate;
  const warnDays = policy.parameters.arrears!.warn_days ?? 0;
  const next = nextLook(standing, rate, warnDays, ctx.now, monthEnd(ctx));
  if (runsLow(standing, daily, warnDays) && !account.warned_at) {
    const warning_id = await warn(tx, ctx, account.customer_id, look);
    await accountSet(tx, account, { warned_at: ctx.now, warning_id });
  }
  // A balance that wavers about the line is warned of once.
  if (!runsLow(standing, daily, 2 * warnDays) && account.warned_at)
    await accountSet(tx, account, { warned_at: null, warning_id: null });
  return { checkAt: next.at, paceSeconds: next.paceSeconds };
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
