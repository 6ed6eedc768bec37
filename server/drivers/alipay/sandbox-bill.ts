import { zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { readShanghaiTime, shanghaiTime } from '../channel-wire.ts';
import { feeOf, fenOf, type StandInBillRow, yuanOf } from '../stand-in/faults.ts';
import { digits, type TradeBook } from './sandbox-book.ts';
import type { AlipayFaults } from './sandbox-faults.ts';
import { type Fields, refusal } from './sandbox-wire.ts';

/** The local gateway's bills: a zip with 业务明细 and its summary, in GBK, laid out as the real ones are. */

const HEADER =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

const LINK_MS = 30_000;

/** Addresses of bills, each good for thirty seconds. */
export class BillDesk {
  readonly #links = new Map<string, { day: string; endsAtMs: number }>();
  readonly #book: TradeBook;
  readonly #sellerId: string;
  readonly #faults: AlipayFaults;

  constructor(book: TradeBook, sellerId: string, faults: AlipayFaults) {
    this.#book = book;
    this.#sellerId = sellerId;
    this.#faults = faults;
  }

  answer(biz: Fields, base: string, now: Date): Fields {
    const { bill_type: type, bill_date: day = '' } = biz;
    if (type !== 'trade' || !/^\d{4}-\d\d-\d\d$/.test(day))
      return refusal('40004', 'isp.bill_type_error', '账单类型或日期不正确');
    if (day >= shanghaiTime(now).slice(0, 10) || this.rows(day).length === 0)
      return refusal('40004', 'isp.bill_not_exist', '账单不存在');
    const token = digits(32);
    this.#links.set(token, { day, endsAtMs: now.getTime() + LINK_MS });
    return { code: '10000', msg: 'Success', bill_download_url: `${base}/bill?fileId=${token}` };
  }

  /** Null for an address that never was, or has ended. */
  file(token: string, now: Date): Uint8Array | null {
    const link = this.#links.get(token);
    if (!link || link.endsAtMs < now.getTime()) return null;
    if (this.#faults.billFile) return this.#faults.billFile;
    const name = (part: string) =>
      iconv
        .encode(`${this.#sellerId}0156_${link.day.replaceAll('-', '')}_${part}.csv`, 'gbk')
        .toString('latin1');
    const rows = this.rows(link.day);
    return zipSync({
      [name('业务明细')]: iconv.encode(detail(this.#sellerId, link.day, rows, now), 'gbk'),
      [name('业务明细(汇总)')]: iconv.encode(`#支付宝业务汇总查询\r\n${totals(rows)}`, 'gbk'),
    });
  }

  /** What moved on that day, as the fault wants it. */
  rows(day: string): StandInBillRow[] {
    const rows: StandInBillRow[] = [];
    for (const trade of this.#book.trades.values()) {
      const { outTradeNo, tradeNo, subject } = trade;
      const common = { outTradeNo, tradeNo, subject, refundNo: '' };
      if (trade.gmtPayment?.startsWith(day)) {
        const fen = fenOf(trade.totalAmount);
        const own = { kind: 'payment' as const, outRefundNo: '', fen, feeFen: feeOf(fen) };
        rows.push({ ...common, ...own, at: trade.gmtPayment });
      }
      for (const { outRequestNo, amount, gmtRefund } of trade.refunds) {
        if (!gmtRefund.startsWith(day)) continue;
        const own = { kind: 'refund' as const, outRefundNo: outRequestNo, fen: fenOf(amount), feeFen: 0n };
        rows.push({ ...common, ...own, at: gmtRefund });
      }
    }
    rows.sort((a, b) => a.at.localeCompare(b.at));
    return this.#faults.bill ? this.#faults.bill(rows) : rows;
  }
}

function detail(sellerId: string, day: string, rows: StandInBillRow[], now: Date): string {
  const next = shanghaiTime(new Date(readShanghaiTime(`${day} 00:00:00`)!.getTime() + 86_400_000));
  return [
    '#支付宝业务明细查询',
    `#账号：[${sellerId}0156]`,
    `#起始日期：[${written(`${day} 00:00:00`)}]   终止日期：[${written(next)}]`,
    '#-----------------------------------------业务明细列表----------------------------------------',
    HEADER,
    ...rows.map(rowText),
    '#-----------------------------------------业务明细列表结束------------------------------------',
    totals(rows),
    `#导出时间：[${written(shanghaiTime(now))}]`,
    '',
  ].join('\r\n');
}

/** Numbers and times end in a tab, so that spreadsheets leave them alone; refunds are negative. */
function rowText(row: StandInBillRow): string {
  const amount = yuanOf(row.kind === 'refund' ? -row.fen : row.fen);
  const kind = row.kind === 'refund' ? '退款' : '交易';
  const zeros = Array.from({ length: 5 }, () => '0.00');
  const text = (value: string) => value.replaceAll(',', '，');
  return [
    ...[`${row.tradeNo}\t`, `${row.outTradeNo}\t`, `${kind}    `, text(row.subject)],
    ...[`${row.at}\t`, `${row.at}\t`, '', '', '', '', '*三(san***@sandbox.local)\t'],
    ...[amount, amount, ...zeros, '', '0.00', '0.00'],
    ...[`${row.outRefundNo}\t`, yuanOf(-row.feeFen), '0.00', '\t'],
  ].join(',');
}

function totals(rows: StandInBillRow[]): string {
  const of = (kind: StandInBillRow['kind']) => {
    const those = rows.filter((row) => row.kind === kind);
    return [those.length, yuanOf(those.reduce((sum, { fen }) => sum + fen, 0n))] as const;
  };
  const [payments, paid] = of('payment');
  const [refunds, returned] = of('refund');
  return `#交易合计：${payments}笔，商家实收共${paid}元，商家优惠共0.00元\r\n#退款合计：${refunds}笔，商家实收退款共-${returned}元，商家优惠退款共0.00元`;
}

/** "2026年03月01日 08:00:00" */
function written(at: string): string {
  return at.replace(/^(\d{4})-(\d\d)-(\d\d)/, '$1年$2月$3日');
}
