import { createCipheriv, createPublicKey, createVerify, randomBytes } from 'node:crypto';
import { untrustedKey } from '../stand-in/key-file.ts';
import type { WechatPayFaults } from './sandbox-faults.ts';
import type { WechatPayKeys } from './sandbox-keys.ts';
import { answerText, requestText, SCHEME, type Sealed, signed, WINDOW_SECONDS } from './wire.ts';

/** The local WeChat Pay's side of APIv3: whom it believes, and how it signs and seals. */

/** A refusal as WeChat Pay words it. */
export interface Fault {
  status: number;
  code: string;
  message: string;
}

export function fault(status: number, code: string, message: string): Fault {
  return { status, code, message };
}

export interface SignedRequest {
  method: string;
  /** As it stood in the request line. */
  path: string;
  body: string;
  authorization: string | undefined;
}

/** Nonces that were seen, for as long as their time would still be good. */
export class NonceBook {
  readonly #seen = new Map<string, number>();

  /** False when it was here before. */
  take(nonce: string, nowSeconds: number): boolean {
    for (const [known, at] of this.#seen) {
      if (at >= nowSeconds - 2 * WINDOW_SECONDS) break;
      this.#seen.delete(known);
    }
    if (this.#seen.has(nonce)) return false;
    this.#seen.set(nonce, nowSeconds);
    return true;
  }
}

/** Null when the merchant truly signed the request, just now and once. */
export function requestFault(
  request: SignedRequest,
  merchant: { mchId: string; keys: WechatPayKeys['merchant'] },
  nonces: NonceBook,
  now: Date,
): Fault | null {
  const { authorization = '' } = request;
  const unsigned = (message: string) => fault(401, 'SIGN_ERROR', message);
  if (!authorization.startsWith(`${SCHEME} `)) return unsigned('Http头缺少认证信息');
  const given = Object.fromEntries(
    [...authorization.slice(SCHEME.length + 1).matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  ) as Record<string, string | undefined>;
  const { mchid, nonce_str: nonce = '', timestamp = '', serial_no: serial, signature = '' } = given;
  if (mchid !== merchant.mchId) return unsigned('商户号不存在');
  if (serial !== merchant.keys.serial) return unsigned('商户证书序列号有误');
  const nowSeconds = Math.floor(now.getTime() / 1_000);
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) - nowSeconds) > WINDOW_SECONDS)
    return unsigned('Http头Authorization值中的timestamp与发起请求的时间不得超过5分钟');
  const text = requestText(request.method, request.path, timestamp, nonce, request.body);
  const publicKey = createPublicKey(merchant.keys.publicKey);
  if (!createVerify('RSA-SHA256').update(text, 'utf8').verify(publicKey, signature, 'base64'))
    return unsigned('签名错误');
  // Only what was truly signed is remembered: a stranger can't use up our nonces.
  if (nonce === '' || !nonces.take(nonce, nowSeconds)) return unsigned('随机串重复');
  return null;
}

/** By which key the merchant wants to be answered: the public key if it asked so, else the certificate. */
export type Signer = 'certificate' | 'public_key';

/** The headers with which WeChat Pay vouches for a body, disturbed as the faults want. */
export function signatureHeaders(
  body: string,
  keys: WechatPayKeys,
  signer: Signer,
  faults: WechatPayFaults,
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000) - faults.staleSeconds);
  const nonce = randomBytes(16).toString('hex');
  const [privateKey, serial] =
    signer === 'public_key'
      ? [keys.wechatPay.privateKey, keys.wechatPay.id]
      : [keys.platform.privateKey, keys.platform.serial];
  const key = faults.foreignKey ? untrustedKey() : privateKey;
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': faults.unknownSerial ? '7'.repeat(40) : serial,
    'wechatpay-signature': signed(answerText(timestamp, nonce, body), key),
    'wechatpay-signature-type': SCHEME,
  };
}

/** AEAD_AES_256_GCM, the tag at the end. */
export function sealed(text: string, apiV3Key: string, associatedData: string): Required<Sealed> {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce);
  cipher.setAAD(Buffer.from(associatedData));
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: bytes.toString('base64'),
    associated_data: associatedData,
    nonce,
  };
}
