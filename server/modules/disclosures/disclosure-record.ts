import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { type Kind, problem } from './rules.ts';

export const ACTION = 'customer.disclosed';

export interface Disclosure {
  customerId: string;
  /** One of those that the customer's terms list. */
  case: string;
  kinds: Kind[];
  /** Who got it: an organisation and its file number, never a person's data. */
  to: string;
  reference: string;
  /** By order of an authority: the article of the law; why the customer isn't told, or the notice by which it is. */
  byLaw?: { article: string; untoldReason: string | null; notice: string | null };
}

/**
 * The clause of the customer's terms that allows the case. `byLaw`: an authority's order binds also where terms name no
 * cases at all; then null, and the law alone is the basis. Throws disclosure-not-allowed when there is no such case.
 */
export async function disclosureBasis(
  tx: Tx,
  customerId: string,
  reason: string,
  { byLaw }: { byLaw: boolean },
): Promise<ClauseRef | null> {
  const terms = await acceptanceLatest(tx, customerId);
  const cases: readonly string[] = terms?.parameters.disclosure?.cases ?? [];
  if (byLaw && cases.length === 0 && reason === 'law') return null;
  if (!terms || !cases.includes(reason))
    throw problem['disclosure-not-allowed']({ cases: cases.join(', ') || (byLaw ? 'law' : '—') });
  return terms.clauseOf('disclosure');
}

/**
 * Puts on record that something about a customer was given away, with the case that allows it (亚云 5.2, 云服务器 P3,
 * 七牛云 4.2). Throws disclosure-not-allowed when the customer's terms have no such case.
 */
export async function disclosureRecord(tx: Tx, ctx: Ctx, disclosure: Disclosure): Promise<void> {
  const { customerId, case: reason, kinds, to, reference, byLaw } = disclosure;
  const clause = await disclosureBasis(tx, customerId, reason, { byLaw: byLaw !== undefined });
  const untold = byLaw?.untoldReason ?? null;
  await auditRecord(tx, ctx, {
    action: ACTION,
    subject: { kind: 'customer', id: customerId },
    customerId,
    ...(clause ? { clause } : {}),
    facts: {
      case: reason,
      kinds,
      to,
      reference,
      ...(byLaw ? { article: byLaw.article } : {}),
      ...(untold === null ? {} : { told: false, untold_reason: untold }),
    },
    notices: byLaw?.notice ? [byLaw.notice] : [],
  });
}
