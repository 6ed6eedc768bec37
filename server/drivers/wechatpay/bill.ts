import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { parseYuan } from '#kernel/money.ts';
import { type BillLine, GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { readShanghaiTime } from '../channel-wire.ts';
import type { WechatPayClient } from './client.ts';
import { textOf } from './wire.ts';

/**
 * The trade bill of a day (GET /v3/bill/tradebill): a CSV file, gzip, whose SHA-1 (of what comes out) stands in the
 * signed answer. Fields begin with a backtick; two lines at the end count and sum the rest.
 */

/** What the file may become: an archive is not unpacked without a bound. */
const CSV_LIMIT_BYTES = 512 * 1024 * 1024;

const COLUMNS = [
  '交易时间',
  '商户号',
  '微信订单号',
  '商户订单号',
  '交易状态',
  '微信退款单号',
  '商户退款单号',
  '退款状态',
  '手续费',
  '订单金额',
  '申请退款金额',
] as const;
type Row = Record<(typeof COLUMNS)[number], string>;

export async function readBill(client: WechatPayClient, day: string): Promise<BillLine[] | null> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new RangeError('a day is written yyyy-MM-dd');
  let answer: Record<string, unknown>;
  try {
    answer = await client.call('GET', `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`);
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'NO_STATEMENT_EXIST') return null;
    if (error instanceof GatewayRefusal && error.code === 'STATEMENT_CREATING')
      throw new GatewayUnknown(`the bill of ${day} isn't made yet`, { cause: error });
    throw error;
  }
  const file = await client.download(textOf(answer.download_url) ?? '');
  try {
    const csv = gunzipSync(file, { maxOutputLength: CSV_LIMIT_BYTES });
    if (answer.hash_type !== 'SHA1' || !sameHash(csv, textOf(answer.hash_value) ?? ''))
      throw new Error('its digest is another');
    return parseBill(csv.toString('utf8'), day, client.config.mchId);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new GatewayUnknown(`the bill of ${day} can't be used: ${reason}`, { cause: error });
  }
}

function sameHash(bytes: Buffer, hex: string): boolean {
  return createHash('sha1').update(bytes).digest('hex') === hex.toLowerCase();
}

/** Exported for its test. Throws Error where the text isn't a whole bill of ours. */
export function parseBill(text: string, day: string, mchId: string): BillLine[] {
  const rows = parse(text, {
    bom: true,
    quote: false,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as string[][];
  const header = (rows[0] ?? []).map((name) => name.trim());
  const end = rows.findIndex(([first]) => first?.trim() === '总交易单数');
  if (end < 1 || !rows[end + 1]) throw new Error('the bill is cut short');
  const counted = rows[end + 1]![0]!.replace(/^`/, '');
  const lines = rows.slice(1, end).map((row) => named(header, row));
  if (counted !== String(lines.length))
    throw new Error(`${counted} lines were counted, ${lines.length} came`);
  for (const row of lines) {
    if (row.商户号 !== mchId) throw new Error('the bill is of another merchant');
    if (!row.交易时间.startsWith(day)) throw new Error('the bill is of another day');
  }
  return lines.filter(moved).map(line);
}

function named(header: string[], row: string[]): Row {
  const cells = COLUMNS.map((column) => {
    const cell = row[header.indexOf(column)];
    if (cell === undefined) throw new Error(`no column ${column}`);
    return [column, cell.replace(/^`/, '').trim()] as const;
  });
  return Object.fromEntries(cells) as Row;
}

/** A refund that failed moved nothing. */
function moved(row: Row): boolean {
  return row.交易状态 !== 'REFUND' || row.退款状态 !== 'FAIL';
}

function line(row: Row): BillLine {
  const { 交易状态: status } = row;
  if (status !== 'SUCCESS' && status !== 'REFUND') throw new Error(`unknown kind of line ${status}`);
  const refund = status === 'REFUND';
  return {
    kind: refund ? 'refund' : 'payment',
    outTradeNo: row.商户订单号,
    tradeNo: row.微信订单号,
    outRefundNo: refund ? row.商户退款单号 : null,
    refundNo: refund ? row.微信退款单号 : null,
    amount: parseYuan(refund ? row.申请退款金额 : row.订单金额),
    fee: parseYuan(row.手续费),
    at: readShanghaiTime(row.交易时间),
  };
}
