import type { Field, Paper, PaperRow } from '#kernel/paper.ts';
import type { Locale } from '#kernel/text.ts';
import { addMs } from '#kernel/time.ts';
import type { CreditNoteRow, InvoiceRow } from './invoice-read.ts';
import { day, inWords, moment, sellerFields, sheet, word, yuan } from './paper-text.ts';
import type { Seller } from './tables.ts';

/** An invoice as it was issued: later credit notes are papers of their own. */
export function invoicePaper(
  row: Omit<InvoiceRow, 'credited_micro' | 'settled_micro'>,
  seller: Seller,
  locale: Locale,
): Paper {
  const t = word(locale);
  const name = { zh: '账单', en: 'Invoice' };
  const from: Field = row.month
    ? [t('账期', 'Month'), row.month.slice(0, 7)]
    : row.order_number === null
      ? [t('购买', 'For'), t('资源包', 'Prepaid quota')]
      : [t('订单号', 'Order'), row.order_number];
  const rows: PaperRow[] = row.lines.map((line) => ({
    cells: [
      line.text[locale],
      span(new Date(line.period_start), new Date(line.period_end), seller),
      yuan(BigInt(line.amount)),
    ],
    detail: line.charges > 1 ? t(`共 ${line.charges} 笔`, `${line.charges} charges`) : undefined,
  }));
  const owed = row.amount_micro - row.cash_micro - row.gift_micro;
  const sums: Field[] = [
    [t('不含税金额', 'Net'), yuan(row.amount_micro - row.tax_micro)],
    [t('税额', 'Tax'), yuan(row.tax_micro)],
    [t('余额支付', 'Paid from balance'), yuan(row.cash_micro)],
  ];
  if (row.gift_micro > 0n) sums.push([t('赠金抵扣', 'Paid from gifts'), yuan(row.gift_micro)]);
  if (owed > 0n) sums.push([t('待付', 'Owed'), yuan(owed)]);
  sums.push([t('合计（含税）', 'Total incl. tax'), yuan(row.amount_micro)]);
  return {
    ...sheet(seller, locale, { name, number: row.number, date: row.issued_at }),
    blocks: [
      {
        kind: 'parties',
        left: { title: t('服务提供方', 'From'), fields: sellerFields(seller, locale) },
        right: {
          title: t('账单信息', 'Invoice'),
          fields: [
            [t('账单号', 'Number'), row.number],
            [t('开具日期', 'Issued'), day(row.issued_at, seller)],
            from,
            [t('客户编号', 'Customer'), row.customer_id],
          ],
        },
      },
      {
        kind: 'table',
        columns: [
          { title: t('项目', 'Item'), width: 52 },
          { title: t('服务期间', 'Period'), width: 30 },
          { title: t('金额（元）', 'Amount (CNY)'), width: 18, align: 'right' },
        ],
        rows,
      },
      { kind: 'totals', rows: sums, words: inWords(row.amount_micro, locale) },
      {
        kind: 'text',
        small: true,
        text: t(
          '本账单是收费凭证，不是税务发票；需要发票请在控制台申请，以余额实付的金额为限。',
          'This invoice is evidence of what was charged. It is not a Chinese tax invoice (fapiao); apply for one in the console, up to what was paid from the balance.',
        ),
      },
    ],
  };
}

/** Days from the first to the last one inside; a moment within one day in full. */
export function span(start: Date, end: Date, seller: Seller): string {
  const [first, last] = [day(start, seller), day(addMs(end, end > start ? -1 : 0), seller)];
  return first === last ? moment(start, seller) : `${first} – ${last}`;
}

export function creditNotePaper(row: CreditNoteRow, seller: Seller, locale: Locale): Paper {
  const t = word(locale);
  const name = { zh: '贷项通知单', en: 'Credit note' };
  const fields: Field[] = [
    [t('编号', 'Number'), row.number],
    [t('开具日期', 'Issued'), day(row.issued_at, seller)],
    [t('对应账单', 'Of invoice'), row.invoice_number],
    [t('客户编号', 'Customer'), row.customer_id],
  ];
  if (row.clause) fields.push([t('依据条款', 'Clause'), `${row.clause.clause} (${row.clause.version})`]);
  return {
    ...sheet(seller, locale, { name, number: row.number, date: row.issued_at }),
    blocks: [
      {
        kind: 'parties',
        left: { title: t('服务提供方', 'From'), fields: sellerFields(seller, locale) },
        right: { title: t('冲减信息', 'Credit note'), fields },
      },
      {
        kind: 'table',
        columns: [
          { title: t('事由', 'Reason'), width: 70 },
          { title: t('冲减金额（元）', 'Credited (CNY)'), width: 30, align: 'right' },
        ],
        rows: [{ cells: [reasonOf(row.reason, locale), yuan(-row.amount_micro)] }],
      },
      {
        kind: 'totals',
        rows: [
          [t('其中税额', 'Of which tax'), yuan(-row.tax_micro)],
          [t('退回余额', 'Back in the balance'), yuan(row.cash_micro)],
          [t('冲减合计', 'Credited in all'), yuan(-row.amount_micro)],
        ],
        words: inWords(-row.amount_micro, locale),
      },
    ],
  };
}

const REASONS: Record<string, [zh: string, en: string]> = {
  undelivered: ['未能开通，全额退回', 'Could not be delivered: refunded in full'],
  'customer-end': ['客户结束服务，退回未消费部分', 'Ended by the customer: the unconsumed part'],
  'provider-end': ['服务提供方终止服务，退回未消费部分', 'Ended by the provider: the unconsumed part'],
  downgrade: ['降低配置，退回未使用部分', 'Downgraded: the unused part'],
};

/** A reason is a code that is known here, or a text for people. */
function reasonOf(reason: string, locale: Locale): string {
  const known = REASONS[reason];
  return known ? known[locale === 'zh' ? 0 : 1] : reason;
}
