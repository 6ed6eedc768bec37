import { type CustomerArea, type Does, EVERYTHING, type Grant } from '#kernel/grant.ts';
import { problems } from '#kernel/problem.ts';

export const SESSION_DAYS = 30;
export const STAFF_SESSION_HOURS = 12;
export const CODE_MINUTES = 15;
export const CODE_ATTEMPTS = 5;
export const CODE_AGAIN_SECONDS = 60;

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
  'email-taken': {
    status: 409,
    title: { zh: '这个邮箱已属于别的账户', en: 'This address belongs to another account' },
    remedy: { zh: '请使用另一个邮箱。', en: 'Use another address.' },
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
