import writeXlsxFile from 'write-excel-file/node';
import { formatYuan } from '#kernel/money.ts';
import { type Locale, pick } from '#kernel/text.ts';
import type { ReportTable } from './report.ts';

/** What a spreadsheet would run as a formula, and what it would strip before it looks. */
const RUNS = /^[\s\uFEFF]*[=+\-@|＝＋－＠]/;
/** Excel takes a CSV for UTF-8 only with this before it. */
const BOM = '\uFEFF';
/** A workbook's numbers are doubles, by its format: what has more digits stays text. */
const DIGITS = 15;

function cells(
  table: ReportTable,
  locale: Locale,
): { head: string[]; rows: { value: string; amount: boolean }[][] } {
  return {
    head: table.columns.map(({ text }) => pick(text, locale)),
    rows: table.rows.map((row) =>
      table.columns.map(({ key }) => {
        const value = row[key] ?? '';
        return typeof value === 'bigint'
          ? { value: formatYuan(value), amount: true }
          : { value, amount: false };
      }),
    ),
  };
}

/** RFC 4180 with CRLF. Text that a spreadsheet would run gets an apostrophe before it; amounts are figures of ours. */
export function reportCsv(table: ReportTable, locale: Locale): string {
  const { head, rows } = cells(table, locale);
  const text = (value: string) => {
    const safe = RUNS.test(value) ? `'${value}` : value;
    return /[",\r\n\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [
    head.map(text),
    ...rows.map((row) => row.map(({ value, amount }) => (amount ? value : text(value)))),
  ];
  return `${BOM}${lines.map((line) => `${line.join(',')}\r\n`).join('')}`;
}

/** A workbook with one sheet; text is text there, whatever it begins with. */
export async function reportXlsx(table: ReportTable, locale: Locale): Promise<Buffer> {
  const { head, rows } = cells(table, locale);
  const sheet = [
    head.map((value) => ({ value, type: String, fontWeight: 'bold' as const })),
    ...rows.map((row) =>
      row.map((cell) =>
        cell.amount && cell.value.replace(/\D/g, '').length <= DIGITS
          ? { value: Number(cell.value), type: Number, format: '#,##0.00####' }
          : { value: cell.value, type: String },
      ),
    ),
  ];
  const options = {
    sheet: pick(table.title, locale),
    stickyRowsCount: 1,
    columns: head.map(() => ({ width: 24 })),
  };
  return writeXlsxFile(sheet, options).toBuffer();
}
