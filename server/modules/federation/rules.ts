import { problems } from '#kernel/problem.ts';

export const CODE_MINUTES = 10;
export const CODE_ATTEMPTS = 5;
export const CODE_AGAIN_SECONDS = 60;
/** By number in 24 hours, on one brand. */
export const CODES_PER_NUMBER = 5;
/** By visitor in an hour. */
export const CODES_PER_VISITOR = 10;
/** Codes in a day that one network (a /24), and the wide one around it (a /16), may have of the brand's, at least so many. */
export const NETWORK_SHARE = { of: 20, least: 10 };
export const WIDE_NETWORK_SHARE = { of: 4, least: 20 };

export function shareOf(perDay: number, { of, least }: { of: number; least: number }): number {
  return Math.max(least, Math.ceil(perDay / of));
}

/** Codes that never came back: of the brand in a day, of the network and of ten thousand numbers in an hour. */
export interface Wasted {
  brand: number;
  network: number;
  segment: number;
}

const PRICE_MOST = 256;

/** How many times the usual proof of work the next code costs, between 1 and 256. */
export function priceOf({ brand, network, segment }: Wasted, perDay: number): number {
  const share = perDay > 0 ? brand / perDay : 0;
  const steps = Math.floor(network / 5) + Math.floor(segment / 10);
  return Math.min(PRICE_MOST, 4 ** steps * (share < 0.25 ? 1 : share < 0.5 ? 2 : 4));
}

/** A number that was given up goes to somebody else after so long at the soonest (电信服务规范: 冻结时限). */
export const HELD_DAYS = 90;
/** As long as a challenge holds. */
export const HOLDER_MINUTES = 10;
/** What shows that a number is still its account's: the password, a code by mail, the number of the identity card. */
export const HOLDER_WAYS = ['password', 'mail', 'identity'] as const;
export type HolderWay = (typeof HOLDER_WAYS)[number];

/** How long a number is kept after a code went there: reports on an SMS are asked for two days. */
export const CODE_KEPT_DAYS = 3;

/** From leaving for a third party until it has to send its answer back. */
export const ATTEMPT_MINUTES = 10;
/** How long an identity that nobody has bound waits in its browser. */
export const PENDING_MINUTES = 30;
/** A state that was answered is remembered longer than any attempt lasts. */
export const STATE_KEPT_MINUTES = 60;

export const ATTEMPT_COOKIE = 'cp_federation';
export const PENDING_COOKIE = 'cp_identity';

export const problem = problems({
  'phone-form': {
    status: 400,
    title: { zh: '手机号格式不正确', en: 'This is not a mainland phone number' },
    remedy: {
      zh: '请输入 11 位中国大陆手机号，不支持其他地区的号码。',
      en: 'Enter the 11 digits of a mobile number of mainland China; others are not supported.',
    },
  },
  'phone-codes-spent': {
    status: 429,
    title: { zh: '短信验证码发送太频繁', en: 'Too many codes were sent' },
    remedy: {
      zh: '同一号码一分钟内只发一次，一天最多 5 次。请稍后再试。',
      en: 'One a minute to one number, and five a day. Try again later.',
    },
  },
  'phone-code-wrong': {
    status: 422,
    title: { zh: '验证码不对或已过期', en: 'The code is wrong or has expired' },
    remedy: {
      zh: '请检查最新收到的短信，或重新发送一个。',
      en: 'Use the newest code that came, or have another one sent.',
    },
  },
  'phone-unknown': {
    status: 404,
    title: { zh: '这个手机号还没有账户', en: 'No account has this number' },
    remedy: { zh: '验证码仍然有效，可直接用它注册。', en: 'The code is still good: sign up with it.' },
  },
  'phone-holder-unknown': {
    status: 403,
    title: { zh: '长期未使用的手机号，无法确认机主', en: 'This number was not used for long' },
    remedy: {
      zh: '号码超过 90 天没有验证过，可能已换了机主，而该账户没有其他可核对的信息。请联系客服核实。',
      en: 'No code came back from it for 90 days, so it may be somebody else’s now, and the account has nothing else to show it by. Ask support.',
    },
  },
  'phone-known': {
    status: 409,
    title: { zh: '这个手机号已有账户', en: 'An account has this number' },
    remedy: {
      zh: '如果是您的账户，请直接登录；如果号码是新换到您手上的，可用它注册新账户。',
      en: 'If it is yours, sign in. If the number came to you only lately, sign up anew with it.',
    },
  },
  'phone-kept': {
    status: 409,
    title: { zh: '这个手机号是另一个账户唯一的标识', en: 'Another account is known by this number alone' },
    remedy: {
      zh: '该账户没有别的已验证标识，号码不能移走。请联系客服核实。',
      en: 'That account has no other verified identifier, so the number stays with it. Ask support.',
    },
  },
  'provider-missing': {
    status: 404,
    title: { zh: '不支持这种登录方式', en: 'This way to sign in is not offered' },
    remedy: { zh: '请选择页面上列出的登录方式。', en: 'Choose one of those on the page.' },
  },
  'federation-lost': {
    status: 400,
    title: { zh: '这次第三方登录已失效', en: 'This attempt has ended' },
    remedy: {
      zh: '它不是从这个浏览器发起的、已经用过或已超时，请重新开始。',
      en: 'It wasn’t begun in this browser, was used already or took too long. Begin again.',
    },
  },
  'federation-denied': {
    status: 403,
    title: { zh: '您没有同意授权', en: 'You did not agree' },
    remedy: { zh: '可以重新选择登录方式。', en: 'Choose how to sign in again.' },
  },
  'federation-refused': {
    status: 401,
    title: { zh: '第三方的证明未被接受', en: 'The proof of the third party was not accepted' },
    remedy: {
      zh: '请重新开始；如果一再出现，请换一种登录方式。',
      en: 'Begin again; if it goes on, sign in another way.',
    },
  },
  'federation-unavailable': {
    status: 503,
    title: { zh: '第三方暂时无法访问', en: 'The third party can’t be reached' },
    remedy: { zh: '请稍后再试，或换一种登录方式。', en: 'Try again later, or sign in another way.' },
  },
  'identity-taken': {
    status: 409,
    title: { zh: '这个第三方账号已绑定别的账户', en: 'Another account has this identity' },
    remedy: {
      zh: '请先登录那个账户并解除绑定。',
      en: 'Sign in to that account and unbind it first.',
    },
  },
  'provider-bound': {
    status: 409,
    title: { zh: '已绑定过同一平台的账号', en: 'An identity of this provider is bound already' },
    remedy: { zh: '请先解除原来的绑定。', en: 'Unbind the one that is there first.' },
  },
  'last-way-in': {
    status: 409,
    title: { zh: '这是您唯一的登录方式', en: 'This is your only way to sign in' },
    remedy: {
      zh: '请先设置密码、验证手机号或添加通行密钥，再解除绑定。',
      en: 'Set a password, verify a phone or add a passkey first.',
    },
  },
});
