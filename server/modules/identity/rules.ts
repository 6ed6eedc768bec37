import { type CustomerArea, type Does, EVERYTHING, type Grant } from '#kernel/grant.ts';
import { problems } from '#kernel/problem.ts';

export const SESSION_DAYS = 30;
export const STAFF_SESSION_HOURS = 12;
export const CODE_MINUTES = 15;
export const CODE_ATTEMPTS = 5;
export const CODE_AGAIN_SECONDS = 60;
/** A day's limit: each check costs money and asks an authority about a person. */
export const REAL_NAME_ATTEMPTS_PER_DAY = 5;
export const ADULT_AGE = 18;

export const CUSTOMER_COOKIE = 'cp_session';
export const STAFF_COOKIE = 'cp_staff';

export const ROLES = ['owner', 'admin', 'billing', 'technical', 'support', 'read-only', 'custom'] as const;
export type Role = (typeof ROLES)[number];

/** What each role may do in a customer; the owner everything, and the custom role what was said of the member. */
const ROLE_AREAS: Record<Exclude<Role, 'owner' | 'custom'>, Partial<Record<CustomerArea, Does>>> = {
  admin: {
    self: 'write',
    services: 'write',
    money: 'write',
    people: 'write',
    support: 'write',
    audit: 'write',
  },
  billing: { self: 'write', services: 'read', money: 'write', support: 'write' },
  technical: { self: 'write', services: 'write', support: 'write' },
  support: { self: 'write', services: 'read', support: 'write' },
  'read-only': {
    self: 'write',
    services: 'read',
    money: 'read',
    people: 'read',
    support: 'read',
    audit: 'read',
  },
};

/** One's own user is every member's to keep. */
export function grantOf(member: {
  role: Role;
  areas?: Record<string, Does> | null;
  services?: string[] | null;
}): Grant {
  const { role } = member;
  if (role === 'owner') return EVERYTHING;
  if (role !== 'custom') return { all: false, areas: ROLE_AREAS[role], services: null };
  return { all: false, areas: { ...member.areas, self: 'write' }, services: member.services ?? null };
}

export const problem = problems({
  'wrong-credentials': {
    status: 401,
    title: { zh: '邮箱或密码不对', en: 'Wrong e-mail or password' },
    remedy: { zh: '请检查后重新输入。', en: 'Check both and try again.' },
  },
  'weak-password': {
    status: 400,
    title: { zh: '密码太弱', en: 'The password is too weak' },
    remedy: {
      zh: '至少 10 个字符，不要用常见密码、邮箱名或重复、连续的字符。',
      en: 'Use at least 10 characters; no common password, no part of your e-mail address, no runs or repeats.',
    },
  },
  'real-name-done': {
    status: 409,
    title: { zh: '已通过实名认证', en: 'Your real name is verified already' },
    remedy: { zh: '无需重复认证。', en: 'Nothing more to do.' },
  },
  'real-name-form': {
    status: 400,
    title: { zh: '身份证号码格式不正确', en: 'This is not a valid ID number' },
    remedy: {
      zh: '请输入 18 位居民身份证号码。',
      en: 'Enter the 18 characters of a resident identity card.',
    },
  },
  'real-name-attempts': {
    status: 429,
    title: { zh: '今天的实名认证次数已用完', en: 'No more verification attempts today' },
    remedy: { zh: '请明天再试，或联系客服。', en: 'Try again tomorrow, or ask support.' },
  },
  'email-taken': {
    status: 409,
    title: { zh: '这个邮箱已属于别的账户', en: 'This address belongs to another account' },
    remedy: { zh: '请使用另一个邮箱。', en: 'Use another address.' },
  },
  'real-name-unavailable': {
    status: 503,
    title: { zh: '核验机构暂时无法访问', en: 'The verification authority can’t be reached' },
    remedy: { zh: '请稍后再试，这次不计次数。', en: 'Try again later; this attempt is not counted.' },
  },
});

/** The same words whoever signs in, and whatever was wrong. */
export const wrongCredentials = () => problem['wrong-credentials']();

/** For looking a person up: compatibility-composed and lower case (UTS #39 look-alikes are kept apart by the mail's own delivery). */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}

const COMMON =
  /^(password|passw0rd|qwerty|asdfgh|iloveyou|welcome|letmein|admin|woaini|abc123|monkey|dragon)/i;

/** Why a password is refused, or null. `context`: words that it must not be built from. */
export function passwordWeakness(
  password: string,
  context: string[],
): 'short' | 'common' | 'repetitive' | 'personal' | null {
  const characters = [...password.normalize('NFKC')];
  if (characters.length < 10) return 'short';
  if (COMMON.test(password) && characters.length < 16) return 'common';
  if (new Set(characters).size < 5 || longestRun(characters) > characters.length / 2) return 'repetitive';
  const lower = password.toLowerCase();
  if (context.some((word) => word.length >= 4 && lower.includes(word.toLowerCase()))) return 'personal';
  return null;
}

/** Length of the longest stretch like "aaaa", "1234" or "fedc". */
function longestRun(characters: string[]): number {
  let longest = 1;
  for (const step of [-1, 0, 1]) {
    let run = 1;
    for (let i = 1; i < characters.length; i++) {
      const difference = characters[i]!.codePointAt(0)! - characters[i - 1]!.codePointAt(0)!;
      run = difference === step ? run + 1 : 1;
      longest = Math.max(longest, run);
    }
  }
  return longest;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK = '10X98765432';

/**
 * Reads a resident identity number (GB 11643-1999): form, birth date and check character.
 * Null when it isn't one. `birth` is "YYYYMMDD".
 */
export function readIdNumber(text: string): { birth: string } | null {
  const number = text.toUpperCase();
  if (!/^[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/.test(number)) return null;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  if (CHECK[sum % 11] !== number[17]) return null;
  const birth = number.slice(6, 14);
  const date = new Date(`${birth.slice(0, 4)}-${birth.slice(4, 6)}-${birth.slice(6)}T00:00:00Z`);
  return date.getUTCDate() === Number(birth.slice(6)) ? { birth } : null;
}

/** Age in whole years on a natural day ("YYYY-MM-DD"). */
export function ageOn(birth: string, day: string): number {
  const today = day.replaceAll('-', '');
  return Math.floor((Number(today) - Number(birth)) / 10_000);
}
