import type { Grant } from '#kernel/ctx.ts';
import { type Does, STAFF_ROLE_AREAS } from '#kernel/grant.ts';
import { problems } from '#kernel/problem.ts';

export const BUILT_IN_ROLES = ['admin', 'finance', 'support', 'operations', 'compliance', 'auditor'] as const;
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number];
/** What somebody may do by area; nothing where an area is missing. */
export type Areas = Partial<Record<string, Does>>;

const some = (areas: Areas): Grant => ({ all: false, areas, services: null });

const BUILT_IN: Record<BuiltInRole, Grant> = {
  admin: { all: true },
  finance: some({ money: 'write', customers: 'read', services: 'read', catalogue: 'read', terms: 'read' }),
  support: some({
    customers: 'write',
    services: 'write',
    cases: 'write',
    notices: 'write',
    catalogue: 'read',
    terms: 'read',
  }),
  operations: some({
    services: 'write',
    system: 'write',
    notices: 'write',
    catalogue: 'read',
    customers: 'read',
  }),
  compliance: some({
    customers: 'write',
    cases: 'write',
    terms: 'write',
    privacy: 'write',
    notices: 'write',
    services: 'read',
    audit: 'read',
  }),
  auditor: some(Object.fromEntries(STAFF_ROLE_AREAS.map((area) => [area, 'read']))),
};

export function builtIn(role: string): Grant | null {
  return Object.hasOwn(BUILT_IN, role) ? BUILT_IN[role as BuiltInRole] : null;
}

/** All that several roles allow together; what is one's own is everybody's. */
export function together(grants: readonly Grant[]): Grant {
  const areas: Areas = { self: 'write' };
  for (const grant of grants) {
    if (grant.all) return { all: true };
    for (const [area, does] of Object.entries(grant.areas)) if (areas[area] !== 'write') areas[area] = does;
  }
  return some(areas);
}

/** One role, on one brand or on all (null). */
export interface Holding {
  role: string;
  brand: string | null;
}

/** What stays, what is new and what is gone between two sets of holdings. */
export function holdingsChanged(
  before: readonly Holding[],
  after: readonly Holding[],
): { granted: Holding[]; taken: Holding[] } {
  const same = (a: Holding) => (b: Holding) => a.role === b.role && a.brand === b.brand;
  return {
    granted: after.filter((one, place) => !before.some(same(one)) && after.findIndex(same(one)) === place),
    taken: before.filter((one) => !after.some(same(one))),
  };
}

export const FACTOR_RESET_HOURS = 24;
export const GIVEN_PASSWORD_HOURS = 72;
export const VISIT_MINUTES = 30;

/**
 * What staff may do for a customer once they asked for more than looking: nothing with money, sign-in, members, keys,
 * contacts or personal data.
 */
export function visitGrant(writes: boolean): Grant {
  const acts = writes ? 'write' : 'read';
  return some({ self: 'read', services: acts, support: acts, money: 'read', people: 'read', audit: 'read' });
}

export const problem = problems({
  'staff-exists': {
    status: 409,
    title: { zh: '这个邮箱已是员工', en: 'This address is a member of staff already' },
    remedy: { zh: '请修改其角色，或使用另一个邮箱。', en: 'Change their roles, or use another address.' },
  },
  'second-factor-needed': {
    status: 403,
    title: { zh: '请先完成两步验证', en: 'Show your second factor first' },
    remedy: {
      zh: '员工登录需要密码和第二验证因素。',
      en: 'Staff sign in with their password and a second factor.',
    },
  },
  'own-password-needed': {
    status: 403,
    title: { zh: '请先设置自己的密码', en: 'Choose a password of your own first' },
    remedy: {
      zh: '当前密码由他人生成，只能用来设置您自己的密码。',
      en: 'Somebody else made this password; it only opens the way to one of your own.',
    },
  },
  'given-password-lapsed': {
    status: 403,
    title: { zh: '初始密码已失效', en: 'The password that you were given has lapsed' },
    remedy: {
      zh: '初始密码 72 小时内有效，请让管理员重新生成。',
      en: 'It holds for 72 hours; ask an administrator for a new one.',
    },
  },
  'factor-kept': {
    status: 409,
    title: { zh: '必须至少保留一种第二验证因素', en: 'One second factor has to stay' },
    remedy: { zh: '请先添加另一种，再移除这一种。', en: 'Add another one before you remove this one.' },
  },
  'grant-too-far': {
    status: 403,
    title: { zh: '不能授予或收回超出自己权限的角色', en: 'Nobody grants or takes more than they have' },
    remedy: { zh: '请由拥有这些权限的同事操作。', en: 'Ask a colleague who has these permissions.' },
  },
  'staff-still-here': {
    status: 409,
    title: { zh: '此员工尚未离职', en: 'This member of the staff hasn’t left' },
    remedy: { zh: '请先办理离职。', en: 'Record that they left first.' },
  },
  'last-admin': {
    status: 409,
    title: { zh: '必须至少保留一位管理员', en: 'The last administrator has to stay' },
    remedy: { zh: '请先指定另一位管理员。', en: 'Make somebody else an administrator first.' },
  },
  'role-unknown': {
    status: 422,
    title: { zh: '没有这个角色或站点', en: 'There is no such role or site' },
    remedy: { zh: '请从列表中选择。', en: 'Choose from the list.' },
  },
  'role-held': {
    status: 409,
    title: { zh: '仍有员工拥有这个角色', en: 'Somebody still holds this role' },
    remedy: { zh: '请先收回。', en: 'Take it from them first.' },
  },
  'role-name-taken': {
    status: 409,
    title: { zh: '已有同名角色', en: 'There is a role of this name' },
    remedy: { zh: '请换一个名称。', en: 'Choose another name.' },
  },
  'reset-waiting': {
    status: 409,
    title: { zh: '重置申请已在等待另一位同事批准', en: 'A reset already waits for a colleague' },
    remedy: { zh: '请在员工页处理。', en: 'Decide it on the staff page.' },
  },
  'reset-own': {
    status: 403,
    title: { zh: '需要另一位同事批准', en: 'Another colleague has to decide this' },
    remedy: {
      zh: '申请人和本人都不能批准。',
      en: 'Neither who asked nor whose factor it is may decide.',
    },
  },
  'visit-refused': {
    status: 403,
    title: { zh: '代客登录时不能进行此操作', en: 'This can’t be done while logged in as a customer' },
    remedy: {
      zh: '资金转出、登录方式、成员、密钥、联系方式和个人信息只能由客户本人处理。',
      en: 'Money out, sign-in, members, keys, contacts and personal data are the customer’s own.',
    },
  },
});
