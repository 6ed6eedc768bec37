import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
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
}

/**
 * Puts on record that something about a customer was given away, with the case that allows it (亚云 5.2, 云服务器 P3,
 * 七牛云 4.2). Throws disclosure-not-allowed when the customer's terms have no such case.
 */
export async function disclosureRecord(tx: Tx, ctx: Ctx, disclosure: Disclosure): Promise<void> {
  const { customerId, case: reason, kinds, to, reference } = disclosure;
  const terms = await acceptanceLatest(tx, customerId);
  const cases: readonly string[] = terms?.parameters.disclosure?.cases ?? [];
  if (!terms || !cases.includes(reason))
    throw problem['disclosure-not-allowed']({ cases: cases.join(', ') || '—' });
  await auditRecord(tx, ctx, {
    action: ACTION,
    subject: { kind: 'customer', id: customerId },
    customerId,
    clause: terms.clauseOf('disclosure'),
    facts: { case: reason, kinds, to, reference },
  });
}
