import { createDecipheriv, createSign, createVerify, type KeyObject } from 'node:crypto';
import { type Micro, MoneyError, toFen } from '#kernel/money.ts';

/** What both ends of WeChat Pay APIv3 agree on: what is signed, how it is sealed, how amounts and times are written. */

export const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
/** Signed texts may be this much older or newer than now (接口规则, 应答时间戳: five minutes). */
export const WINDOW_SECONDS = 300;

export interface SignatureHeaders {
  timestamp: string;
  nonce: string;
  signature: string;
  /** Serial number of the platform certificate, or id of the WeChat Pay public key (PUB_KEY_ID_…). */
  serial: string;
}

/** Requests: method, path with query, time, nonce and body, each ended by a line feed (签名生成). */
export function requestText(
  method: string,
  path: string,
  timestamp: string,
  nonce: string,
  body: string,
): string {
  return `${method}\n${path}\n${timestamp}\n${nonce}\n${body}\n`;
}

/** Answers and notifications (签名验证). */
export function answerText(timestamp: string, nonce: string, body: string): string {
  return `${timestamp}\n${nonce}\n${body}\n`;
}

export function signed(text: string, privateKey: KeyObject | string): string {
  return createSign('RSA-SHA256').update(text, 'utf8').sign(privateKey, 'base64');
}

export function holds(text: string, signature: string, publicKey: KeyObject): boolean {
  // Node would skip over characters that aren't base64.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(signature)) return false;
  return createVerify('RSA-SHA256').update(text, 'utf8').verify(publicKey, signature, 'base64');
}

/** Null unless all four are there, once each, and the time lies within the window. */
export function readSignature(
  header: (name: string) => string | null | undefined,
  now: Date,
): SignatureHeaders | null {
  const [timestamp, nonce, signature, serial] = ['timestamp', 'nonce', 'signature', 'serial'].map(
    (name) => header(`wechatpay-${name}`) ?? '',
  );
  if (!timestamp || !nonce || !signature || !serial) return null;
  if (!/^\d{1,12}$/.test(timestamp) || !isFresh(timestamp, now)) return null;
  return { timestamp, nonce, signature, serial };
}

export function isFresh(timestamp: string, now: Date): boolean {
  return Math.abs(Number(timestamp) - Math.floor(now.getTime() / 1_000)) <= WINDOW_SECONDS;
}

export interface Sealed {
  algorithm: string;
  ciphertext: string;
  nonce: string;
  associated_data?: string;
}

const TAG_BYTES = 16;

/** AEAD_AES_256_GCM: the tag stands at the end of the ciphertext. Throws when it was changed or the key is another. */
export function opened(sealed: Sealed, apiV3Key: string): string {
  if (sealed.algorithm !== 'AEAD_AES_256_GCM') throw new Error(`algorithm ${sealed.algorithm}`);
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  if (bytes.length < TAG_BYTES) throw new Error('ciphertext too short');
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key, sealed.nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  decipher.setAAD(Buffer.from(sealed.associated_data ?? ''));
  const text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  return text.toString('utf8');
}

/** Whole fen as JSON carries them. Throws MoneyError for what isn't a positive number of whole fen or too much. */
export function wireFen(amount: Micro): number {
  const fen = toFen(amount);
  if (fen <= 0n || fen > 10_000_000_000n) throw new MoneyError('WeChat Pay takes 0.01 to 100000000.00 yuan');
  return Number(fen);
}

export function readFen(value: unknown): Micro | null {
  return Number.isSafeInteger(value) ? BigInt(value as number) * 10_000n : null;
}

/** "2026-03-01T08:30:00+08:00" */
export function rfc3339(instant: Date): string {
  return `${new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

export function readRfc3339(text: unknown): Date | null {
  if (typeof text !== 'string') return null;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** A trade's number; refunds may have 64 characters. */
export function checkNumber(number: string, longest: 32 | 64): void {
  if (number.length < 6 || number.length > longest || !/^[0-9A-Za-z_\-|*]+$/.test(number))
    throw new RangeError(`a number is 6 to ${longest} of 0-9 A-Z a-z _ - | *`);
}

/** What JSON says, as an object; null when it is something else or no JSON at all. */
export function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // the callers say what that means
  }
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
