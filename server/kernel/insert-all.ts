import type { Insertable } from 'kysely';
import { sql } from 'kysely';
import type { Tables, Tx } from './db.ts';

/**
 * Inserts rows of one shape in one statement with one parameter, however many there are. Values of jsonb columns are
 * given as they are, not as text; bigints in them become decimal strings.
 */
export async function insertAll<T extends keyof Tables & string>(
  tx: Tx,
  table: T,
  rows: readonly Insertable<Tables[T]>[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns = sql.join(Object.keys(rows[0]!).map((column) => sql.ref(column)));
  const json = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${json}::json)`.execute(tx);
}
