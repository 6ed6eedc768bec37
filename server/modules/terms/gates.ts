import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import { customerRead } from '#modules/identity/index.ts';
import type { Parameters } from './parameters.ts';
import { problem } from './rules.ts';
import { type AcceptedTerms, acceptanceLatest, type TermsVersion, termsCurrent } from './terms-read.ts';
import './tables.ts';

/**
 * May this customer buy in a region of this kind? Returns the terms under which it buys, or throws the first
 * gate that is shut, with its clause and what opens it. A gate that the brand's terms don't have stands open.
 */
export async function gatePurchase(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; mainland: boolean },
): Promise<AcceptedTerms> {
  const current = await termsCurrent(tx, ctx.brand.id, ctx.now);
  const customer = await customerRead(tx, input.customerId);
  const shut = (code: keyof typeof problem, parameter: keyof Parameters) =>
    problem[code]({}, { clause: clauseCited(ctx, current, parameter) });

  if (!customer.email_verified_at) throw shut('email-needed', 'contact');
  const accepted = await gateTerms(tx, ctx, input.customerId);
  const { minors, real_name } = current.document.parameters;
  if (minors && customer.minor && !customer.guardian_consent_at)
    throw shut('guardian-consent-needed', 'minors');
  if (real_name && input.mainland && !customer.real_name_passed_at)
    throw shut('real-name-needed', 'real_name');
  return accepted;
}

/**
 * The terms under which a customer buys: the version that holds, confirmed by itself. Having gone on under it (method
 * "use") keeps what it has going, but buys nothing new: the limits are confirmed one by one before (蓝天云 preamble).
 * Throws `terms-not-accepted`.
 */
export async function gateTerms(tx: Db | Tx, ctx: Ctx, customerId: string): Promise<AcceptedTerms> {
  const current = await termsCurrent(tx, ctx.brand.id, ctx.now);
  const accepted = await acceptanceLatest(tx, customerId);
  if (accepted?.version.id === current.id && (await confirmed(tx, customerId, current))) return accepted;
  throw problem['terms-not-accepted']({}, { clause: clauseCited(ctx, current, 'acceptance') });
}

/** Did this customer accept this version (any reading of it) by more than going on? */
export async function confirmed(db: Db | Tx, customerId: string, version: TermsVersion): Promise<boolean> {
  const row = await db
    .selectFrom('terms_acceptance as a')
    .innerJoin('terms_version as v', 'v.id', 'a.version_id')
    .select('a.id')
    .where('a.customer_id', '=', customerId)
    .where('v.brand', '=', version.brand)
    .where('v.version', '=', version.version)
    .where('a.method', '<>', 'use')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A clause as a problem cites it, in the reader's language. */
export function clauseCited(ctx: Ctx, version: TermsVersion, parameter: keyof Parameters) {
  const found = version.document.parameters[parameter];
  if (!found) throw new RangeError(`terms ${version.brand} ${version.version} have no ${parameter}`);
  const id = found.clause;
  const clause = version.document.clauses.find((candidate) => candidate.id === id)!;
  return {
    id,
    version: version.version,
    title: pick(clause.title, ctx.locale),
    text: pick(clause.text, ctx.locale),
  };
}
