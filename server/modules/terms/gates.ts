import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import { customerRead } from '#modules/identity/index.ts';
import type { Parameters } from './parameters.ts';
import { problem } from './rules.ts';
import { type AcceptedTerms, acceptanceLatest, type TermsVersion, termsCurrent } from './terms-read.ts';

/**
 * May this customer buy in a region of this kind? Returns the terms under which it buys, or throws the first
 * gate that is shut, with its clause and what opens it. A gate that the brand's terms don't have stands open.
 */
export async function gatePurchase(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; mainland: boolean },
): Promise<AcceptedTerms> {
  const current = await termsCurrent(tx, ctx.brand.id);
  const customer = await customerRead(tx, input.customerId);
  const shut = (code: keyof typeof problem, parameter: keyof Parameters) =>
    problem[code]({}, { clause: clauseCited(ctx, current, parameter) });

  if (!customer.email_verified_at) throw shut('email-needed', 'contact');
  const accepted = await acceptanceLatest(tx, input.customerId);
  if (accepted?.version.id !== current.id) throw shut('terms-not-accepted', 'acceptance');
  const { minors, real_name } = current.document.parameters;
  if (minors && customer.minor && !customer.guardian_consent_at)
    throw shut('guardian-consent-needed', 'minors');
  if (real_name && input.mainland && !customer.real_name_passed_at)
    throw shut('real-name-needed', 'real_name');
  return accepted;
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
