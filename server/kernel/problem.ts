import { fill, type Locale, type LocalizedText, pick } from './text.ts';

/**
 * Errors that a user meets (RFC 9457). Each room lists its own in `rules.ts` by `problems({...})`;
 * the code is stable, the texts say what happened and what to do about it.
 */

export interface ProblemKind {
  status: number;
  title: LocalizedText;
  /** What to do about it. */
  remedy: LocalizedText;
}

type Values = Record<string, string | number>;

export class Problem extends Error {
  readonly code: string;
  readonly kind: ProblemKind;
  readonly values: Values;
  /** Members beside the standard ones: `clause`, `errors`, `retry_after_s` … */
  readonly extra: Record<string, unknown>;

  constructor(code: string, kind: ProblemKind, values: Values = {}, extra: Record<string, unknown> = {}) {
    super(code);
    this.code = code;
    this.kind = kind;
    this.values = values;
    this.extra = extra;
  }

  body(locale: Locale, requestId: string | null) {
    return {
      type: `/problems/${this.code}`,
      title: fill(pick(this.kind.title, locale), this.values),
      status: this.kind.status,
      detail: fill(pick(this.kind.remedy, locale), this.values),
      code: this.code,
      ...(requestId ? { instance: `/requests/${requestId}` } : {}),
      ...this.extra,
    };
  }
}

type Raise<C extends string> = Record<C, (values?: Values, extra?: Record<string, unknown>) => Problem>;

/** Codes seen so far, so that two rooms can't give one code two meanings. */
const catalogue = new Map<string, ProblemKind>();

/** Declares a room's problems: `const problem = problems({ 'no-stock': {…} }); throw problem['no-stock']()`. */
export function problems<C extends string>(kinds: Record<C, ProblemKind>): Raise<C> {
  const raise = {} as Raise<C>;
  for (const [code, kind] of Object.entries<ProblemKind>(kinds)) {
    if (catalogue.has(code)) throw new Error(`problem ${code} is declared twice`);
    catalogue.set(code, kind);
    raise[code as C] = (values, extra) => new Problem(code, kind, values, extra);
  }
  return raise;
}

export function problemCatalogue(): ReadonlyMap<string, ProblemKind> {
  return catalogue;
}

export const problem = problems({
  'not-found': {
    status: 404,
    title: { zh: '没有找到', en: 'Not found' },
    remedy: { zh: '请检查地址，或从列表重新进入。', en: 'Check the address, or start again from the list.' },
  },
  'signed-out': {
    status: 401,
    title: { zh: '需要登录', en: 'Sign in first' },
    remedy: { zh: '请登录后再试。', en: 'Sign in and try again.' },
  },
  'invalid-input': {
    status: 400,
    title: { zh: '输入有误', en: 'Something in the input is wrong' },
    remedy: { zh: '请按提示改正标出的字段。', en: 'Correct the fields that are marked.' },
  },
  'foreign-origin': {
    status: 403,
    title: { zh: '请求来自别的网站，已拒绝', en: 'Refused: the request came from another site' },
    remedy: { zh: '请在本站页面上操作。', en: 'Act from this site’s own pages.' },
  },
  'https-needed': {
    status: 403,
    title: { zh: '只接受 HTTPS', en: 'Only by HTTPS' },
    remedy: {
      zh: '请改用 https:// 地址；刚才以明文发送的密钥或密码请更换。',
      en: 'Use the https:// address, and change what secrets this request sent in the clear.',
    },
  },
  'not-permitted': {
    status: 403,
    title: { zh: '您的角色不允许这项操作', en: 'Your role doesn’t allow this' },
    remedy: {
      zh: '这属于“{area}”，您还不能{does}。请联系账户的所有者或管理员。',
      en: 'It belongs to {area}, and you can’t {does}. Ask an owner or administrator of the account.',
    },
  },
  'idempotency-key-missing': {
    status: 400,
    title: { zh: '缺少 Idempotency-Key 请求头', en: 'The Idempotency-Key header is missing' },
    remedy: {
      zh: '请为每一次操作生成一个新的键（8–128 个字符），重试时保持不变。',
      en: 'Make a new key (8–128 characters) for each act, and keep it when you retry.',
    },
  },
  'idempotency-key-reused': {
    status: 422,
    title: {
      zh: '同一个 Idempotency-Key 用在了不同的请求上',
      en: 'This Idempotency-Key was used for another request',
    },
    remedy: { zh: '请换一个新的键。', en: 'Use a new key.' },
  },
  'too-many-requests': {
    status: 429,
    title: { zh: '尝试过于频繁', en: 'Too many attempts' },
    remedy: { zh: '请在 {seconds} 秒后再试。', en: 'Try again in {seconds} seconds.' },
  },
  'payload-too-large': {
    status: 413,
    title: { zh: '请求内容过大', en: 'The request is too large' },
    remedy: { zh: '请缩小请求内容。', en: 'Send less.' },
  },
  unavailable: {
    status: 503,
    title: { zh: '服务暂时不可用', en: 'Not available right now' },
    remedy: {
      zh: '请稍后再试；未完成的操作不会产生费用。',
      en: 'Try again shortly; nothing unfinished is charged.',
    },
  },
  internal: {
    status: 500,
    title: { zh: '系统内部错误', en: 'Something broke on our side' },
    remedy: {
      zh: '我们已记录这个错误。请稍后再试，或把请求编号告诉客服。',
      en: 'It is on record. Try again, or tell support the request id.',
    },
  },
});
