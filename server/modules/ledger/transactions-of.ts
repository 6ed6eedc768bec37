import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** The transactions that these causes were posted as, by the cause's id. */
export async function transactionsOf(
  db: Db | Tx,
  brand: string,
  source: string,
  sourceIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('ledger_transaction')
    .select(['id', 'source_id'])
    .where('brand', '=', brand)
    .where('source', '=', source)
    .where('source_id', '=', sql<string>`any(${sourceIds}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.source_id, row.id]));
}
