import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';
import { SEALED_COLUMNS } from '#server/sealed-columns.ts';
import { eraseRows } from './erase.ts';
import { problem } from './rules.ts';

/** People without an account: who reports abuse, who pays for somebody, a guardian, who was invited. */

export interface Trace {
  table: string;
  row: string;
  columns: string[];
  at: string | null;
  /** Why it can't be erased at this moment, if a law keeps it. */
  law: string | null;
}

const OUTSIDE = PERSONAL_TABLES.filter(({ whose }) => whose === 'outsider');
const MOST = 100;
/** Sealed rows that are opened for one search. */
const MOST_SEALED = 20_000;

/**
 * Where a mailbox, a number or a name stands that somebody without an account asks about. Sealed values are opened one
 * by one, so it is for staff who answer a request, not for a page.
 */
export async function strangerFind(db: Db | Tx, ctx: Ctx, sealer: Sealer, text: string): Promise<Trace[]> {
  const wanted = text.trim().toLowerCase();
  const traces: Trace[] = [];
  for (const table of OUTSIDE) {
    for (const column of table.columns) {
      const sealed = SEALED_COLUMNS.find((each) => each.table === table.table && each.column === column);
      const rows = sealed
        ? await sealedRows(db, ctx, sealer, table, sealed, wanted)
        : await plainRows(db, ctx, table, column, wanted);
      for (const { row, at, kept } of rows)
        traces.push({
          table: table.table,
          row,
          columns: [column],
          at,
          law: kept ? (table.keep?.law ?? null) : null,
        });
    }
  }
  return merged(traces).slice(0, MOST);
}

interface Found {
  row: string;
  at: string | null;
  kept: boolean;
}

const facts = ({ at, keep }: PersonalTable) => ({
  at: at ? sql`${sql.ref(`t.${at}`)}::text` : sql`null`,
  kept: keep ? (keep.if ? sql`(${sql.raw(keep.if)})` : sql`true`) : sql`false`,
});

async function plainRows(
  db: Db | Tx,
  ctx: Ctx,
  table: PersonalTable,
  column: string,
  wanted: string,
): Promise<Found[]> {
  const { at, kept } = facts(table);
  const { rows } = await sql<Found>`select t.id::text as row, ${at} as at, ${kept} as kept
    from ${sql.table(table.table)} t where ${inBrand(table, ctx)}
    and lower(${sql.ref(`t.${column}`)}::text) = ${wanted} limit ${MOST}`.execute(db);
  return rows;
}

async function sealedRows(
  db: Db | Tx,
  ctx: Ctx,
  sealer: Sealer,
  table: PersonalTable,
  sealed: (typeof SEALED_COLUMNS)[number],
  wanted: string,
): Promise<Found[]> {
  const { at, kept } = facts(table);
  const value = sql.ref(`t.${sealed.column}`);
  const { rows } = await sql<
    Found & { value: Buffer }
  >`select t.id::text as row, ${at} as at, ${kept} as kept,
      ${value} as value
    from ${sql.table(table.table)} t where ${inBrand(table, ctx)} and length(${value}) > 0
    order by t.id desc limit ${MOST_SEALED}`.execute(db);
  return rows
    .filter(({ row, value: bytes }) => sealer.open(bytes, sealed.owner({ id: row })).toLowerCase() === wanted)
    .map(({ row, at: when, kept: stays }) => ({ row, at: when, kept: stays }));
}

/** Rows of tables without a brand are reached by their payment's or their account's alone, which have one. */
function inBrand({ table, found }: PersonalTable, ctx: Ctx) {
  const via = found.find((link) => 'via' in link);
  if (via && 'via' in via)
    return sql`${sql.ref(`t.${via.via}`)} in (select ${sql.ref(via.key)} from ${sql.table(via.table)} where brand = ${ctx.brand.id})`;
  return table ? sql`t.brand = ${ctx.brand.id}` : sql`false`;
}

function merged(traces: Trace[]): Trace[] {
  const by = new Map<string, Trace>();
  for (const trace of traces) {
    const known = by.get(`${trace.table} ${trace.row}`);
    if (known) known.columns.push(...trace.columns);
    else by.set(`${trace.table} ${trace.row}`, trace);
  }
  return [...by.values()];
}

/** Staff erase one trace of somebody without an account, as the register says. Throws 404, `law-keeps`. */
export async function strangerErase(
  tx: Tx,
  ctx: Ctx,
  given: { table: string; row: string; request: string },
): Promise<void> {
  const table = OUTSIDE.find((each) => each.table === given.table);
  if (!table) throw common['not-found']();
  const own = sql`t.id::text = ${given.row} and ${inBrand(table, ctx)}`;
  const { kept } = facts(table);
  const { rows } = await sql<{ kept: boolean }>`select ${kept} as kept from ${sql.table(table.table)} t
    where ${own}`.execute(tx);
  if (!rows[0]) throw common['not-found']();
  if (rows[0].kept) throw problem['law-keeps']({ law: table.keep!.law });
  await eraseRows(tx, ctx, table, own);
  await auditRecord(tx, ctx, {
    action: 'privacy.stranger-erased',
    subject: { kind: 'privacy-request', id: given.request },
    customerId: null,
    facts: { table: given.table, row: given.row },
  });
}
