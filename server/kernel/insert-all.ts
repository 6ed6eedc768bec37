import type { Insertable } from 'kysely';
import { sql } from 'kysely';
import type { Tables, Tx } from './db.ts';

/**
 * Inserts rows of one shape in one statement with two parameters, however many there are: what is the same value (or
 * object) in every row is sent once. Values of jsonb columns are given as they are, not as text; bigints in them become
 * decimal strings.
 */
export async function insertAll<T extends keyof Tables & string>(
  tx: Tx,
  table: T,
  rows: readonly Insertable<Tables[T]>[],
): Promise<void> {
  const [first] = rows as readonly Record<string, unknown>[];
  if (!first) return;
  const columns = Object.keys(first);
  const own = columns.filter((column) =>
    (rows as readonly Record<string, unknown>[]).some((row) => !isSame(row[column], first[column])),
  );
  const same = columns.filter((column) => !own.includes(column));
  const given = (from: string, names: string[]) => names.map((name) => sql.ref(`${from}.${name}`));
  const list = sql.join([...own, ...same].map((name) => sql.ref(name)));
  await sql`insert into ${sql.table(table)} (${list}) select ${sql.join([...given('own', own), ...given('same', same)])}
    from json_populate_recordset(null::${sql.table(table)}, ${json(rows, own)}::json) own,
      json_populate_record(null::${sql.table(table)}, ${json(first, same)}::json) same`.execute(tx);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a instanceof Date && b instanceof Date && a.getTime() === b.getTime());
}

/** With the second argument an array, JSON.stringify would keep those names at every depth. */
function json(value: unknown, names: string[]): string {
  const chosen = (row: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, row[name]]));
  const rows = Array.isArray(value) ? value.map(chosen) : chosen(value as Record<string, unknown>);
  return JSON.stringify(rows, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}
