import { CsvError, parse } from 'csv-parse/sync';
import { type Micro, MoneyError, parseYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';

/** A bank's statement of what came in, as CSV (RFC 4180) in UTF-8 with a header line. */

export interface StatementRow {
  /** Line of the file, the header being 1. */
  row: number;
  bankReference: string;
  amount: Micro;
  /** "2026-03-02", as the bank writes its day. */
  receivedOn: string;
  payerName: string;
  memo: string;
}

export interface StatementFault {
  row: number;
  column: string;
  message: LocalizedText;
}

/** What each column may be called; the first is what the help shows. */
const COLUMNS = {
  date: ['date', '交易日期', '日期', '入账日期'],
  amount: ['amount', '金额', '收入金额', '贷方发生额', '贷方金额'],
  payer: ['payer', '对方户名', '付款人', '付款人名称'],
  memo: ['memo', '摘要', '附言', '用途', '备注'],
  bank_reference: ['bank_reference', '流水号', '交易流水号', '凭证号'],
} as const;

type Column = keyof typeof COLUMNS;

export const STATEMENT_ROWS = 5_000;
/** So many are named; who has more begins with these. */
const FAULTS_SHOWN = 100;

/** All rows, or all faults (at most 100): never some of both. */
export function statementRead(
  text: string,
): { rows: StatementRow[]; faults: [] } | { rows: []; faults: StatementFault[] } {
  const read = records(text);
  if ('fault' in read) return { rows: [], faults: [read.fault] };
  const [header, ...lines] = read.records;
  const { places, faults } = columnsOf(header?.record ?? []);
  if (faults.length > 0) return { rows: [], faults };
  const rows: StatementRow[] = [];
  const seen = new Map<string, number>();
  for (const { record, line } of lines) {
    const found = faults.length;
    const row = readRow(record, line, places, faults);
    const earlier = seen.get(row.bankReference);
    if (earlier !== undefined) faults.push(fault(line, 'bank_reference', TWICE(earlier)));
    seen.set(row.bankReference, line);
    if (faults.length === found) rows.push(row);
  }
  if (lines.length === 0) faults.push(fault(2, 'date', EMPTY));
  if (lines.length > STATEMENT_ROWS) faults.push(fault(STATEMENT_ROWS + 2, 'date', TOO_MANY));
  return faults.length > 0 ? { rows: [], faults: faults.slice(0, FAULTS_SHOWN) } : { rows, faults: [] };
}

interface Recorded {
  record: string[];
  line: number;
}

function records(text: string): { records: Recorded[] } | { fault: StatementFault } {
  try {
    const parsed = parse(text, {
      bom: true,
      info: true,
      skipEmptyLines: true,
      relaxColumnCount: false,
      maxRecordSize: 10_000,
      // More than may be imported is enough to tell that it is too much.
      toLine: STATEMENT_ROWS + 10,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return { records: parsed.map(({ record, info }) => ({ record, line: info.lines })) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines = 1, column } = error as CsvError & { lines?: number; column?: number | string };
    const place = typeof column === 'number' ? String(column + 1) : (column ?? '1');
    return { fault: fault(lines, place, MALFORMED[error.code] ?? BROKEN) };
  }
}

function columnsOf(header: string[]): { places: Record<Column, number>; faults: StatementFault[] } {
  const faults: StatementFault[] = [];
  const names = header.map((name) => name.trim().toLowerCase());
  const place = (column: Column) => {
    const accepted: readonly string[] = COLUMNS[column];
    const found = names.flatMap((name, i) => (accepted.includes(name) ? [i] : []));
    if (found.length === 0) faults.push(fault(1, column, MISSING(accepted.join(' / '))));
    if (found.length > 1) faults.push(fault(1, column, DOUBLED(accepted.join(' / '))));
    return found[0] ?? 0;
  };
  const places = {
    date: place('date'),
    amount: place('amount'),
    payer: place('payer'),
    memo: place('memo'),
    bank_reference: place('bank_reference'),
  };
  return { places, faults };
}

function readRow(
  record: string[],
  row: number,
  places: Record<Column, number>,
  faults: StatementFault[],
): StatementRow {
  const cell = (column: Column) => (record[places[column]] ?? '').normalize('NFC').trim();
  const refuse = (column: Column, message: LocalizedText) => faults.push(fault(row, column, message));
  const receivedOn = readDay(cell('date'));
  if (!receivedOn) refuse('date', NOT_A_DAY);
  const amount = readAmount(cell('amount'));
  if (amount === null) refuse('amount', NOT_AN_AMOUNT);
  const bankReference = cell('bank_reference');
  if (!/^[\w./-]{1,64}$/.test(bankReference)) refuse('bank_reference', NOT_A_REFERENCE);
  const [payerName, memo] = [cell('payer'), cell('memo')];
  if (!readable(payerName, 100)) refuse('payer', UNREADABLE);
  if (!readable(memo, 300)) refuse('memo', UNREADABLE);
  return { row, bankReference, amount: amount ?? 0n, receivedOn: receivedOn ?? '', payerName, memo };
}

function readable(text: string, max: number): boolean {
  return text.length <= max && !/\p{Cc}|\p{Cf}|\ufffd/u.test(text);
}

/** "2026-03-02", "2026/3/2" or "20260302"; null when there is no such day. */
function readDay(text: string): string | null {
  const match = /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|(\d{2})(\d{2}))$/.exec(text);
  if (!match) return null;
  const [year, month, day] = [
    match[1]!,
    match[2] ?? match[4] ?? match[6]!,
    match[3] ?? match[5] ?? match[7]!,
  ];
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const instant = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(iso) ? iso : null;
}

/** Whole fen above zero, thousands parted by commas or not; null for anything else. */
function readAmount(text: string): Micro | null {
  const plain = /^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(text) ? text.replaceAll(',', '') : text;
  try {
    const micro = parseYuan(plain);
    return micro > 0n && micro % 10_000n === 0n ? micro : null;
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

function fault(row: number, column: string, message: LocalizedText): StatementFault {
  return { row, column, message };
}

const NOT_A_DAY = { zh: '不是日期（如 2026-03-02）', en: 'Not a day (such as 2026-03-02)' };
const NOT_AN_AMOUNT = { zh: '不是大于 0 的金额（如 20.00）', en: 'Not an amount above zero (such as 20.00)' };
const NOT_A_REFERENCE = {
  zh: '流水号只能有字母、数字和 . / - _，最多 64 个字符',
  en: 'A bank reference has letters, digits and . / - _, at most 64 characters',
};
const UNREADABLE = { zh: '太长或有不可见字符', en: 'Too long, or it has invisible characters' };
const EMPTY = { zh: '没有数据行', en: 'There are no rows' };
const TOO_MANY = { zh: `一次最多 ${STATEMENT_ROWS} 行`, en: `At most ${STATEMENT_ROWS} rows at a time` };
const BROKEN = { zh: '不是有效的 CSV', en: 'Not valid CSV' };
const MALFORMED: Record<string, LocalizedText> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: {
    zh: '列数与标题行不同',
    en: 'It has not as many columns as the header line',
  },
  CSV_QUOTE_NOT_CLOSED: { zh: '引号没有结束', en: 'A quotation mark isn’t closed' },
};
const TWICE = (row: number) => ({
  zh: `与第 ${row} 行的流水号相同`,
  en: `The same bank reference as row ${row}`,
});
const MISSING = (names: string) => ({
  zh: `缺少这一列（${names}）`,
  en: `This column is missing (${names})`,
});
const DOUBLED = (names: string) => ({
  zh: `这一列出现了两次（${names}）`,
  en: `This column stands twice (${names})`,
});
