import type { Field, Paper, PaperBlock } from '#kernel/paper.ts';
import type { Locale } from '#kernel/text.ts';
import { addMs } from '#kernel/time.ts';
import { day, inWords, moment, sellerFields, sheet, word, yuan } from './paper-text.ts';
import { movementText, type Statement } from './statement-read.ts';
import type { Seller } from './tables.ts';

/** A month's statement. An open month says so, with the instant up to which it goes. */
export function statementPaper(
  statement: Statement,
  customerId: string,
  seller: Seller,
  locale: Locale,
  now: Date,
): Paper {
  const t = word(locale);
  const { month, from, to, open, balances } = statement;
  const date = open ? now : to;
  const { opening, change } = balances.customer_cash;
  const last = open ? moment(now, seller) : day(addMs(to, -1), seller);
  const { page, pages } = statement;
  const part = pages > 1 ? t(`，第 ${page} 部分，共 ${pages} 部分`, `, part ${page} of ${pages}`) : '';
  const blocks: PaperBlock[] = [
    {
      kind: 'parties',
      left: { title: t('服务提供方', 'From'), fields: sellerFields(seller, locale) },
      right: {
        title: t('对账信息', 'Statement'),
        fields: [
          [t('账期', 'Month'), month],
          [t('起止', 'From – to'), `${day(from, seller)} – ${last}`],
          [t('客户编号', 'Customer'), customerId],
        ],
      },
    },
  ];
  if (open)
    blocks.push({
      kind: 'banner',
      text: t(
        '本月尚未结束，以下为截至上述时间的明细。',
        'This month isn’t over: this is how things stood at the time above.',
      ),
    });
  blocks.push(
    {
      kind: 'table',
      columns: [
        { title: t('账户余额', 'Balance'), width: 40 },
        { title: t('期初', 'Opening'), width: 20, align: 'right' },
        { title: t('本期变动', 'Change'), width: 20, align: 'right' },
        { title: t('期末', 'Closing'), width: 20, align: 'right' },
      ],
      rows: others(statement, locale).map(([name, kind]) => ({
        cells: [
          name,
          yuan(balances[kind].opening),
          signed(balances[kind].change),
          yuan(balances[kind].opening + balances[kind].change),
        ],
      })),
    },
    { kind: 'heading', text: t('按类别汇总（现金余额）', 'By kind (cash balance)') },
    {
      kind: 'table',
      columns: [
        { title: t('类别', 'Kind'), width: 60 },
        { title: t('笔数', 'Count'), width: 15, align: 'right' },
        { title: t('金额（元）', 'Amount (CNY)'), width: 25, align: 'right' },
      ],
      rows: statement.sums.map(({ kind, amount, count }) => ({
        cells: [movementText(kind)[locale], String(count), signed(amount)],
      })),
    },
    { kind: 'heading', text: `${t('明细（现金余额）', 'Movements (cash balance)')}${part}` },
    movements(statement, seller, locale),
  );
  const totals: Field[] = [
    [t('期初余额', 'Opening balance'), yuan(opening)],
    [t('本期变动', 'Change'), signed(change)],
    [t('期末余额', 'Closing balance'), yuan(opening + change)],
  ];
  blocks.push({ kind: 'totals', rows: totals, words: inWords(opening + change, locale) });
  const name = { zh: '月度对账单', en: 'Statement' };
  return { ...sheet(seller, locale, { name, number: pages > 1 ? `${month}-${page}` : month, date }), blocks };
}

/** Cash always; of the others those that hold or held something. */
function others({ balances }: Statement, locale: Locale) {
  const t = word(locale);
  const all = [
    [t('现金余额', 'Cash'), 'customer_cash'],
    [t('赠金', 'Gifts'), 'customer_gift'],
    [t('冻结', 'Frozen'), 'customer_frozen'],
    [t('欠款', 'Owed'), 'receivable'],
  ] as const;
  return all.filter(([, kind]) => {
    const { opening, change } = balances[kind];
    return kind === 'customer_cash' || opening !== 0n || change !== 0n;
  });
}

function movements(statement: Statement, seller: Seller, locale: Locale): PaperBlock {
  const t = word(locale);
  let balance = statement.balances.customer_cash.opening + statement.skipped;
  return {
    kind: 'table',
    columns: [
      { title: t('时间', 'Time'), width: 24 },
      { title: t('事项', 'What'), width: 36 },
      { title: t('金额（元）', 'Amount (CNY)'), width: 20, align: 'right' },
      { title: t('余额（元）', 'Balance (CNY)'), width: 20, align: 'right' },
    ],
    rows: statement.lines.map(({ at, kind, amount }) => {
      balance += amount;
      return { cells: [moment(at, seller), movementText(kind)[locale], signed(amount), yuan(balance)] };
    }),
  };
}

function signed(amount: bigint): string {
  return amount > 0n ? `+${yuan(amount)}` : yuan(amount);
}
