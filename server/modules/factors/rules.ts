import { problems } from '#kernel/problem.ts';

/** Whose factors they are: of somebody who signs in to the console, or of the staff. */
export interface Owner {
  ownerKind: 'user' | 'staff';
  ownerId: string;
}

export const FACTORS = ['totp', 'passkey', 'recovery-code'] as const;
export type Factor = (typeof FACTORS)[number];

export const CHALLENGE_MINUTES = 10;
export const CHALLENGE_ATTEMPTS = 5;
/** How long a session that showed a password or a factor need not show one again. */
export const PROVED_MINUTES = 15;
export const TOTP_SECONDS = 30;
export const TOTP_DIGITS = 6;
/** Time steps before and after the current one whose codes are taken too (RFC 6238 §5.2). */
export const TOTP_DRIFT = 1;
export const RECOVERY_CODES = 10;
export const PASSKEYS_AT_MOST = 20;

/** Chosen, not written: who writes one writes its answer into it. */
export const QUESTIONS = [
  'first-teacher',
  'childhood-friend',
  'first-street',
  'parents-met',
  'childhood-dream',
  'first-journey',
] as const;
export type Question = (typeof QUESTIONS)[number];

export const problem = problems({
  'factor-asked': {
    status: 403,
    title: { zh: '这个账户要求两步验证', en: 'This account asks for a second factor' },
    remedy: {
      zh: '请在“账户 → 登录与安全”里添加通行密钥或动态验证码，或用已有的验证一次，然后继续。',
      en: 'Add a passkey or an authenticator under Account, Security, or show the one that you have; then go on.',
    },
  },
  'prove-again': {
    status: 403,
    title: { zh: '请再次验证身份', en: 'Show again that it is you' },
    remedy: {
      zh: '这项操作需要在 15 分钟内验证过身份，请用密码、动态验证码或通行密钥再验证一次。',
      en: 'This needs proof of who you are within the last 15 minutes: your password, a code or a passkey.',
    },
  },
  'wrong-factor': {
    status: 401,
    title: { zh: '验证未通过', en: 'That was not right' },
    remedy: {
      zh: '请检查后重试；每个验证码只能使用一次。',
      en: 'Check it and try again; each code works only once.',
    },
  },
  'challenge-gone': {
    status: 410,
    title: { zh: '这次验证已失效', en: 'This attempt has ended' },
    remedy: { zh: '请从头再来一次。', en: 'Start again from the beginning.' },
  },
  'passkey-refused': {
    status: 422,
    title: { zh: '通行密钥未被接受', en: 'The passkey was not accepted' },
    remedy: {
      zh: '请换一个通行密钥，或用其他方式登录。',
      en: 'Use another passkey, or sign in another way.',
    },
  },
  'passkeys-not-here': {
    status: 409,
    title: { zh: '这个地址不能使用通行密钥', en: 'Passkeys don’t work at this address' },
    remedy: {
      zh: '请通过品牌自己的域名访问。',
      en: 'Come by the brand’s own host name.',
    },
  },
  'passkeys-full': {
    status: 409,
    title: { zh: '通行密钥数量已达上限', en: 'No more passkeys fit' },
    remedy: { zh: '请先删除不再使用的。', en: 'Remove one that you no longer use.' },
  },
  'totp-on': {
    status: 409,
    title: { zh: '动态验证码已启用', en: 'An authenticator is set up already' },
    remedy: { zh: '如需更换，请先停用现有的。', en: 'To change it, remove the one that is there.' },
  },
});

/** For whoever compares a factor in another room. */
export const wrongFactor = problem['wrong-factor'];
export const challengeGone = problem['challenge-gone'];
export const factorAsked = problem['factor-asked'];
