import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { shanghaiTime } from '../channel-wire.ts';
import { feeOf, type StandInBillRow, yuanOf } from '../stand-in/faults.ts';
import type { Desk } from './sandbox.ts';
import { done, type Outcome } from './sandbox-api.ts';
import type { WechatPayBook } from './sandbox-book.ts';
import { fault } from './sandbox-wire.ts';
import { readRfc3339 } from './wire.ts';

/** Trade bills of the local WeChat Pay, laid out as the real ones are. */

const HEADER =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const SUMMARY =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';

/** Bills are made by ten in the morning of the next day, and kept for three months. */
const READY_HOUR_MS = 10 * 3_600_000;
const LINK_MS = 5 * 60_000;

export class BillLinks {
  readonly #links = new Map<string, { file: Buffer; endsAtMs: number }>();

  add(file: Buffer, now: Date): string {
    const token = randomBytes(24).toString('base64url');
    this.#links.set(token, { file, endsAtMs: now.getTime() + LINK_MS });
    return token;
  }

  file(token: string, now: Date): Buffer | null {
    const link = this.#links.get(token);
    return link && link.endsAtMs >= now.getTime() ? link.file : null;
  }
}

export function tradeBill(desk: Desk, query: Record<string, string | undefined>, now: Date): Outcome {
  const { bill_date: day = '', bill_type: type = 'ALL', tar_type: tar } = query;
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? readRfc3339(`${day}T00:00:00+08:00`) : null;
  if (!start || type !== 'ALL' || (tar !== undefined && tar !== 'GZIP'))
    return fault(400, 'PARAM_ERROR', 'bill_date');
  const readyAt = start.getTime() + 86_400_000 + READY_HOUR_MS;
  if (now.getTime() < readyAt) return fault(400, 'STATEMENT_CREATING', '账单生成中，请稍后再试');
  const rows = rowsOf(desk.book, day);
  const shown = desk.faults.bill ? desk.faults.bill(rows) : rows;
  if (shown.length === 0) return fault(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
  const { appId, mchId } = desk.options;
  const csv = Buffer.from(text(shown, appId, mchId));
  const hash = createHash('sha1')
    .update(desk.faults.billHash ? 'another' : csv)
    .digest('hex');
  const token = desk.bills.add(tar === 'GZIP' ? gzipSync(csv) : csv, now);
  return done({
    hash_type: 'SHA1',
    hash_value: hash,
    download_url: `${desk.base}/v3/billdownload/file?token=${token}`,
  });
}

function rowsOf(book: WechatPayBook, day: string): StandInBillRow[] {
  const rows: StandInBillRow[] = [];
  const written = (at: string) => shanghaiTime(readRfc3339(at)!);
  for (const trade of book.trades.values()) {
    const { outTradeNo, transactionId: tradeNo, description: subject } = trade;
    const common = { outTradeNo, tradeNo, subject };
    if (trade.successTime?.startsWith(day)) {
      const fen = BigInt(trade.total);
      const own = { kind: 'payment' as const, outRefundNo: '0', refundNo: '0', fen, feeFen: feeOf(fen) };
      rows.push({ ...common, ...own, at: written(trade.successTime) });
    }
    for (const { outRefundNo, refundId, refund, createTime, status } of trade.refunds) {
      if (!createTime.startsWith(day) || status === 'CLOSED') continue;
      const fen = BigInt(refund);
      const own = { kind: 'refund' as const, outRefundNo, refundNo: refundId, fen, feeFen: -feeOf(fen) };
      rows.push({ ...common, ...own, at: written(createTime) });
    }
  }
  return rows.sort((a, b) => a.at.localeCompare(b.at));
}

function text(rows: StandInBillRow[], appId: string, mchId: string): string {
  const sum = (amount: (row: StandInBillRow) => bigint) =>
    yuanOf(rows.reduce((total, row) => total + amount(row), 0n));
  const paid = (row: StandInBillRow) => (row.kind === 'payment' ? row.fen : 0n);
  const back = (row: StandInBillRow) => (row.kind === 'refund' ? row.fen : 0n);
  const fees = `${sum(({ feeFen }) => feeFen)}000`;
  const totals = [String(rows.length), sum(paid), sum(back), '0.00', fees, sum(paid), sum(back)];
  const lines = [HEADER, ...rows.map((row) => ticked(cells(row, appId, mchId))), SUMMARY, ticked(totals)];
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

/** Each field after a backtick, so that spreadsheets leave it alone. */
function ticked(fields: string[]): string {
  return fields.map((field) => `\`${field.replaceAll(',', '，')}`).join(',');
}

function cells(row: StandInBillRow, appId: string, mchId: string): string[] {
  const refund = row.kind === 'refund';
  const amount = yuanOf(row.fen);
  const [paid, back] = refund ? ['0.00', amount] : [amount, '0.00'];
  return [
    ...[row.at, appId, mchId, '0', '', row.tradeNo, row.outTradeNo, 'oSandboxPayer000000000000001', 'NATIVE'],
    ...[refund ? 'REFUND' : 'SUCCESS', 'OTHERS', 'CNY', paid, '0.00', row.refundNo, row.outRefundNo],
    ...[back, '0.00', refund ? 'ORIGINAL' : '', refund ? 'SUCCESS' : '', row.subject, ''],
    ...[`${yuanOf(row.feeFen)}000`, '0.60%', refund ? '0.00' : amount, back, ''],
  ];
}
