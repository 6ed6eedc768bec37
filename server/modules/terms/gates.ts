import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import type { Parameters } from '#modules/figures/index.ts';
import { problem } from './rules.ts';
import { type AcceptedTerms, acceptanceLatest, type TermsVersion, termsCurrent } from './terms-read.ts';
import './tables.ts';

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
