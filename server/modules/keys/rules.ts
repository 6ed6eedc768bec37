import type { Brand } from '#kernel/brands.ts';
import type { Does } from '#kernel/grant.ts';
import { problems } from '#kernel/problem.ts';
import type { QuotaLimit } from '#kernel/quota.ts';

/** Seconds by which the clock that signed a request may differ from ours, either way. */
export const WINDOW_S = 300;

export const KEYS_PER_CUSTOMER = 50;

/**
 * What a key may be given. Not writing in `self` and `people`: passwords, factors, members, keys and what is agreed to
 * are for people who are there.
 */
export const KEY_AREAS = {
  services: 'write',
  money: 'write',
  support: 'write',
  people: 'read',
  audit: 'read',
  self: 'read',
} as const satisfies Record<string, Does>;

export type KeyArea = keyof typeof KEY_AREAS;

/** Of calls by keys; a brand's file may have others. */
const LIMITS: Required<NonNullable<Brand['api_limits']>> = {
  key: { calls: 600, seconds: 60 },
  customer: { calls: 1_200, seconds: 60 },
  brand: { calls: 60_000, seconds: 60 },
};

export type LimitName = keyof typeof LIMITS;

export function limitsOf(brand: Brand): Record<LimitName, QuotaLimit> {
  return { ...LIMITS, ...brand.api_limits };
}

/** As PostgreSQL writes an address of IPv4 that came over IPv6: without its prefix. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

export const problem = problems({
  'key-refused': {
    status: 401,
    title: { zh: 'API 密钥无效', en: 'This API key opens nothing' },
    remedy: {
      zh: '请检查密钥是否完整、是否属于本站，以及用法是否与密钥种类一致（Bearer 或签名）。',
      en: 'Check that it is complete and of this site, and that it is used as its kind says: bearer or signed.',
    },
  },
  'key-revoked': {
    status: 401,
    title: { zh: '此 API 密钥已吊销', en: 'This API key was revoked' },
    remedy: { zh: '请在控制台新建密钥。', en: 'Make another one in the console.' },
  },
  'key-expired': {
    status: 401,
    title: { zh: '此 API 密钥已过期', en: 'This API key has expired' },
    remedy: { zh: '请在控制台新建密钥。', en: 'Make another one in the console.' },
  },
  'key-address': {
    status: 403,
    title: { zh: '此 API 密钥不能从这个地址使用', en: 'This API key isn’t for use from this address' },
    remedy: {
      zh: '请求来自 {address}；请从允许的地址调用，或新建包含此地址的密钥。',
      en: 'The request came from {address}. Call from an allowed address, or make a key that allows this one.',
    },
  },
  'signature-invalid': {
    status: 401,
    title: { zh: '签名无效', en: 'The signature doesn’t fit the request' },
    remedy: {
      zh: '请按 API 文档以 hmac-sha256 签名：方法、路径、查询、正文摘要、时间与随机数缺一不可。',
      en: 'Sign by hmac-sha256 as the API’s documentation says: method, path, query, digest of the body, time and nonce.',
    },
  },
  'signature-expired': {
    status: 401,
    title: { zh: '签名时间超出允许范围', en: 'The signature’s time is outside the window' },
    remedy: {
      zh: '签名前后 {seconds} 秒内有效；请校准时钟并重新签名。',
      en: 'It is good for {seconds} seconds around its time. Set your clock and sign again.',
    },
  },
  'nonce-used': {
    status: 401,
    title: { zh: '此签名请求已用过', en: 'This signed request came before' },
    remedy: {
      zh: '每次请求请用新的随机数重新签名；重试时保持 Idempotency-Key 不变。',
      en: 'Sign each request anew with another nonce; keep the Idempotency-Key when you retry.',
    },
  },
  'rate-limited': {
    status: 429,
    title: { zh: '调用过于频繁', en: 'Too many calls' },
    remedy: { zh: '请在 {seconds} 秒后再试。', en: 'Try again in {seconds} seconds.' },
  },
  'key-beyond-maker': {
    status: 403,
    title: { zh: '密钥的权限不能超过您自己的', en: 'A key can’t be allowed more than you are' },
    remedy: { zh: '请缩小密钥的权限。', en: 'Give it less.' },
  },
  'key-by-person': {
    status: 403,
    title: { zh: '只有本人登录后才能新建密钥', en: 'Only people make keys, signed in as themselves' },
    remedy: { zh: '请在控制台登录后新建。', en: 'Sign in to the console and make it there.' },
  },
  'key-expiry': {
    status: 422,
    title: { zh: '密钥的到期时间已过', en: 'The key would have expired already' },
    remedy: { zh: '请选择以后的日期。', en: 'Choose a later day.' },
  },
  'keys-too-many': {
    status: 409,
    title: { zh: '密钥数量已达上限', en: 'There are too many keys' },
    remedy: { zh: '请先吊销不再使用的密钥。', en: 'Revoke those that nobody uses.' },
  },
});

/** For the edge, which reads the body. */
export const bodyNotAsSigned = () => problem['signature-invalid']();
