import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Sealer } from '#kernel/seal.ts';
import { CATEGORIES, type Category, PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';
import { SEALED_COLUMNS } from '#server/sealed-columns.ts';
import { type Person, rowsOf } from './person.ts';

export type Cell = string | number | boolean | null | Cell[] | { [key: string]: Cell };
export interface Shown {
  table: string;
  rows: Record<string, Cell>[];
  /** There are more than were read. */
  more: boolean;
}

/** What of the register can be somebody's who has an account here, in the order of the page. */
export const OWN_TABLES: readonly PersonalTable[] = CATEGORIES.flatMap((category) =>
  PERSONAL_TABLES.filter(
    (table) =>
      table.category === category &&
      table.whose !== 'staff' &&
      table.found.length > 0 &&
      table.columns.length > 0,
  ).reverse(),
);

/** How many rows a person has in each table, for the page that lists what there is. Tables without any are left out. */
export async function dataCounts(db: Db | Tx, person: Person): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of OWN_TABLES) {
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from ${sql.table(table.table)} t
      where ${rowsOf(table, person)}`.execute(db);
    if (rows[0]!.n > 0n) counts.set(table.table, Number(rows[0]!.n));
  }
  return counts;
}

/** A person's rows, newest first where they have a time; sealed values opened. */
export async function dataOf(
  db: Db | Tx,
  sealer: Sealer,
  person: Person,
  wanted: { category?: Category | undefined; limit: number },
): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const table of OWN_TABLES) {
    if (wanted.category !== undefined && table.category !== wanted.category) continue;
    const rows = await tableRows(db, sealer, table, person, wanted.limit + 1);
    if (rows.length === 0) continue;
    shown.push({ table: table.table, rows: rows.slice(0, wanted.limit), more: rows.length > wanted.limit });
  }
  return shown;
}

async function tableRows(db: Db | Tx, sealer: Sealer, table: PersonalTable, person: Person, limit: number) {
  const sealed = SEALED_COLUMNS.filter(
    (each) => each.table === table.table && table.columns.includes(each.column),
  );
  const keys = [...new Set(sealed.flatMap(({ key }) => key))];
  const order = table.at ? sql`order by ${sql.ref(`t.${table.at}`)} desc nulls last` : sql``;
  const columns = [
    ...table.columns.map((column) => sql`${sql.ref(`t.${column}`)}`),
    ...keys.map((key) => sql`${sql.ref(`t.${key}`)}::text as ${sql.ref(`key_${key}`)}`),
  ];
  const { rows } = await sql<
    Record<string, unknown>
  >`select ${sql.join(columns)} from ${sql.table(table.table)} t
    where ${rowsOf(table, person)} and (${sql.raw(table.shown ?? 'true')}) ${order} limit ${limit}`.execute(
    db,
  );
  return rows.map((row) => {
    const key = Object.fromEntries(keys.map((name) => [name, String(row[`key_${name}`])]));
    return Object.fromEntries(
      table.columns.map((column) => {
        const opener = sealed.find((each) => each.column === column);
        const value = row[column];
        return [
          column,
          opener && Buffer.isBuffer(value) ? opened(sealer, value, opener.owner(key)) : cell(value),
        ];
      }),
    );
  });
}

function opened(sealer: Sealer, value: Buffer, owner: string): Cell {
  return value.length === 0 ? null : sealer.open(value, owner);
}

/** As JSON has it: instants in ISO 8601, whole numbers of 64 bits as text, files not at all. */
function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return `(${value.length} bytes)`;
  if (Array.isArray(value)) return value.map(cell);
  if (typeof value === 'object') return JSON.parse(JSON.stringify(value)) as Cell;
  return value as Cell;
}
