import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { amountCapitals } from '#kernel/capitals.ts';
import { formatYuan, type Micro, parseYuan } from '#kernel/money.ts';
import { type Field, printPaper } from '#kernel/paper.ts';
import type { TaxInvoiceIssuer, TaxInvoiceRequest, TaxInvoiceState } from '#modules/documents/driver.ts';

/**
 * A stand-in for an issuing service (开票服务): takes requests, issues some time after, and can misbehave when told to.
 * Its papers say on their face that they are worth nothing. Production doesn't start with it.
 */
export interface LocalTaxInvoices extends TaxInvoiceIssuer {
  readonly faults: Faults;
}

export interface Faults {
  /** How often a request is asked after before it is done. */
  slow: number;
  /** The next calls throw before or after they took effect. */
  timeOut: { before: number; after: number };
  /** Refuses what is submitted from now on, for this reason. */
  refuse: string | null;
  /** Forgets what is submitted from now on. */
  lose: boolean;
}

interface Kept {
  request: Omit<TaxInvoiceRequest, 'amount'> & { amount: string };
  asked: number;
  number: string | null;
  at: string | null;
  refused: string | null;
  reversal: { asked: number; number: string | null; at: string | null } | null;
}

/** Keeps its books in `dir`, so that a restart forgets nothing. */
export function localTaxInvoices(dir: string, now: () => Date): LocalTaxInvoices {
  const book = new Book(join(dir, 'book.json'));
  const faults: Faults = { slow: 1, timeOut: { before: 0, after: 0 }, refuse: null, lose: false };
  const around = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (faults.timeOut.before-- > 0) throw new Error('the local issuing service timed out');
    faults.timeOut.before = Math.max(0, faults.timeOut.before);
    const answer = await work();
    if (faults.timeOut.after-- > 0) throw new Error('the local issuing service timed out after it did it');
    faults.timeOut.after = Math.max(0, faults.timeOut.after);
    return answer;
  };
  return {
    name: 'local',
    sandbox: true,
    faults,
    submit: (request) =>
      around(() => {
        if (faults.lose || book.find(request.id)) return;
        const kept = { ...request, amount: formatYuan(request.amount) };
        book.add({ request: kept, asked: 0, number: null, at: null, refused: faults.refuse, reversal: null });
      }),
    query: (id) =>
      around(() => (book.find(id) ? issueState(book, book.find(id)!, faults, now) : { state: 'unknown' })),
    file: (number) => around(() => paperOf(book, number)),
    reverse: ({ id }) =>
      around(() => {
        const kept = book.find(id);
        if (kept?.number && !kept.reversal)
          book.change(kept, { reversal: { asked: 0, number: null, at: null } });
      }),
    queryReversal: (id) => around(() => reversalState(book, book.find(id), faults, now)),
  };
}

function issueState(book: Book, kept: Kept, { slow }: Faults, now: () => Date): TaxInvoiceState {
  if (kept.refused) return { state: 'refused', reason: kept.refused };
  const asked = kept.asked + 1;
  book.change(kept, { asked });
  if (!kept.number && asked > slow)
    book.change(kept, { number: book.nextNumber(now()), at: now().toISOString() });
  return kept.number ? { state: 'done', number: kept.number, at: new Date(kept.at!) } : { state: 'working' };
}

function reversalState(
  book: Book,
  kept: Kept | undefined,
  { slow }: Faults,
  now: () => Date,
): TaxInvoiceState {
  if (!kept?.reversal) return { state: 'unknown' };
  const reversal = { ...kept.reversal, asked: kept.reversal.asked + 1 };
  if (!reversal.number && reversal.asked > slow) {
    reversal.number = book.nextNumber(now());
    reversal.at = now().toISOString();
  }
  book.change(kept, { reversal });
  return reversal.number
    ? { state: 'done', number: reversal.number, at: new Date(reversal.at!) }
    : { state: 'working' };
}

/** The books, written whole to a file at each change. */
class Book {
  readonly #file: string;
  #rows: Kept[];

  constructor(file: string) {
    this.#file = file;
    this.#rows = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept[]) : [];
  }

  find(id: string): Kept | undefined {
    return this.#rows.find(({ request }) => request.id === id);
  }

  byNumber(number: string): Kept | undefined {
    return this.#rows.find((row) => row.number === number || row.reversal?.number === number);
  }

  add(row: Kept): void {
    this.#rows.push(row);
    this.#write();
  }

  change(row: Kept, facts: Partial<Kept>): void {
    Object.assign(row, facts);
    this.#write();
  }

  /** 20 digits as fully digital invoices have: year, 99 for a place that doesn't exist, a count. */
  nextNumber(now: Date): string {
    const issued = this.#rows.flatMap(({ number, reversal }) => [number, reversal?.number]).filter(Boolean);
    return `${now.toISOString().slice(2, 4)}99${String(issued.length + 1).padStart(16, '0')}`;
  }

  #write(): void {
    mkdirSync(join(this.#file, '..'), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#rows));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function paperOf(book: Book, number: string): Promise<Buffer> {
  const kept = book.byNumber(number);
  if (!kept) throw new Error(`the local issuing service has no invoice ${number}`);
  const red = kept.reversal?.number === number;
  const { title, seller, type } = kept.request;
  const amount: Micro = red ? -parseYuan(kept.request.amount) : parseYuan(kept.request.amount);
  const kind = type === 'special' ? '增值税专用发票' : '增值税普通发票';
  const name = `${red ? '红字' : ''}电子发票（样张）`;
  const buyer: Field[] = [['名称', title.name]];
  if (title.taxNumber) buyer.push(['税号', title.taxNumber]);
  if (title.address) buyer.push(['地址电话', `${title.address} ${title.phone ?? ''}`]);
  if (title.bank) buyer.push(['开户行及账号', `${title.bank} ${title.bankAccount ?? ''}`]);
  const yuan = `¥${formatYuan(amount)}`.replace('¥-', '-¥');
  return printPaper({
    title: `${name} ${number}`,
    language: 'zh-CN',
    colour: '#a1291f',
    date: new Date(red ? kept.reversal!.at! : kept.at!),
    letterhead: { brand: kind, tagline: '本地模拟的开票服务', name, number },
    blocks: [
      { kind: 'banner', text: '样张：由开发用的本地替身开具，不是发票，没有任何税务效力。' },
      {
        kind: 'parties',
        left: { title: '购买方', fields: buyer },
        right: {
          title: '销售方',
          fields: [
            ['名称', seller.name],
            ['税号', seller.taxNumber ?? '（未填写）'],
          ],
        },
      },
      {
        kind: 'table',
        columns: [
          { title: '项目名称', width: 70 },
          { title: '金额（含税）', width: 30, align: 'right' },
        ],
        rows: [{ cells: ['*信息技术服务*云计算服务费', yuan] }],
      },
      { kind: 'totals', rows: [['价税合计', yuan]], words: `人民币（大写）：${amountCapitals(amount)}` },
      ...(red ? [{ kind: 'text' as const, text: `红冲的原发票号码：${kept.number}` }] : []),
    ],
    footer: `样张 · ${name} ${number}`,
  });
}
