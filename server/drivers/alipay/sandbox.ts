import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { type DriverLog, shanghaiTime } from '../channel-wire.ts';
import type { Deliveries } from '../stand-in/deliveries.ts';
import { untrustedKey } from '../stand-in/key-file.ts';
import { pagePolicy, STYLESHEET } from '../stand-in/page.ts';
import { answerCall, opensTrade, openTrade, queryAnswer, requestFault } from './sandbox-api.ts';
import { BillDesk } from './sandbox-bill.ts';
import { type Notice, type Trade, TradeBook } from './sandbox-book.ts';
import { type AlipayFaults, noAlipayFaults } from './sandbox-faults.ts';
import type { SandboxKeys } from './sandbox-keys.ts';
import { noticeSender } from './sandbox-notices.ts';
import { endedPage, payPage, refusedPage } from './sandbox-pages.ts';
import { BUYER_ID, type Fields, readForm, refusal, signedAnswer, signedFields } from './sandbox-wire.ts';

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
 * are no merchant keys. Mounted at a prefix it serves `gateway.do` (the open platform's calls), `qr` (what a code
 * leads to), `pay` (the payer's form), `bill` (a bill's short-lived address) and `sandbox.css`. Only addresses that a signed request named are ever called.
 * Unlike the real one it sends the payer back to `return_url`, unsigned, on Cancel.
 */
export function alipaySandbox(options: AlipaySandboxOptions): AlipaySandbox {
  const now = options.now ?? (() => new Date());
  const faults = noAlipayFaults();
  const book = new TradeBook(options.dir);
  const sender = noticeSender(book, {
    appId: options.appId,
    sellerId: options.sellerId,
    buyerId: BUYER_ID,
    alipayPrivateKey: options.keys.alipay.privateKey,
    now,
    faults,
    failed: (error) => options.log?.warn({ err: error }, 'Alipay sandbox: a notification was not recorded'),
  });
  const bills = new BillDesk(book, options.sellerId, faults);
  const gateway: Gateway = { options, now, faults, book, bills, sender };

  const plugin: FastifyPluginAsync = async (app) => {
    acceptForms(app);
    const hidden = { schema: { hide: true }, bodyLimit: 64 * 1024 };
    app.get('/gateway.do', hidden, (request, reply) => answer(gateway, request, reply));
    app.post('/gateway.do', hidden, (request, reply) => answer(gateway, request, reply));
    app.get('/qr', hidden, (request, reply) => scan(gateway, request, reply));
    app.get('/bill', hidden, (request, reply) => sendBill(gateway, request, reply));
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
  bills: BillDesk;
  sender: Deliveries<Notice>;
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
  const page = opensTrade(method) && method !== 'alipay.trade.precreate';
  if (page || request.method === 'GET') {
    return showPage(gateway, reply, fault ?? (page ? openTrade(book, fields ?? {}, now()) : noMethod()));
  }
  const desk = { book, bills: gateway.bills, faults: gateway.faults, base: baseOf(request) };
  const content = fault ?? answerCall(desk, fields ?? {}, now());
  gateway.sender.arm();
  return sendAnswer(gateway, request, reply, method, content);
}

function noMethod(): Fields {
  return refusal('40002', 'isv.invalid-method', '不存在的方法名');
}

/** Where the gateway's own pages are, as the caller reached it. */
function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${request.url.replace(/\/gateway\.do.*$/, '')}`;
}

/** What a phone that scanned the code would show: from here on the merchant can ask for the trade. */
function scan(gateway: Gateway, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code } = request.query as { code?: string };
  const trade = [...gateway.book.trades.values()].find((one) => one.code !== null && one.code === code);
  if (!trade) return showPage(gateway, reply, refusal('40004', 'ACQ.TRADE_NOT_EXIST', '交易不存在'));
  trade.unscanned = false;
  if (!gateway.book.expire(trade, gateway.now())) gateway.book.save();
  return showPage(gateway, reply, trade);
}

function sendBill({ bills, now }: Gateway, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { fileId } = request.query as { fileId?: string };
  const file = bills.file(fileId ?? '', now());
  if (!file) return reply.code(404).type('text/plain').send('expired');
  return reply.type('application/zip').send(Buffer.from(file));
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
    return reply.code(400).header('content-security-policy', pagePolicy(null)).send(refusedPage(outcome));
  reply.header('content-security-policy', pagePolicy(outcome.returnUrl));
  const waiting = outcome.status === 'WAIT_BUYER_PAY';
  return reply.send(waiting ? payPage(outcome) : endedPage(outcome, outcome.returnUrl));
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
