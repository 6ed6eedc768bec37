import type { Selectable } from 'kysely';
import type { Sealer } from '#kernel/seal.ts';
import { BASES, LAWS, type Law, PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';
import { columnName, PURPOSE_NAMES } from '#server/personal-data-names.ts';
import type { Shown } from './data-read.ts';
import { type Request, requestText } from './request.ts';
import type { CertificateTable } from './tables.ts';

const BY_NAME = new Map(PERSONAL_TABLES.map((table) => [table.table, table]));
const UNNAMED = (table: string) => ({ zh: table, en: table });

export function shownTable(table: PersonalTable, rows: number) {
  const { keep } = table;
  return {
    table: table.table,
    name: table.name,
    category: table.category,
    purposes: [...table.purposes],
    purpose_names: table.purposes.map((purpose) => PURPOSE_NAMES[purpose]),
    basis: BASES[table.basis],
    kept: keep ? { law: LAWS[keep.law], months: keep.months, from: keep.from } : null,
    rows,
  };
}

export function shownRows({ table, rows, more }: Shown) {
  const { name, columns } = BY_NAME.get(table)!;
  return {
    table,
    name,
    columns: columns.map((column) => ({ column, name: columnName(column) })),
    rows,
    more,
  };
}

export function shownRequest(sealer: Sealer, row: Request) {
  const { id, kind, state, answer } = row;
  return {
    ...{ id, kind, state, answer },
    text: requestText(sealer, row),
    asked_at: row.asked_at.toISOString(),
    due_at: row.due_at.toISOString(),
    act_at: row.act_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}

/** Tables keep their words after they left the register: a certificate outlives both. */
export function shownCertificate(row: Selectable<CertificateTable>) {
  const { facts } = row;
  const part = ({ table, rows }: { table: string; rows: number }) => ({
    table,
    name: BY_NAME.get(table)?.name ?? UNNAMED(table),
    rows,
  });
  return {
    number: row.number,
    issued_at: row.issued_at.toISOString(),
    sha256: row.sha256,
    asked_at: facts.asked_at,
    erased: facts.erased.map(part),
    kept: facts.kept.map((each) => ({ ...part(each), law: LAWS[each.law as Law], until: each.until })),
  };
}
