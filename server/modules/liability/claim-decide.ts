import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { debtsSettle } from '#modules/debts/index.ts';
import { cashLocked, ledgerPost } from '#modules/ledger/index.ts';
import type { Parameters, Policy } from '#modules/terms/index.ts';
import { type About, type Cap, claimCap } from './cap.ts';
import { requireWithin } from './claim-open.ts';
import { type Claim, claimLock, claimTell } from './claim-row.ts';
import { problem, TWO_STAFF_ABOVE } from './rules.ts';
import './tables.ts';

export const GRANT_ACT = 'liability.grant';

/** What a refusal may rest on, as far as the customer's terms have it. */
export const REFUSALS = [
  'liability',
  'outages',
  'sla',
  'outage_extension',
  'backup',
  'force_majeure',
] as const;
export type Refusal = (typeof REFUSALS)[number] & keyof Parameters;

export type Decision = { reason: string } & ({ grant: Micro } | { refuse: Refusal });

/**
 * Staff decide an open claim: granted up to what was claimed and what the cap leaves now, a large grant with a second of
 * them, or refused by a clause of the customer's terms. Throws `claim-decided`, `claim-above-cap`, `claim-above-claimed`,
 * `refusal-clause-missing`.
 */
export async function claimDecide(tx: Tx, ctx: Ctx, id: string, decision: Decision): Promise<void> {
  const claim = await claimLock(tx, ctx, id);
  if (claim.state !== 'open') throw problem['claim-decided']();
  await cashLocked(tx, ctx, [claim.customer_id]);
  const cap = await claimCap(tx, { ...ctx, now: claim.at }, aboutOf(claim));
  if ('refuse' in decision) return refuse(tx, ctx, claim, cap, decision);
  const amount = decision.grant;
  if (amount > claim.amount_micro)
    throw problem['claim-above-claimed']({ claimed: formatYuan(claim.amount_micro) });
  requireWithin(ctx, cap, amount);
  const decided = { granted_micro: amount, ...decidedBy(ctx, decision.reason) };
  if (amount <= TWO_STAFF_ABOVE) return pay(tx, ctx, { ...claim, ...decided }, cap);
  await tx
    .updateTable('liability_claim')
    .set({ state: 'approving', ...decided })
    .where('id', '=', claim.id)
    .execute();
  await approvalRequest(tx, ctx, {
    act: GRANT_ACT,
    area: 'cases',
    subject: { kind: 'claim', id: claim.id },
    customerId: claim.customer_id,
    payload: { amount: formatYuan(amount), cap: formatYuan(cap.cap), about: cap.label },
    reason: decision.reason,
  });
}

/** The second member of the staff has spoken; or nobody has in time, or not in favour: then it is open again. */
export async function claimApproved(tx: Tx, ctx: Ctx, id: string, granted: boolean): Promise<void> {
  const claim = await claimLock(tx, ctx, id);
  if (claim.state !== 'approving') throw problem['claim-decided']();
  if (granted) {
    const cap = await claimCap(tx, { ...ctx, now: claim.at }, aboutOf(claim));
    return pay(tx, ctx, claim, cap);
  }
  await tx
    .updateTable('liability_claim')
    .set({ state: 'open', granted_micro: null, decided_by: null, decided_at: null, decision_reason: null })
    .where('id', '=', claim.id)
    .execute();
}

function aboutOf(claim: Claim): About {
  const { customer_id: customerId, service_id: serviceId, order_id: orderId, product } = claim;
  return serviceId === null
    ? { customerId, serviceId, product: product!, orderId: null }
    : { customerId, serviceId, product: null, orderId };
}

function decidedBy(ctx: Ctx, reason: string) {
  return { decided_by: staffOf(ctx).staffId, decided_at: ctx.now, decision_reason: reason };
}

async function pay(tx: Tx, ctx: Ctx, claim: Claim, { policy, label }: Cap): Promise<void> {
  const { id, customer_id: owner, decided_by, decided_at, decision_reason } = claim;
  const amount = claim.granted_micro!;
  const posted = await ledgerPost(tx, ctx, {
    kind: 'liability-paid',
    source: 'liability',
    sourceId: id,
    lines: [
      { account: { kind: 'compensation', owner: 'liability' }, amount: -amount },
      { account: { kind: 'customer_cash', owner }, amount },
    ],
    memo: { claim: id, about: label },
  });
  const clause = policy.clauseOf('liability');
  const notice = await claimTell(tx, ctx, claim, policy, {
    kind: 'claim-granted',
    values: {
      about: label,
      amount: formatYuan(amount),
      clause: clause.clause,
      reason: decision_reason ?? '',
    },
  });
  await tx
    .updateTable('liability_claim')
    .set({
      state: 'granted',
      granted_micro: amount,
      decided_by,
      decided_at,
      decision_reason,
      transaction_id: posted.id,
      notice_id: notice,
    })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'claim.granted',
    subject: { kind: 'claim', id },
    customerId: owner,
    clause,
    facts: { amount: formatYuan(amount), cap: formatYuan(claim.cap_micro), reason: decision_reason },
    notices: [notice],
  });
  await debtsSettle(tx, ctx, owner);
}

async function refuse(
  tx: Tx,
  ctx: Ctx,
  claim: Claim,
  { policy, label }: Cap,
  { refuse: parameter, reason }: { refuse: Refusal; reason: string },
): Promise<void> {
  const clause = refusalClause(policy, parameter);
  const notice = await claimTell(tx, ctx, claim, policy, {
    kind: 'claim-refused',
    values: { about: label, amount: formatYuan(claim.amount_micro), reason, clause: clause.clause },
  });
  await tx
    .updateTable('liability_claim')
    .set({
      state: 'refused',
      refusal_clause: clause.clause,
      notice_id: notice,
      ...decidedBy(ctx, reason),
    })
    .where('id', '=', claim.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'claim.refused',
    subject: { kind: 'claim', id: claim.id },
    customerId: claim.customer_id,
    clause,
    facts: { amount: formatYuan(claim.amount_micro), reason },
    notices: [notice],
  });
}

function refusalClause(policy: Policy, parameter: Refusal): ClauseRef {
  if (policy.parameters[parameter]) return policy.clauseOf(parameter);
  const choices = REFUSALS.filter((name) => policy.parameters[name]);
  throw problem['refusal-clause-missing']({ choices: choices.join(', ') });
}
