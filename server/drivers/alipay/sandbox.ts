import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { DriverLog } from './gateway.ts';
import { answerCall, BUYER_ID, openTrade, queryAnswer, refusal, requestFault } from './sandbox-api.ts';
import { type Trade, TradeBook } from './sandbox-book.ts';
import { type AlipayFaults, noFaults } from './sandbox-faults.ts';
import type { SandboxKeys } from './sandbox-keys.ts';
import { NoticeSender, untrustedKey } from './sandbox-notices.ts';
import { endedPage, payPage, refusedPage, STYLESHEET } from './sandbox-pages.ts';
import { type Fields, readForm, signedAnswer, signedFields } from './sandbox-wire.ts';
import { shanghaiTime } from './wire.ts';

export { sandboxKeys } from './sandbox-keys.ts';

export interface AlipaySandboxOptions {
  /** Where trades and pending notifications are kept. */
  dir: string;
  appId: string;
  sellerId: string;
  keys: SandboxKeys;
  /** Judges expiry and retries. A world with a clock of its own passes that; else the machine's. */
  now?: () => Date;
  log?: DriverLog;
}

/** A Fastify plugin, and what only code in this process may do with it. */
export type AlipaySandbox = FastifyPluginAsync & {
  readonly faults: AlipayFaults;
  /** Sends the notifications that are due; resolves when these attempts are over. */
  deliverDue(): Promise<void>;
  /** Sends the notification of the trade's present state once more. Throws Error for an unknown trade. */
  renotify(outTradeNo: string): Promise<void>;
};

const FORM = 'application/x-www-form-urlencoded';

/**
 * A local gateway that speaks Alipay's protocol with true RSA2 signatures both ways; it stands in where there
 * are no merchant keys. Mounted at a prefix it serves `gateway.do` (page pay, trade.query, trade.close), `pay`
 * (the payer's form) and `sandbox.css`. Only addresses that a signed request named are ever called.
 * Unlike the real one it sends the payer back to `return_url`, unsigned, on Cancel.
 */
export function alipaySandbox(options: AlipaySandboxOptions): AlipaySandbox {
  const now = options.now ?? (() => new Date());
  const faults = noFaults();
  const book = new TradeBook(options.dir);
  const sender = new NoticeSender(book, {
    appId: options.appId,
    sellerId: options.sellerId,
    buyerId: BUYER_ID,
    alipayPrivateKey: options.keys.alipay.privateKey,
    now,
    faults,
    failed: (error) => options.log?.warn({ err: error }, 'Alipay sandbox: a notification was not recorded'),
  });
  const gateway: Gateway = { options, now, faults, book, sender };

  const plugin: FastifyPluginAsync = async (app) => {
    acceptForms(app);
    const hidden = { schema: { hide: true }, bodyLimit: 64 * 1024 };
    app.get('/gateway.do', hidden, (request, reply) => answer(gateway, request, reply));
    app.post('/gateway.do', hidden, (request, reply) => answer(gateway, request, reply));
    app.post('/pay', hidden, (request, reply) => payerDecides(gateway, request, reply));
    app.get('/sandbox.css', hidden, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(STYLESHEET),
    );
    app.addHook('onReady', async () => sender.arm());
    app.addHook('onClose', async () => sender.stop());
  };
  return Object.assign(plugin, {
    faults,
    deliverDue: () => sender.deliverDue(),
    async renotify(outTradeNo: string) {
      const trade = book.trades.get(outTradeNo);
      if (!trade) throw new Error(`no trade ${outTradeNo} in the Alipay sandbox`);
      book.announce(trade, now());
      await sender.deliverDue();
    },
  });
}

interface Gateway {
  options: AlipaySandboxOptions;
  now: () => Date;
  faults: AlipayFaults;
  book: TradeBook;
  sender: NoticeSender;
}

/** Replaces the application's own reader of forms, if any: a field that occurs twice must be seen here. */
function acceptForms(app: FastifyInstance): void {
  if (app.hasContentTypeParser(FORM)) app.removeContentTypeParser(FORM);
  app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

async function answer(gateway: Gateway, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { options, book, now } = gateway;
  const query = request.raw.url?.split('?')[1] ?? '';
  const fields = readForm(query, typeof request.body === 'string' ? request.body : '');
  const fault = requestFault(fields, options.appId, options.keys.merchant.publicKey);
  const method = fields?.method ?? '';
  if (method === 'alipay.trade.page.pay' || request.method === 'GET') {
    return showPage(gateway, reply, fault ?? openTradeOf(gateway, method, fields ?? {}));
  }
  const content = fault ?? answerCall(book, fields ?? {}, now());
  gateway.sender.arm();
  return sendAnswer(gateway, request, reply, method, content);
}

function openTradeOf({ book, now }: Gateway, method: string, fields: Fields): Trade | Fields {
  if (method !== 'alipay.trade.page.pay') return refusal('40002', 'isv.invalid-method', '不存在的方法名');
  return openTrade(book, fields, now());
}

function isTrade(outcome: Trade | Fields): outcome is Trade {
  return 'outTradeNo' in outcome;
}

function showPage(gateway: Gateway, reply: FastifyReply, outcome: Trade | Fields): FastifyReply {
  gateway.sender.arm();
  reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'same-origin');
  if (!isTrade(outcome))
    return reply.code(400).header('content-security-policy', policy(null)).send(refusedPage(outcome));
  reply.header('content-security-policy', policy(outcome.returnUrl));
  const waiting = outcome.status === 'WAIT_BUYER_PAY';
  return reply.send(waiting ? payPage(outcome) : endedPage(outcome, outcome.returnUrl));
}

/** A browser holds a form's redirect to `form-action` too, so the merchant's origin has to be in it. */
function policy(returnUrl: string | null): string {
  const origin = returnUrl ? new URL(returnUrl).origin : '';
  const back = /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? ` ${origin}` : '';
  return `default-src 'none'; style-src 'self'; form-action 'self'${back}; base-uri 'none'; frame-ancestors 'none'`;
}

function sendAnswer(
  { options, faults, book }: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
  method: string,
  content: Fields,
): FastifyReply {
  if (faults.timeout) return reply.hijack();
  if (faults.hangUp) {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  if (faults.status500) return reply.code(500).type('text/html').send('<h1>500</h1>');
  const other = faults.otherTrade
    ? [...book.trades.values()].find((t) => t.outTradeNo !== content.out_trade_no)
    : undefined;
  const key = faults.foreignKey ? untrustedKey() : options.keys.alipay.privateKey;
  let text = signedAnswer(method, other ? queryAnswer(other) : content, key);
  if (faults.tamper) text = text.replace('WAIT_BUYER_PAY', 'TRADE_SUCCESS').replace('"msg":', '"msg" :');
  if (faults.doubledAnswer) {
    const forged = JSON.stringify({
      sign: '-'.repeat(80),
      ...content,
      code: '10000',
      trade_status: 'TRADE_SUCCESS',
    });
    text = `${text.slice(0, -1)},"${method.replaceAll('.', '_')}_response":${forged}}`;
  }
  return reply.type('application/json; charset=utf-8').send(text);
}

/** The payer's form. Works only with the ticket of a page that a signed request opened. */
async function payerDecides(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { book, now, sender } = gateway;
  const form = readForm(typeof request.body === 'string' ? request.body : '');
  const trade = book.trades.get(form?.out_trade_no ?? '');
  if (!form || !trade || !sameText(form.ticket ?? '', trade.ticket)) {
    return showPage(gateway, reply, refusal('40004', 'ACQ.TRADE_NOT_EXIST', '交易不存在'));
  }
  book.expire(trade, now());
  if (form.action === 'pay' && trade.status === 'WAIT_BUYER_PAY') book.pay(trade, now());
  sender.arm();
  const paid = trade.status === 'TRADE_SUCCESS';
  if (!trade.returnUrl || trade.status === 'TRADE_CLOSED') return showPage(gateway, reply, trade);
  return reply.redirect(paid ? signedReturn(gateway, trade, trade.returnUrl) : trade.returnUrl, 303);
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function signedReturn({ options, now }: Gateway, trade: Trade, returnUrl: string): string {
  const fields: Fields = {
    app_id: options.appId,
    auth_app_id: options.appId,
    charset: 'utf-8',
    method: 'alipay.trade.page.pay.return',
    out_trade_no: trade.outTradeNo,
    seller_id: options.sellerId,
    timestamp: shanghaiTime(now()),
    total_amount: trade.totalAmount,
    trade_no: trade.tradeNo,
    version: '1.0',
  };
  const url = new URL(returnUrl);
  for (const [name, value] of Object.entries(signedFields(fields, options.keys.alipay.privateKey))) {
    url.searchParams.set(name, value);
  }
  return url.toString();
}
