import type { Desk } from './sandbox.ts';
import type { Trade } from './sandbox-book.ts';
import { type Fault, fault } from './sandbox-wire.ts';
import { readObject, readRfc3339, rfc3339 } from './wire.ts';

/** Prepaying, asking and closing at the local WeChat Pay. */

export type Outcome = { status: number; body: Record<string, unknown> | null } | Fault;

export function done(body: Record<string, unknown>): Outcome {
  return { status: 200, body };
}

export const WAYS = { native: 'NATIVE', jsapi: 'JSAPI', h5: 'MWEB' } as const;

interface Order {
  appid?: unknown;
  mchid?: unknown;
  description?: unknown;
  out_trade_no?: unknown;
  time_expire?: unknown;
  notify_url?: unknown;
  amount?: { total?: unknown; currency?: unknown };
  payer?: { openid?: unknown };
  scene_info?: { payer_client_ip?: unknown; h5_info?: { type?: unknown } };
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}

function orderFault(order: Order, desk: Desk, way: keyof typeof WAYS, now: Date): Fault | null {
  const wrong = (name: string) => fault(400, 'PARAM_ERROR', `输入源“/body/${name}”映射到值字段有误`);
  if (order.appid !== desk.options.appId)
    return fault(400, 'APPID_MCHID_NOT_MATCH', '商户号和appid没有绑定关系');
  if (order.mchid !== desk.options.mchId) return wrong('mchid');
  if (!isText(order.description, 127)) return wrong('description');
  if (!isText(order.out_trade_no, 32) || !/^[0-9A-Za-z_\-|*]{6,32}$/.test(order.out_trade_no))
    return wrong('out_trade_no');
  if (!isText(order.notify_url, 255) || !/^https?:\/\/[^?]+$/.test(order.notify_url))
    return wrong('notify_url');
  const { total, currency = 'CNY' } = order.amount ?? {};
  if (!Number.isSafeInteger(total) || (total as number) < 1 || currency !== 'CNY') return wrong('amount');
  if (order.time_expire !== undefined) {
    const end = readRfc3339(order.time_expire);
    if (!end) return wrong('time_expire');
    if (end <= now) return fault(400, 'PARAM_ERROR', 'time_expire时间过短');
  }
  if (way === 'jsapi' && !isText(order.payer?.openid, 128)) return wrong('payer/openid');
  if (way === 'h5' && !isText(order.scene_info?.payer_client_ip, 45))
    return wrong('scene_info/payer_client_ip');
  return null;
}

/** The same order again stands where it stood; another one under its number is refused. */
export function prepay(desk: Desk, way: keyof typeof WAYS, body: string, now: Date): Outcome {
  const order = (readObject(body) ?? {}) as Order;
  const wrong = orderFault(order, desk, way, now);
  if (wrong) return wrong;
  const outTradeNo = order.out_trade_no as string;
  const known = desk.book.trades.get(outTradeNo);
  const total = order.amount!.total as number;
  const description = order.description as string;
  if (known) {
    if (known.state === 'CLOSED') return fault(400, 'ORDER_CLOSED', '该订单已关闭');
    if (known.state !== 'NOTPAY') return fault(400, 'ORDER_PAID', '该订单已支付');
    if (known.total !== total || known.description !== description || known.tradeType !== WAYS[way])
      return fault(400, 'OUT_TRADE_NO_USED', '商户订单号重复');
    return prepaid(desk, known);
  }
  const trade = desk.book.add({
    outTradeNo,
    tradeType: WAYS[way],
    total,
    description,
    openid: way === 'jsapi' ? (order.payer!.openid as string) : 'oSandboxPayer000000000000001',
    notifyUrl: order.notify_url as string,
    timeExpire: (order.time_expire as string | undefined) ?? null,
  });
  return prepaid(desk, trade);
}

/** A real code says weixin://wxpay/bizpayurl?pr=…; this one leads to a page, since no WeChat can open it. */
function prepaid({ base }: Desk, trade: Trade): Outcome {
  const page = `${base}/pay?prepay_id=${trade.prepayId}`;
  if (trade.tradeType === 'NATIVE') return done({ code_url: page });
  if (trade.tradeType === 'MWEB') return done({ h5_url: page });
  return done({ prepay_id: trade.prepayId });
}

const STATES = { NOTPAY: '订单未支付', SUCCESS: '支付成功', REFUND: '转入退款', CLOSED: '订单已关闭' };

export function tradeContent(desk: Desk, trade: Trade): Record<string, unknown> {
  const content = {
    appid: desk.options.appId,
    mchid: desk.options.mchId,
    out_trade_no: trade.outTradeNo,
    trade_state: trade.state,
    trade_state_desc: STATES[trade.state],
    amount: { total: trade.total, currency: 'CNY' },
  };
  if (!trade.successTime) return content;
  return {
    ...content,
    transaction_id: trade.transactionId,
    trade_type: trade.tradeType,
    bank_type: 'OTHERS',
    attach: '',
    success_time: trade.successTime,
    payer: { openid: trade.openid },
    amount: { total: trade.total, payer_total: trade.total, currency: 'CNY', payer_currency: 'CNY' },
  };
}

export function query(desk: Desk, outTradeNo: string, mchId: string): Outcome {
  if (mchId !== desk.options.mchId) return fault(400, 'PARAM_ERROR', 'mchid');
  const trade = desk.book.trades.get(outTradeNo);
  if (!trade) return fault(404, 'ORDER_NOT_EXIST', '订单不存在');
  return done(tradeContent(desk, trade));
}

export function close(desk: Desk, outTradeNo: string, body: string): Outcome {
  if (readObject(body)?.mchid !== desk.options.mchId) return fault(400, 'PARAM_ERROR', 'mchid');
  const trade = desk.book.trades.get(outTradeNo);
  if (!trade) return fault(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (trade.successTime) return fault(400, 'ORDER_PAID', '该订单已支付');
  trade.state = 'CLOSED';
  desk.book.save();
  return { status: 204, body: null };
}

/** The list of platform certificates, each sealed under the APIv3 key. */
export function certificates({ options, sealedFor }: Desk, now: Date): Outcome {
  const { platform } = options.keys;
  const item = {
    serial_no: platform.serial,
    effective_time: '2020-01-01T08:00:00+08:00',
    expire_time: rfc3339(new Date(Math.max(now.getTime(), Date.UTC(2049, 11, 31)))),
    encrypt_certificate: sealedFor(platform.certificate, 'certificate'),
  };
  return done({ data: [item] });
}
