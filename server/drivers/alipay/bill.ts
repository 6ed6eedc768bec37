import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { type Micro, parseYuan } from '#kernel/money.ts';
import { type BillLine, GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { readBytes, readShanghaiTime } from '../channel-wire.ts';
import type { AlipayClient } from './client.ts';

/**
 * The bill of a day (alipay.data.dataservice.bill.downloadurl.query, bill_type trade): a zip of two CSV files in
 * GBK with comment lines, of which 业务明细 has one row for each payment and refund.
 */

const ZIP_LIMIT_BYTES = 64 * 1024 * 1024;
/** What the file may become: an archive says what it holds, and is not believed without a bound. */
const CSV_LIMIT_BYTES = 512 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MS = 120_000;

const COLUMNS = [
  '支付宝交易号',
  '商户订单号',
  '业务类型',
  '完成时间',
  '订单金额（元）',
  '退款批次号/请求号',
  '服务费（元）',
] as const;
type Column = (typeof COLUMNS)[number];

export async function readBill(client: AlipayClient, day: string): Promise<BillLine[] | null> {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new RangeError('a day is written yyyy-MM-dd');
  const method = 'alipay.data.dataservice.bill.downloadurl.query';
  let url: unknown;
  try {
    const answer = await client.call(method, { billType: 'trade', billDate: day });
    url = answer.bill_download_url;
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'isp.bill_not_exist') return null;
    throw error;
  }
  if (typeof url !== 'string' || !URL.canParse(url)) throw new GatewayUnknown(`${method}: no address`);
  try {
    return parseBill(unpacked(await download(url)), day);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new GatewayUnknown(`the bill of ${day} can't be used: ${reason}`, { cause: error });
  }
}

/** The address itself is signed and short-lived; redirects could lead anywhere. */
async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  }
  return readBytes(response, ZIP_LIMIT_BYTES);
}

const gbk = new TextDecoder('gbk', { fatal: true });

/** Names in the archive are GBK too, without the flag that would say UTF-8. */
function unpacked(zip: Buffer): string {
  const isDetail = (name: string) => {
    const text = gbk.decode(Buffer.from(name, 'latin1'));
    return text.endsWith('业务明细.csv');
  };
  const files = unzipSync(zip, {
    filter: ({ name, originalSize }) => isDetail(name) && originalSize <= CSV_LIMIT_BYTES,
  });
  const [csv, ...others] = Object.values(files);
  if (!csv || others.length > 0) throw new Error('the archive has not exactly one 业务明细.csv');
  return gbk.decode(csv);
}

/** Exported for its test. Throws Error where the text isn't a whole bill of that day. */
export function parseBill(text: string, day: string): BillLine[] {
  if (!text.includes('业务明细列表结束')) throw new Error('the bill is cut short');
  const from = /^#起始日期：\[(\d{4})年(\d\d)月(\d\d)日/m.exec(text);
  if (!from || `${from[1]}-${from[2]}-${from[3]}` !== day) throw new Error('the bill is of another day');
  const rows = parse(text, {
    comment: '#',
    comment_no_infix: true,
    columns: (names: string[]) => names.map((name) => name.trim()),
    trim: true,
    skip_empty_lines: true,
    relax_quotes: true,
  }) as Record<string, string>[];
  return rows.map(line);
}

function line(row: Record<string, string>): BillLine {
  const cell = (column: Column): string => {
    const value = row[column];
    if (value === undefined) throw new Error(`no column ${column}`);
    return value.trim();
  };
  const kinds: Record<string, BillLine['kind']> = { 交易: 'payment', 退款: 'refund' };
  const kind = kinds[cell('业务类型')];
  if (!kind) throw new Error(`unknown kind of line ${cell('业务类型')}`);
  const amount = parseYuan(cell('订单金额（元）'));
  return {
    kind,
    outTradeNo: cell('商户订单号'),
    tradeNo: cell('支付宝交易号'),
    outRefundNo: kind === 'refund' ? cell('退款批次号/请求号') : null,
    refundNo: null,
    amount: absolute(amount),
    fee: -parseYuan(cell('服务费（元）') || '0'),
    at: readShanghaiTime(cell('完成时间')),
  };
}

function absolute(amount: Micro): Micro {
  return amount < 0n ? -amount : amount;
}
