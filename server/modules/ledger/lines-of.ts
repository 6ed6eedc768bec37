import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { AccountKind } from './tables.ts';
import './tables.ts';

/** The lines of what one cause was posted as; none where it never was. */
export function linesOf(
  db: Db | Tx,
  brand: string,
  source: string,
  sourceId: string,
): Promise<{ kind: AccountKind; owner: string; amount: Micro }[]> {
  return db
    .selectFrom('ledger_transaction as t')
    .innerJoin('ledger_entry as e', 'e.transaction_id', 't.id')
    .innerJoin('ledger_account as a', 'a.id', 'e.account_id')
    .select(['a.kind', 'a.owner', 'e.amount_micro as amount'])
    .where('t.brand', '=', brand)
    .where('t.source', '=', source)
    .where('t.source_id', '=', sourceId)
    .orderBy('e.id')
    .execute();
}
