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
      zh: '至少 8 个字符，不要用常见或泄露过的密码、邮箱名或重复、连续的字符。',
      en: 'Use at least 8 characters; no common or leaked password, no part of your e-mail address, no runs or repeats.',
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
