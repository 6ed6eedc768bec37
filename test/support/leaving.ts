import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Db } from '#kernel/db.ts';
import { PERSONAL_TABLES } from '#server/personal-data.ts';

/** Looks at every row of every table for what is known of somebody who left, but for tables that a law keeps. */
export async function nowhere(
  db: Db,
  person: Record<string, string>,
  kept: ReadonlySet<string>,
  ids: { customer: string; user: string },
): Promise<void> {
  const { rows } = await sql<{ schema: string; name: string }>`select schemaname as schema, tablename as name
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`.execute(db);
  for (const { schema, name } of rows) {
    const dump = await sql<{
      row: string;
    }>`select row_to_json(t)::text as row from ${sql.table(`${schema}.${name}`)} t`.execute(db);
    for (const { row } of dump.rows) {
      for (const [what, value] of Object.entries(person)) {
        const found = row.toLowerCase().includes(value.toLowerCase());
        assert.ok(!found || kept.has(name), `${what} stands in ${schema}.${name}: ${row.slice(0, 400)}`);
      }
      const own = row.includes(ids.customer) || row.includes(ids.user);
      if (own && !kept.has(name)) assert.doesNotMatch(row, /127\.0\.0\.1/, `an address in ${name}: ${row}`);
    }
  }
  for (const name of kept)
    assert.ok(PERSONAL_TABLES.find(({ table }) => table === name)?.keep, `${name} is kept by a rule`);
}
