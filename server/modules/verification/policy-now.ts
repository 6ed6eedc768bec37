import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { acceptanceLatest, type Policy, policyOf, termsCurrent } from '#modules/terms/index.ts';
import { type CheckRule, checkRule, problem } from './rules.ts';

/** What holds for the customer apart from any service; null before it accepted anything. */
export async function policyNow(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Policy | null> {
  const latest = await acceptanceLatest(db, customerId);
  if (!latest) return null;
  return policyOf(db, { customerId, serviceId: null, acceptanceId: latest.acceptanceId }, ctx.now);
}

/** By which rule this customer is checked; nobody pays a fee that they didn't accept. */
export async function ruleNow(db: Db | Tx, ctx: Ctx, customerId: string): Promise<CheckRule> {
  const policy = await policyNow(db, ctx, customerId);
  if (policy) return checkRule(policy.parameters.real_name, ctx.brand.real_name);
  const { document } = await termsCurrent(db, ctx.brand.id, ctx.now);
  const { real_name } = document.parameters;
  return checkRule(real_name && { ...real_name, attempts: undefined }, ctx.brand.real_name);
}

/** By which clause a customer's real name is asked for. Throws `real-name-not-agreed`. */
export async function realNameClause(tx: Tx, ctx: Ctx, customerId: string): Promise<ClauseRef> {
  const policy = await policyNow(tx, ctx, customerId);
  if (!policy?.parameters.real_name) throw problem['real-name-not-agreed']();
  return policy.clauseOf('real_name');
}

/** One act at a time on who a customer is. */
export async function verificationLock(tx: Tx, customerId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`verification:${customerId}`}, 0))`.execute(tx);
}
