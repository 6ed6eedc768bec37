import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import type { Parameters } from './parameters.ts';
import { type AcceptedTerms, clauseShown, termsAcceptedAll } from './terms-read.ts';

/**
 * What holds between the brand and a customer, for one service or for none, at an instant: the agreement that was
 * accepted, with what an order page, a service contract and its attachments say instead (七牛云 1.2, 11.1).
 */

/** From the strongest to the weakest; a brand's `precedence` names those that it knows, in its order. */
export type Layer = 'attachment' | 'service-contract' | 'order-page' | 'agreement';

export interface PolicySubject {
  customerId: string;
  /** Null: what holds for the customer apart from any service. */
  serviceId: string | null;
  acceptanceId: string;
}

export interface ParameterSource {
  layer: Layer;
  clause: ClauseRef;
}

/** The figures in force after all layers, and the only source of clauses to act upon. */
export interface Policy extends AcceptedTerms {
  /** Where a figure comes from. Throws RangeError where none of the layers has it. */
  sourceOf(parameter: keyof Parameters): ParameterSource;
}

export async function policyOf(db: Db | Tx, of: PolicySubject, at: Date): Promise<Policy> {
  const [policy] = await policiesOf(db, [of], at);
  return policy!;
}

/** The same for many, in their order. */
export async function policiesOf(db: Db | Tx, ofs: readonly PolicySubject[], _at: Date): Promise<Policy[]> {
  const agreed = await termsAcceptedAll(
    db,
    ofs.map(({ acceptanceId }) => acceptanceId),
  );
  const policies = new Map([...agreed].map(([id, terms]) => [id, ofAgreement(terms)]));
  return ofs.map(({ acceptanceId }) => policies.get(acceptanceId)!);
}

function ofAgreement(terms: AcceptedTerms): Policy {
  return {
    ...terms,
    sourceOf: (parameter) => ({ layer: 'agreement', clause: terms.clauseOf(parameter) }),
  };
}

/** The clause of a figure as a problem cites it, in the reader's language. */
export function policyCited(ctx: Ctx, policy: Policy, parameter: keyof Parameters) {
  const { clause } = policy.clauseOf(parameter);
  const found = policy.version.document.clauses.find(({ id }) => id === clause)!;
  return {
    id: clause,
    version: policy.version.version,
    title: pick(found.title, ctx.locale),
    text: pick(found.text, ctx.locale),
  };
}

/** The clause of a figure as pages show it. */
export function policyShown(policy: Policy, parameter: keyof Parameters) {
  return clauseShown(policy.version, policy.clauseOf(parameter).clause);
}
