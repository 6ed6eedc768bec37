import { CsvError, parse } from 'csv-parse/sync';
import { parseYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { CatalogueDocument } from './document.ts';

/** A price list as CSV (RFC 4180) in UTF-8: one price a row, of a plan or of an option. */

export const COLUMNS = ['product', 'plan', 'option', 'price'] as const;
type Column = (typeof COLUMNS)[number];

export interface PriceFault {
  /** Line of the file, the header being 1. */
  row: number;
  column: string;
  message: LocalizedText;
}

const MOST_ROWS = 5_000;
const MOST_FAULTS = 100;

/** The catalogue with the prices of the list, or all faults of the list: never some of both. */
export function priceListApply(
  document: CatalogueDocument,
  csv: string,
): { document: CatalogueDocument; faults: PriceFault[] } {
  const changed = structuredClone(document);
  const faults: PriceFault[] = [];
  const seen = new Map<string, number>();
  const rows = readRows(csv, faults);
  if (rows.length === 0 && faults.length === 0)
    faults.push(fault(2, 'price', { zh: '没有任何价格', en: 'there is no price' }));
  for (const { row, cells } of rows) {
    const place = priceOf(changed, row, cells, faults);
    const key = `${cells.product}/${cells.plan}/${cells.option}`;
    const earlier = seen.get(key);
    if (earlier !== undefined)
      faults.push(
        fault(row, cells.plan ? 'plan' : 'option', {
          zh: `与第 ${earlier} 行重复`,
          en: `stands in row ${earlier} already`,
        }),
      );
    seen.set(key, row);
    const price = readPrice(row, cells.price, faults);
    if (place && price !== null) place.price = price;
  }
  return faults.length > 0
    ? { document, faults: faults.slice(0, MOST_FAULTS) }
    : { document: changed, faults };
}

/** The list of a catalogue as it can be changed and imported again. */
export function priceListOf(document: CatalogueDocument): string {
  const rows = document.products.flatMap((product) => [
    ...product.plans.map(({ id, price }) => [product.id, id, '', price]),
    ...(product.options ?? []).map(({ id, price }) => [product.id, '', id, price]),
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

interface Row {
  row: number;
  cells: Record<Column, string>;
}

function readRows(csv: string, faults: PriceFault[]): Row[] {
  try {
    const records = parse(csv, {
      bom: true,
      info: true,
      skipEmptyLines: true,
      relaxColumnCount: true,
      maxRecordSize: 10_000,
      toLine: MOST_ROWS + 10,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    const [header, ...lines] = records;
    const names = (header?.record ?? []).map((name) => name.trim().toLowerCase());
    for (const column of COLUMNS) {
      if (names.filter((name) => name === column).length !== 1)
        faults.push(fault(1, column, { zh: '须有且只有一列', en: 'has to be there, once' }));
    }
    const strange = names.find((name) => !COLUMNS.some((column) => column === name));
    if (strange !== undefined) faults.push(fault(1, strange, { zh: '没有这个列', en: 'is no column of it' }));
    if (lines.length > MOST_ROWS)
      faults.push(fault(MOST_ROWS + 2, 'price', { zh: '行数过多', en: 'is more than can be imported' }));
    if (faults.length > 0) return [];
    return lines.map(({ record, info }) => {
      if (record.length !== names.length)
        faults.push(
          fault(info.lines, names[Math.min(record.length, names.length - 1)]!, {
            zh: `应有 ${names.length} 列，实有 ${record.length} 列`,
            en: `${names.length} columns are due, ${record.length} are there`,
          }),
        );
      const cell = (column: Column) => (record[names.indexOf(column)] ?? '').normalize('NFC').trim();
      return {
        row: info.lines,
        cells: { product: cell('product'), plan: cell('plan'), option: cell('option'), price: cell('price') },
      };
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines = 1 } = error as CsvError & { lines?: number };
    faults.push(
      fault(lines, 'product', { zh: 'CSV 格式有误（引号不配对）', en: 'the CSV is broken (a quote)' }),
    );
    return [];
  }
}

/** The plan or option whose price a row gives. */
function priceOf(
  document: CatalogueDocument,
  row: number,
  { product: id, plan, option }: Row['cells'],
  faults: PriceFault[],
): { price: string } | null {
  const product = document.products.find((one) => one.id === id);
  if (!product) {
    faults.push(fault(row, 'product', { zh: `没有产品 ${id}`, en: `there is no product ${id}` }));
    return null;
  }
  if ((plan === '') === (option === '')) {
    const message = { zh: '套餐和选配须填其一', en: 'give a plan or an option, one of them' };
    faults.push(fault(row, plan ? 'option' : 'plan', message));
    return null;
  }
  const found = plan
    ? product.plans.find((one) => one.id === plan)
    : product.options?.find((one) => one.id === option);
  if (!found)
    faults.push(
      plan
        ? fault(row, 'plan', { zh: `没有套餐 ${plan}`, en: `there is no plan ${plan}` })
        : fault(row, 'option', { zh: `没有选配 ${option}`, en: `there is no option ${option}` }),
    );
  return found ?? null;
}

/** Yuan with two decimals at most. */
function readPrice(row: number, text: string, faults: PriceFault[]): string | null {
  if (/^\d{1,9}(\.\d{1,2})?$/.test(text) && parseYuan(text) >= 0n) return text;
  faults.push(fault(row, 'price', { zh: '不是金额，如 9.90', en: 'is no amount such as 9.90' }));
  return null;
}

function fault(row: number, column: string, message: LocalizedText): PriceFault {
  return { row, column, message };
}
