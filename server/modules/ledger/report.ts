import { type RawBuilder, sql } from 'kysely';
import type { Brand } from '#kernel/brands.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';

/** What a report covers: everything up to `at`; of revenue, what was recognised from `from` on and before `to`. */
export interface ReportRange {
  from: Date;
  to: Date;
  at: Date;
}

export interface Column {
  key: string;
  text: LocalizedText;
  holds: 'text' | 'amount';
}

type Row = Record<string, string | Micro>;

interface Report {
  title: LocalizedText;
  columns: Column[];
  query(brand: Brand, range: ReportRange): RawBuilder<Row>;
}

const text = (key: string, zh: string, en: string): Column => ({ key, text: { zh, en }, holds: 'text' });
const amount = (key: string, zh: string, en: string): Column => ({ key, text: { zh, en }, holds: 'amount' });

/** Each is a view over the ledger (migration 0007); nothing is kept beside it. */
export const REPORTS = {
  revenue: {
    title: { zh: '已确认收入', en: 'Revenue recognised' },
    columns: [
      text('month', '月份', 'Month'),
      text('kind', '类别', 'Kind'),
      text('product', '产品', 'Product'),
      amount('amount', '金额（元）', 'Amount (CNY)'),
    ],
    query: ({ id, zone }, { from, to }) => sql<Row>`
      select to_char(at at time zone ${zone}, 'YYYY-MM') as month, kind, owner as product, sum(amount_micro)::bigint as amount
      from ledger_movement where brand = ${id} and kind in ('revenue', 'late_fee') and at >= ${from} and at < ${to}
      group by 1, 2, 3 order by 1, 2, 3`,
  },
  deferred: {
    title: { zh: '递延收入', en: 'Deferred revenue' },
    columns: [text('product', '产品', 'Product'), amount('amount', '金额（元）', 'Amount (CNY)')],
    query: ({ id }, { at }) => sql<Row>`
      select owner as product, balance_micro as amount from ledger_balances_at(${id}, ${at})
      where kind = 'deferred_revenue' and balance_micro <> 0 order by owner`,
  },
  owed: {
    title: { zh: '应付客户余额', en: 'Balances owed to customers' },
    columns: [
      text('customer', '客户', 'Customer'),
      amount('cash', '现金余额', 'Cash'),
      amount('gift', '赠送余额', 'Gifts'),
      amount('frozen', '冻结', 'Frozen'),
      amount('withdrawing', '提现中', 'Being withdrawn'),
      amount('total', '合计（元）', 'Total (CNY)'),
    ],
    query: ({ id }, { at }) => sql<Row>`
      select customer, coalesce(sum(balance_micro) filter (where kind = 'customer_cash'), 0)::bigint as cash,
        coalesce(sum(balance_micro) filter (where kind = 'customer_gift'), 0)::bigint as gift,
        coalesce(sum(balance_micro) filter (where kind = 'customer_frozen'), 0)::bigint as frozen,
        coalesce(sum(balance_micro) filter (where kind = 'withdrawal_transit'), 0)::bigint as withdrawing,
        sum(balance_micro)::bigint as total
      from ledger_balances_at(${id}, ${at}) where customer is not null and kind <> 'receivable' and balance_micro <> 0
      group by customer order by customer`,
  },
  clearing: {
    title: { zh: '渠道清算', en: 'Channel clearing' },
    columns: [
      text('channel', '渠道', 'Channel'),
      amount('owes', '渠道应付我方', 'Channel owes us'),
      amount('fees', '手续费', 'Fees'),
      amount('held', '待处理款项', 'Held'),
    ],
    query: ({ id }, { at }) => sql<Row>`
      select owner as channel, coalesce(sum(-balance_micro) filter (where kind = 'channel_clearing'), 0)::bigint as owes,
        coalesce(sum(-balance_micro) filter (where kind = 'channel_fee'), 0)::bigint as fees,
        coalesce(sum(balance_micro) filter (where kind = 'payment_held'), 0)::bigint as held
      from ledger_balances_at(${id}, ${at}) where kind in ('channel_clearing', 'channel_fee', 'payment_held')
      group by owner order by owner`,
  },
  ageing: {
    title: { zh: '应收账款账龄', en: 'Receivables ageing' },
    columns: [
      text('customer', '客户', 'Customer'),
      amount('d0_30', '0–30 天', '0–30 days'),
      amount('d31_60', '31–60 天', '31–60 days'),
      amount('d61_90', '61–90 天', '61–90 days'),
      amount('over_90', '90 天以上', 'Over 90 days'),
      amount('total', '合计（元）', 'Total (CNY)'),
    ],
    query: ({ id, zone }, { at }) => sql<Row>`
      select customer, coalesce(sum(open_micro) filter (where days <= 30), 0)::bigint as d0_30,
        coalesce(sum(open_micro) filter (where days between 31 and 60), 0)::bigint as d31_60,
        coalesce(sum(open_micro) filter (where days between 61 and 90), 0)::bigint as d61_90,
        coalesce(sum(open_micro) filter (where days > 90), 0)::bigint as over_90, sum(open_micro)::bigint as total
      from ledger_open_debts(${id}, ${at}, ${zone}) group by customer order by customer`,
  },
} satisfies Record<string, Report>;

export type ReportName = keyof typeof REPORTS;

export interface ReportTable {
  title: LocalizedText;
  columns: Column[];
  rows: Row[];
  /** There are more rows than were asked for. */
  more: boolean;
}

export async function reportTable(
  db: Db | Tx,
  brand: Brand,
  name: ReportName,
  range: ReportRange,
  limit: number,
): Promise<ReportTable> {
  const { title, columns, query } = REPORTS[name];
  const { rows } = await sql<Row>`select * from (${query(brand, range)}) report limit ${limit + 1}`.execute(
    db,
  );
  return { title, columns, rows: rows.slice(0, limit), more: rows.length > limit };
}
