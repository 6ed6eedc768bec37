import type { Tx } from '#kernel/db.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { problem } from './rules.ts';

/** The clause by which this customer may apply for such a document. Throws `documents-not-offered`. */
export async function documentsOffered(
  tx: Tx,
  customerId: string,
  kind: 'tax-invoice' | 'contract',
): Promise<ClauseRef> {
  const terms = await acceptanceLatest(tx, customerId);
  if (!terms?.parameters.documents?.kinds.includes(kind)) throw problem['documents-not-offered']();
  return terms.clauseOf('documents');
}

/** The same for what was applied for under it: later terms may not offer it any more, the clause still names why. */
export async function documentsClause(tx: Tx, customerId: string): Promise<ClauseRef | undefined> {
  const terms = await acceptanceLatest(tx, customerId);
  return terms?.parameters.documents ? terms.clauseOf('documents') : undefined;
}
