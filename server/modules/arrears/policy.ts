import type { Db, Tx } from '#kernel/db.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import {
  acceptanceLatest,
  acceptancesLatest,
  clauseNamed,
  type Policy,
  policiesOf,
  policyOf,
} from '#modules/terms/index.ts';

/** What holds for a customer apart from any service, by what it accepted last; null when it accepted nothing. */
export async function customerPolicy(db: Db | Tx, customerId: string, at: Date): Promise<Policy | null> {
  const accepted = await acceptanceLatest(db, customerId);
  if (!accepted) return null;
  return policyOf(db, { customerId, serviceId: null, acceptanceId: accepted.acceptanceId }, at);
}

/** The same of many customers; who accepted nothing isn't named. */
export async function customerPolicies(
  db: Db | Tx,
  customerIds: readonly string[],
  at: Date,
): Promise<Map<string, Policy>> {
  const accepted = await acceptancesLatest(db, customerIds);
  const policies = await policiesOf(db, accepted, at);
  return new Map(accepted.map(({ customerId }, i) => [customerId, policies[i]!]));
}

/** The clause by which a frozen account's agreement ends or goes on, which the parameter names beside its own. */
export function endClause(policy: Policy): ClauseRef {
  return clauseNamed(policy, 'arrears', policy.parameters.arrears!.end_clause);
}

/** By which the data goes: the clause on what is kept after an end, or, where nothing is, that of the end. */
export function eraseClause(policy: Policy): ClauseRef {
  return policy.parameters.retention ? policy.clauseOf('retention') : endClause(policy);
}
