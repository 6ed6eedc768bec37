import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { readBounded, readBytes, reasonOf } from '../channel-wire.ts';
import { PlatformKeys } from './platform-keys.ts';
import {
  answerText,
  holds,
  readObject,
  readSignature,
  requestText,
  SCHEME,
  type SignatureHeaders,
  signed,
} from './wire.ts';

const ANSWER_LIMIT_BYTES = 256 * 1024;
const BILL_LIMIT_BYTES = 64 * 1024 * 1024;
const BILL_TIMEOUT_MS = 120_000;

export interface WechatPayConfig {
  appId: string;
  mchId: string;
  /** Serial number of the merchant's API certificate. */
  merchantSerial: string;
  /** Its private key, PEM (apiclient_key.pem). */
  privateKey: string;
  /** 32 characters. */
  apiV3Key: string;
  /** 微信支付公钥 and its id (PUB_KEY_ID_…); null for merchants with platform certificates. */
  publicKey: { id: string; pem: string } | null;
  /** https://api.mch.weixin.qq.com, without a trailing slash. */
  baseUrl: string;
  sandbox: boolean;
  /** Judges the age of what WeChat Pay signed, and dates what we sign. */
  now: () => Date;
  /** Bound on a whole call, connection to last byte. Default 8000. */
  timeoutMs?: number;
}

export type WechatPayAnswer = Record<string, unknown>;

export interface WechatPayClient {
  readonly config: WechatPayConfig;
  readonly keys: PlatformKeys;
  /** The signed answer; an empty object for 204. Throws GatewayRefusal (its code is WeChat Pay's) or GatewayUnknown. */
  call(method: 'GET' | 'POST', path: string, body?: object): Promise<WechatPayAnswer>;
  /** A bill from the address that a signed answer named. Throws GatewayUnknown. */
  download(url: string): Promise<Buffer>;
  /** For the payer's device. */
  sign(text: string): string;
}

export function wechatPayClient(config: WechatPayConfig): WechatPayClient {
  if (Buffer.byteLength(config.apiV3Key) !== 32) throw new Error('the APIv3 key has 32 bytes');
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(config.privateKey);
  } catch (error) {
    throw new Error('WeChat Pay privateKey is not a private key in PEM', { cause: error });
  }
  const keys = new PlatformKeys({
    apiV3Key: config.apiV3Key,
    publicKey: config.publicKey,
    now: config.now,
    download: () => receive(config, privateKey, 'GET', '/v3/certificates'),
  });
  return {
    config,
    keys,
    sign: (text) => signed(text, privateKey),
    call: (method, path, body) => call(config, privateKey, keys, method, path, body),
    download: (url) => download(config, privateKey, url),
  };
}

/** `path` is what stands behind the host, with its query. */
function send(
  config: WechatPayConfig,
  privateKey: KeyObject,
  method: string,
  url: URL,
  body: string,
  timeoutMs: number,
): Promise<Response> {
  const timestamp = String(Math.floor(config.now().getTime() / 1_000));
  const nonce = randomBytes(16).toString('hex');
  const signature = signed(
    requestText(method, `${url.pathname}${url.search}`, timestamp, nonce, body),
    privateKey,
  );
  const authorization = `${SCHEME} mchid="${config.mchId}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${config.merchantSerial}",signature="${signature}"`;
  return fetch(url, {
    method,
    headers: {
      authorization,
      accept: 'application/json',
      'user-agent': 'Cloudpact',
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(config.publicKey ? { 'wechatpay-serial': config.publicKey.id } : {}),
    },
    ...(method === 'POST' ? { body } : {}),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
}

export interface Received {
  status: number;
  text: string;
  signature: SignatureHeaders | null;
}

async function receive(
  config: WechatPayConfig,
  privateKey: KeyObject,
  method: string,
  path: string,
  content?: object,
): Promise<Received> {
  const url = new URL(`${config.baseUrl}${path}`);
  const body = content ? JSON.stringify(content) : '';
  try {
    const response = await send(config, privateKey, method, url, body, config.timeoutMs ?? 8000);
    const text = await readBounded(response, ANSWER_LIMIT_BYTES);
    const signature = readSignature((name) => response.headers.get(name), config.now());
    return { status: response.status, text, signature };
  } catch (error) {
    throw new GatewayUnknown(`${path} not answered: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * A refusal counts only when WeChat Pay signed it: "no such order" closes a payment here, so a proxy or a forged
 * answer must not be able to say it.
 */
async function call(
  config: WechatPayConfig,
  privateKey: KeyObject,
  keys: PlatformKeys,
  method: string,
  path: string,
  content?: object,
): Promise<WechatPayAnswer> {
  const { status, text, signature } = await receive(config, privateKey, method, path, content);
  const body = text === '' ? {} : readObject(text);
  const code = typeof body?.code === 'string' ? body.code : '';
  const key = signature && (await keys.byId(signature.serial));
  if (!key || !holds(answerText(signature.timestamp, signature.nonce, text), signature.signature, key))
    throw new GatewayUnknown(`${path}: HTTP ${status} ${code}, not signed by WeChat Pay`.replace(' ,', ','));
  if (status === 200 || status === 204) {
    if (!body) throw new GatewayUnknown(`${path}: the answer isn't JSON`);
    return body;
  }
  // Its own failures and limits say nothing of what was asked.
  if (status >= 500 || status === 429 || !code || code === 'SYSTEM_ERROR' || code === 'FREQUENCY_LIMITED')
    throw new GatewayUnknown(`${path}: HTTP ${status} ${code}`);
  throw new GatewayRefusal(path.split('?')[0]!, code, typeof body?.message === 'string' ? body.message : '');
}

/** The file isn't signed; whoever asked for its address compares the digest that came with it. */
async function download(config: WechatPayConfig, privateKey: KeyObject, address: string): Promise<Buffer> {
  const url = URL.canParse(address) ? new URL(address) : null;
  // The request carries our signature: it goes nowhere else.
  if (url?.origin !== new URL(config.baseUrl).origin)
    throw new GatewayUnknown('the bill is at another host than WeChat Pay');
  try {
    const response = await send(config, privateKey, 'GET', url, '', BILL_TIMEOUT_MS);
    if (response.status === 200) return await readBytes(response, BILL_LIMIT_BYTES);
    await response.body?.cancel();
    throw new Error(`HTTP ${response.status}`);
  } catch (error) {
    throw new GatewayUnknown(`the bill could not be had: ${reasonOf(error)}`, { cause: error });
  }
}
