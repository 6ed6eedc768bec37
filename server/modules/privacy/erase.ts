import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { type Keep, PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';
import { type Person, rowsOf } from './person.ts';
import type { CertificateFacts } from './tables.ts';
import './tables.ts';

/**
 * Erases a person by the register, in its order: what nothing keeps goes at once, what a law keeps stays until its day,
 * which is written down. Everything in the caller's transaction.
 */
export async function erasePerson(
  tx: Tx,
  ctx: Ctx,
  person: Person,
): Promise<Pick<CertificateFacts, 'erased' | 'kept'>> {
  const erased: CertificateFacts['erased'] = [];
  const kept: CertificateFacts['kept'] = [];
  for (const table of PERSONAL_TABLES) {
    const own = rowsOf(table, person);
    if (table.atEnd) await setRows(tx, ctx, table.table, table.atEnd, own);
    const stays = table.keep ? staying(ctx, table, table.keep) : sql<boolean>`false`;
    const rows = await eraseRows(tx, ctx, table, sql`${own} and not (${stays})`);
    if (rows > 0) erased.push({ table: table.table, rows });
    if (table.keep)
      kept.push(...(await keepRows(tx, ctx, table, table.keep, person, sql`${own} and ${stays}`)));
  }
  return { erased, kept };
}

/** Of which rows the law says that they stay for now. */
function staying(ctx: Ctx, table: PersonalTable, keep: Keep): RawBuilder<boolean> {
  const young =
    keep.from === 'account' || table.at === null || keep.by
      ? sql<boolean>`true`
      : sql<boolean>`${monthsAfter(sql.ref(`t.${table.at}`), keep.months)} > ${ctx.now}`;
  return keep.if ? sql<boolean>`${young} and (${sql.raw(keep.if)})` : young;
}

async function keepRows(
  tx: Tx,
  ctx: Ctx,
  table: PersonalTable,
  keep: Keep,
  person: Person,
  which: RawBuilder<unknown>,
): Promise<CertificateFacts['kept']> {
  const from =
    keep.from === 'account' || table.at === null
      ? sql`${ctx.now}::timestamptz`
      : sql`max(${sql.ref(`t.${table.at}`)})`;
  const { rows: found } = await sql<{ rows: bigint; until: Date }>`
    select count(*) as rows, ${monthsAfter(from, monthsOf(ctx, keep))} as until
    from ${sql.table(table.table)} t where ${which}`.execute(tx);
  const { rows, until } = found[0]!;
  if (rows === 0n) return [];
  if (keep.from === 'account' && !keep.by)
    await tx
      .insertInto('privacy_kept')
      .values({
        id: newId(),
        brand: ctx.brand.id,
        customer_id: person.customerIds[0] ?? null,
        user_ids: person.userIds,
        kept: table.table,
        law: keep.law,
        rows,
        due_at: until,
        erased_at: null,
      })
      .execute();
  return [{ table: table.table, rows: Number(rows), law: keep.law, until: until.toISOString() }];
}

/** How long the record of acts is kept is the brand's to say, above what the law asks for. */
function monthsOf(ctx: Ctx, keep: Keep): number {
  return keep.by === 'audit.removal' ? (ctx.brand.audit_months ?? keep.months) : keep.months;
}

/** By calendar months, as laws count; in the database alone, so that all agree on which day that is. */
export function monthsAfter(from: RawBuilder<unknown>, months: number): RawBuilder<Date> {
  return sql<Date>`(${from} + make_interval(months => ${months}))`;
}

/** Does to these rows what the register says of the table. Returns how many there were. */
export async function eraseRows(
  tx: Tx,
  ctx: Ctx,
  { table, erase }: PersonalTable,
  which: RawBuilder<unknown>,
): Promise<number> {
  if ('stays' in erase) return 0;
  // What is never edited lets this through, and this alone, for this table (migration 0040).
  await sql`select set_config('cloudpact.erasing', ${table}, true)`.execute(tx);
  const rows =
    'delete' in erase
      ? (await sql`delete from ${sql.table(table)} t where ${which}`.execute(tx)).numAffectedRows
      : await setRows(tx, ctx, table, erase.set, which);
  await sql`select set_config('cloudpact.erasing', '', true)`.execute(tx);
  return Number(rows ?? 0n);
}

async function setRows(
  tx: Tx,
  ctx: Ctx,
  table: string,
  set: Readonly<Record<string, string>>,
  which: RawBuilder<unknown>,
): Promise<bigint | undefined> {
  const to = Object.entries(set).map(
    ([column, value]) => sql`${sql.ref(column)} = ${expression(value, ctx.now)}`,
  );
  const { numAffectedRows } =
    await sql`update ${sql.table(table)} t set ${sql.join(to)} where ${which}`.execute(tx);
  return numAffectedRows;
}

/** SQL of the register; `$now` in it is the instant. */
function expression(text: string, now: Date): RawBuilder<unknown> {
  const parts = text.split('$now').map((part) => sql.raw(part));
  return sql.join(parts, sql`${now}::timestamptz`);
}

/** Rows of which something is still left: whatever `erase` sets isn't so yet. */
export function unerased({ erase, columns, hidden = [] }: PersonalTable): RawBuilder<boolean> {
  if ('delete' in erase) return sql<boolean>`true`;
  if ('stays' in erase) return sql<boolean>`false`;
  const personal = new Set([...columns, ...hidden]);
  const parts = Object.entries(erase.set)
    .filter(([column]) => personal.has(column))
    .map(([column, to]) => sql`${sql.ref(`t.${column}`)} is distinct from (${sql.raw(to)})`);
  return sql<boolean>`(${sql.join(parts, sql` or `)})`;
}
