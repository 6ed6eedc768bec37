import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import type { Problem } from '#kernel/problem.ts';
import { policyCited } from '#modules/terms/index.ts';
import { freezeStanding } from './account-row.ts';
import { customerPolicy } from './policy.ts';
import { type AccountState, problem, toPay } from './rules.ts';
import { standingOf } from './standing.ts';
import './tables.ts';

export interface ArrearsState {
  state: AccountState;
  /** Since when it is frozen or ended. */
  since: Date | null;
  /** While it is frozen: when the agreement ends. After the end: when the data goes. */
  until: Date | null;
}

/** How a customer's account stands, for products before they serve it. Cheap: two rows. */
export async function arrearsState(db: Db | Tx, customerId: string): Promise<ArrearsState> {
  const row = await db
    .selectFrom('arrears_account')
    .select('state')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  const state = row?.state ?? 'running';
  if (state === 'running') return { state, since: null, until: null };
  const freeze = await freezeStanding(db, customerId);
  return state === 'frozen'
    ? { state, since: freeze?.frozen_at ?? null, until: freeze?.end_at ?? null }
    : { state, since: freeze?.ended_at ?? null, until: freeze?.erase_at ?? null };
}

/** Of these customers, whose accounts don't run. For products that look at many at once. */
export async function arrearsStates(
  db: Db | Tx,
  customerIds: readonly string[],
): Promise<Map<string, Exclude<AccountState, 'running'>>> {
  if (customerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('arrears_account')
    .select(['customer_id', 'state'])
    .where('customer_id', 'in', customerIds)
    .where('state', '<>', 'running')
    .execute();
  return new Map(rows.map((row) => [row.customer_id, row.state as Exclude<AccountState, 'running'>]));
}

/** `account-frozen` or `agreement-ended`, with the clause, where the terms let service be withheld (七牛云 2.2); else null. */
export async function withholding(tx: Tx, ctx: Ctx, customerId: string): Promise<Problem | null> {
  const { state } = await arrearsState(tx, customerId);
  if (state === 'running') return null;
  const policy = await customerPolicy(tx, customerId, ctx.now);
  if (!policy) return null;
  const { withhold, arrears } = policy.parameters;
  if (state === 'ended') {
    const clause = arrears ? { clause: policyCited(ctx, policy, 'arrears') } : {};
    return problem['agreement-ended']({}, clause);
  }
  if (!withhold) return null;
  const due = formatYuan(toPay(await standingOf(tx, ctx, customerId)));
  return problem['account-frozen']({ due }, { due, clause: policyCited(ctx, policy, 'withhold') });
}

export async function requireRunning(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const refusal = await withholding(tx, ctx, customerId);
  if (refusal) throw refusal;
}
