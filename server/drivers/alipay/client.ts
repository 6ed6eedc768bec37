import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import { systemClock } from '#kernel/clock.ts';
import { GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { readBounded, reasonOf, shanghaiTime } from '../channel-wire.ts';

const ANSWER_LIMIT_BYTES = 64 * 1024;

export interface AlipayConfig {
  appId: string;
  /** The merchant's account (PID), 2088…; notifications name it. */
  sellerId: string;
  /** The merchant's RSA key: PEM, or the bare base64 that Alipay's key tool gives (PKCS#1 or PKCS#8). */
  privateKey: string;
  /** Alipay's own key, as the open platform shows it; not the merchant's public key. */
  alipayPublicKey: string;
  gatewayUrl: string;
  sandbox: boolean;
  /** Bound on a whole call, connection to last byte. Default 8000. */
  timeoutMs?: number;
}

export type AlipayAnswer = Record<string, unknown>;

export interface AlipayClient {
  readonly sdk: AlipaySdk;
  /** The signed answer to one API call with code 10000. Throws GatewayRefusal (its code is Alipay's sub_code) or GatewayUnknown. */
  call(
    method: string,
    bizContent: Record<string, string | string[]>,
    notifyUrl?: string,
  ): Promise<AlipayAnswer>;
}

function keyOf(text: string, kinds: ('pkcs8' | 'pkcs1' | 'spki')[], name: string): KeyObject {
  const secret = kinds.includes('pkcs8');
  const der = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
  for (const type of kinds) {
    try {
      return secret
        ? createPrivateKey({ key: der, format: 'der', type: type as 'pkcs8' | 'pkcs1' })
        : createPublicKey({ key: der, format: 'der', type: type as 'spki' | 'pkcs1' });
    } catch {
      // Alipay hands the same key out in two encodings; the next one is tried, and the last failure reported.
    }
  }
  throw new Error(`${name} is not an RSA key in PEM or base64`);
}

/**
 * Signs and verifies with the official SDK, but carries the request itself: the SDK's own `exec` has no bound
 * on the whole call, and takes the signed part from the text in another way than it reads the answer, so that
 * a second member of the same name goes unverified.
 */
export function alipayClient(config: AlipayConfig): AlipayClient {
  const privateKey = keyOf(config.privateKey, ['pkcs8', 'pkcs1'], 'Alipay privateKey');
  const publicKey = keyOf(config.alipayPublicKey, ['spki', 'pkcs1'], 'alipayPublicKey');
  const sdk = new AlipaySdk({
    appId: config.appId,
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    keyType: 'PKCS8',
    alipayPublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    gateway: config.gatewayUrl,
    signType: 'RSA2',
  });

  return {
    sdk,
    async call(method, bizContent, notifyUrl) {
      const raw = await post(sdk, config, method, { bizContent, ...(notifyUrl ? { notifyUrl } : {}) });
      const answer = verifiedAnswer(sdk, method, raw);
      const code = String(answer.code);
      if (code === '10000') return answer;
      const subCode = String(answer.sub_code ?? '') || code;
      // 20000 is "service unavailable", SYSTEM_ERROR "failed inside, ask again": neither says what became of it.
      if (code === '20000' || subCode.endsWith('SYSTEM_ERROR'))
        throw new GatewayUnknown(`${method}: ${subCode}`);
      throw new GatewayRefusal(method, subCode);
    },
  };
}

async function post(
  sdk: AlipaySdk,
  config: AlipayConfig,
  method: string,
  content: { bizContent: Record<string, string | string[]>; notifyUrl?: string },
): Promise<string> {
  // The SDK would write the host's local time; Alipay reads it as UTC+8.
  const timestamp = shanghaiTime(systemClock.now());
  const signed = new URLSearchParams(sdk.sdkExecute(method, { timestamp, ...content }));
  const body = new URLSearchParams({ biz_content: signed.get('biz_content') ?? '' });
  signed.delete('biz_content');
  const url = new URL(config.gatewayUrl);
  for (const [name, value] of signed) url.searchParams.set(name, value);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(config.timeoutMs ?? 8000),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    return await readBounded(response, ANSWER_LIMIT_BYTES);
  } catch (error) {
    throw new GatewayUnknown(`${method} not answered: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * `{"<method>_response":{…},"sign":"…"}`: the text between is what was signed (open platform, "同步返回验签").
 * It is parsed alone, so what is verified and what is read are the same bytes.
 */
function verifiedAnswer(sdk: AlipaySdk, method: string, raw: string): AlipayAnswer {
  const match =
    /^\s*\{\s*"([a-z_]+)"\s*:\s*(\{.*\})\s*,\s*(?:"alipay_cert_sn"\s*:\s*"\w*"\s*,\s*)?"sign"\s*:\s*"([\w+/\\=]+)"\s*\}\s*$/s.exec(
      raw,
    );
  const [, member, content, sign] = match ?? [];
  const expected = `${method.replaceAll('.', '_')}_response`;
  if (!content || !sign || (member !== expected && member !== 'error_response')) {
    throw new GatewayUnknown(`${method}: the answer isn't a signed ${expected}`);
  }
  if (!sdk.rsaCheck(content, sign.replaceAll('\\/', '/'))) {
    throw new GatewayUnknown(`${method}: the answer's signature is wrong`);
  }
  try {
    return JSON.parse(content) as AlipayAnswer;
  } catch (error) {
    throw new GatewayUnknown(`${method}: the answer isn't JSON`, { cause: error });
  }
}
