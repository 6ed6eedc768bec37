import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { DriverLog } from '../channel-wire.ts';
import type { Deliveries } from '../stand-in/deliveries.ts';
import { yuanOf } from '../stand-in/faults.ts';
import { endedText, pagePolicy, payForm, refusedText, STYLESHEET, standInPage } from '../stand-in/page.ts';
import { certificates, close, type Outcome, prepay, query, tradeContent, type WAYS } from './sandbox-api.ts';
import { BillLinks, tradeBill } from './sandbox-bill.ts';
import { type Notice, type Trade, WechatPayBook } from './sandbox-book.ts';
import { noWechatPayFaults, type WechatPayFaults } from './sandbox-faults.ts';
import type { WechatPayKeys } from './sandbox-keys.ts';
import { noticeSender } from './sandbox-notices.ts';
import { endRefunds, queryRefund, refund } from './sandbox-refunds.ts';
import { fault, NonceBook, requestFault, type Signer, sealed, signatureHeaders } from './sandbox-wire.ts';
import type { Sealed } from './wire.ts';

export interface WechatPaySandboxOptions {
  /** Where trades and pending notifications are kept. */
  dir: string;
  appId: string;
  mchId: string;
  keys: WechatPayKeys;
  /** Judges expiry, ages and retries. */
  now: () => Date;
  log?: DriverLog;
}

/** A Fastify plugin, and what only code in this process may do with it. */
export type WechatPaySandbox = FastifyPluginAsync & {
  readonly faults: WechatPayFaults;
  /** Sends the notifications that are due; resolves when these attempts are over. */
  deliverDue(): Promise<void>;
  /** Sends the payment's notification once more. Throws Error for a trade that isn't paid. */
  renotify(outTradeNo: string): Promise<void>;
};

/** What the parts of the local WeChat Pay share. `base` is where it is mounted, as the last caller reached it. */
export interface Desk {
  options: WechatPaySandboxOptions;
  now: () => Date;
  faults: WechatPayFaults;
  book: WechatPayBook;
  bills: BillLinks;
  nonces: NonceBook;
  base: string;
  /** By which key the merchant last wanted to be answered. */
  signer: () => Signer;
  sealedFor: (text: string, associatedData: string) => Required<Sealed>;
}

interface State extends Desk {
  lastSigner: Signer;
  sender: Deliveries<Notice>;
  returns: Map<string, string>;
}

/**
 * A local WeChat Pay that speaks APIv3 with true signatures and seals both ways; it stands in where there are no
 * merchant keys. Mounted at a prefix it serves `/v3/…` as the real one does, and beside it `pay` and `sandbox.css`:
 * the page that stands in for the payer's WeChat. Only addresses that a signed request named are ever called.
 */
export function wechatPaySandbox(options: WechatPaySandboxOptions): WechatPaySandbox {
  const state = {
    options,
    now: options.now,
    faults: noWechatPayFaults(),
    book: new WechatPayBook(options.dir),
    bills: new BillLinks(),
    nonces: new NonceBook(),
    base: '',
    lastSigner: 'certificate',
    signer: () => state.lastSigner,
    sealedFor: (text: string, associatedData: string) => sealed(text, options.keys.apiV3Key, associatedData),
    returns: new Map(),
  } as Omit<State, 'sender'> as State;
  state.sender = noticeSender(state, (error) =>
    options.log?.warn({ err: error }, 'WeChat Pay sandbox: a notification was not recorded'),
  );
  const plugin: FastifyPluginAsync = async (app) => {
    readRaw(app);
    api(app, state);
    pages(app, state);
    app.addHook('onReady', async () => state.sender.arm());
    app.addHook('onClose', async () => state.sender.stop());
  };
  return Object.assign(plugin, {
    faults: state.faults,
    async deliverDue() {
      endRefunds(state, state.now());
      await state.sender.deliverDue();
    },
    async renotify(outTradeNo: string) {
      const trade = state.book.trades.get(outTradeNo);
      if (!trade?.successTime) throw new Error(`no paid trade ${outTradeNo} in the WeChat Pay sandbox`);
      state.book.announce(trade, null, state.now());
      await state.sender.deliverDue();
    },
  });
}

/** Signatures are over the bytes: nothing is parsed before. */
function readRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

type Params = { way: keyof typeof WAYS; number: string };

function api(app: FastifyInstance, state: State): void {
  const hidden = { schema: { hide: true }, bodyLimit: 64 * 1024 };
  const { options } = state;
  const answers = (act: (request: FastifyRequest, body: string, now: Date) => Outcome) => {
    return (request: FastifyRequest, reply: FastifyReply) => {
      state.base = baseOf(request);
      const body = typeof request.body === 'string' ? request.body : '';
      const now = state.now();
      const signature = { method: request.method, path: request.raw.url ?? '', body };
      const { authorization } = request.headers;
      const merchant = { mchId: options.mchId, keys: options.keys.merchant };
      const unsigned = requestFault({ ...signature, authorization }, merchant, state.nonces, now);
      if (unsigned) return reply.code(unsigned.status).send(unsigned);
      const wanted = request.headers['wechatpay-serial'];
      state.lastSigner = wanted === options.keys.wechatPay.id ? 'public_key' : 'certificate';
      const outcome = act(request, body, now);
      state.sender.arm();
      return sendAnswer(state, request, reply, outcome);
    };
  };
  const params = (request: FastifyRequest) => request.params as Params;
  app.get(
    '/v3/certificates',
    hidden,
    answers((_request, _body, now) => certificates(state, now)),
  );
  for (const way of ['native', 'jsapi', 'h5'] as const)
    app.post(
      `/v3/pay/transactions/${way}`,
      hidden,
      answers((_request, body, now) => prepay(state, way, body, now)),
    );
  const trade = '/v3/pay/transactions/out-trade-no/:number';
  app.get(
    trade,
    hidden,
    answers((request) => {
      const { mchid = '' } = request.query as { mchid?: string };
      return query(state, params(request).number, mchid);
    }),
  );
  app.post(
    `${trade}/close`,
    hidden,
    answers((request, body) => close(state, params(request).number, body)),
  );
  app.post(
    '/v3/refund/domestic/refunds',
    hidden,
    answers((_request, body, now) => refund(state, body, now)),
  );
  app.get(
    '/v3/refund/domestic/refunds/:number',
    hidden,
    answers((request, _body, now) => queryRefund(state, params(request).number, now)),
  );
  app.get(
    '/v3/bill/tradebill',
    hidden,
    answers((request, _body, now) => tradeBill(state, request.query as Record<string, string>, now)),
  );
  app.get('/v3/billdownload/file', hidden, (request, reply) => sendBill(state, request, reply));
}

/** Where this is mounted, as the caller reached it. */
function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${request.url.replace(/\/v3\/.*$/, '')}`;
}

function sendAnswer(
  state: State,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome,
): FastifyReply {
  const { faults, options, now } = state;
  if (faults.timeout) return reply.hijack();
  if (faults.hangUp) {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  if (faults.status500) return reply.code(500).send({ code: 'SYSTEM_ERROR', message: '系统错误' });
  const body = 'body' in outcome ? outcome.body : { code: outcome.code, message: outcome.message };
  const text = body === null ? '' : JSON.stringify(otherOr(state, body));
  reply.code(outcome.status).headers(signatureHeaders(text, options.keys, state.lastSigner, faults, now()));
  const sent = faults.tamper ? `${text.replace('NOTPAY', 'SUCCESS')} ` : text;
  if (text === '' && !faults.tamper) return reply.send();
  return reply.type('application/json; charset=utf-8').send(sent);
}

/** The fault that answers about another trade. */
function otherOr(state: State, body: Record<string, unknown>): Record<string, unknown> {
  if (!state.faults.otherTrade) return body;
  const other = [...state.book.trades.values()].find(({ outTradeNo }) => outTradeNo !== body.out_trade_no);
  return other ? tradeContent(state, other) : body;
}

/** The file itself isn't signed; the request for it is. */
function sendBill(state: State, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { options, nonces, bills, faults } = state;
  const { authorization } = request.headers;
  const signature = { method: 'GET', path: request.raw.url ?? '', body: '', authorization };
  const merchant = { mchId: options.mchId, keys: options.keys.merchant };
  const unsigned = requestFault(signature, merchant, nonces, state.now());
  if (unsigned) return reply.code(unsigned.status).send(unsigned);
  const { token = '' } = request.query as { token?: string };
  const file = bills.file(token, state.now());
  if (!file) return reply.code(400).send(fault(400, 'PARAM_ERROR', 'token'));
  return reply.type('application/octet-stream').send(faults.tamper ? Buffer.concat([file, file]) : file);
}

const WECHAT_PAY = { zh: '微信支付', en: 'WeChat Pay' };

/** What the payer's WeChat would show. `redirect_url` is followed only back to the merchant that is notified. */
function pages(app: FastifyInstance, state: State): void {
  const hidden = { schema: { hide: true }, bodyLimit: 64 * 1024 };
  app.get('/sandbox.css', hidden, (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(STYLESHEET),
  );
  app.get('/pay', hidden, (request, reply) => {
    const asked = request.query as { prepay_id?: string; redirect_url?: string };
    const trade = state.book.byPrepay(asked.prepay_id ?? '');
    if (trade && asked.redirect_url && sameOrigin(asked.redirect_url, trade.notifyUrl))
      state.returns.set(trade.outTradeNo, asked.redirect_url);
    return showPage(state, reply, trade);
  });
  app.post('/pay', hidden, (request, reply) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const trade = state.book.trades.get(form.get('out_trade_no') ?? '');
    if (!trade || !sameText(form.get('ticket') ?? '', trade.ticket)) return showPage(state, reply, undefined);
    const now = state.now();
    if (form.get('action') === 'pay' && state.book.payable(trade, now)) state.book.pay(trade, now);
    state.sender.arm();
    const back = state.returns.get(trade.outTradeNo);
    return back ? reply.redirect(back, 303) : showPage(state, reply, trade);
  });
}

function showPage(state: State, reply: FastifyReply, trade: Trade | undefined): FastifyReply {
  const back = trade ? (state.returns.get(trade.outTradeNo) ?? null) : null;
  reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin')
    .header('content-security-policy', pagePolicy(back));
  if (!trade) {
    const text = refusedText('ORDER_NOT_EXIST', '订单不存在');
    return reply.code(400).send(standInPage(WECHAT_PAY, '请求被拒绝 · 本地沙箱', text));
  }
  const amount = yuanOf(BigInt(trade.total));
  if (!state.book.payable(trade, state.now())) {
    const text = endedText(trade.successTime !== null, amount, back);
    return reply.send(standInPage(WECHAT_PAY, '交易 · 本地沙箱', text));
  }
  const { description: subject, outTradeNo, transactionId: tradeNo, ticket } = trade;
  const form = payForm({ amount, subject, outTradeNo, tradeNo, ticket });
  return reply.send(standInPage(WECHAT_PAY, '收银台 · 本地沙箱', form));
}

function sameOrigin(address: string, other: string): boolean {
  return URL.canParse(address) && new URL(address).origin === new URL(other).origin;
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
