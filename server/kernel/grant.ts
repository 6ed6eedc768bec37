import type { LocalizedText } from './text.ts';

/** What people may do: areas of the product, each for reading or for writing. Pure; rooms keep who has which grant. */

export const CUSTOMER_AREAS = ['self', 'services', 'money', 'people', 'support', 'audit'] as const;
/** Areas that a role of the staff may have. */
export const STAFF_ROLE_AREAS = [
  'customers',
  'services',
  'money',
  'catalogue',
  'cases',
  'terms',
  'notices',
  'staff',
  'audit',
  'privacy',
  'system',
] as const;
/** With `self`, which is everybody's. */
export const STAFF_AREAS = ['self', ...STAFF_ROLE_AREAS] as const;

export type CustomerArea = (typeof CUSTOMER_AREAS)[number];
export type StaffRoleArea = (typeof STAFF_ROLE_AREAS)[number];
export type StaffArea = (typeof STAFF_AREAS)[number];
export type Area = CustomerArea | StaffArea;
export type Does = 'read' | 'write';

/**
 * `areas`: who may write may read. `services`: null for all of the customer's; otherwise the ids of those that it
 * reaches, which narrows everything that belongs to one service, in whichever area.
 */
export type Grant =
  | { all: true }
  | { all: false; areas: Partial<Record<string, Does>>; services: string[] | null };

export const EVERYTHING: Grant = { all: true };

export function mayDo(grant: Grant, area: Area, does: Does): boolean {
  if (grant.all) return true;
  const given = Object.hasOwn(grant.areas, area) ? grant.areas[area] : undefined;
  return given === 'write' || given === does;
}

/** The services that a grant is limited to; null where it isn't limited. */
export function grantedServices(grant: Grant): readonly string[] | null {
  return grant.all ? null : grant.services;
}

export function mayReach(grant: Grant, serviceId: string): boolean {
  return grantedServices(grant)?.includes(serviceId) ?? true;
}

/** Whether all of `inner` is in `outer` too: nobody gives more than they have. */
export function grantWithin(outer: Grant, inner: Grant): boolean {
  if (outer.all) return true;
  if (inner.all) return false;
  const areas = Object.entries(inner.areas) as [Area, Does][];
  if (!areas.every(([area, does]) => mayDo(outer, area, does))) return false;
  if (outer.services === null) return true;
  return inner.services?.every((service) => mayReach(outer, service)) ?? false;
}

/** What both allow: a key of a member has never more than the member, nor more than the key. */
export function grantBoth(one: Grant, other: Grant): Grant {
  if (one.all) return other;
  if (other.all) return one;
  const areas: Partial<Record<string, Does>> = {};
  for (const area of Object.keys(one.areas) as Area[]) {
    for (const does of ['read', 'write'] as const)
      if (mayDo(one, area, does) && mayDo(other, area, does)) areas[area] = does;
  }
  const services = one.services?.filter((service) => mayReach(other, service)) ?? other.services;
  return { all: false, areas, services };
}

export const AREA_NAMES: Record<Area, LocalizedText> = {
  self: { zh: '个人设置', en: 'your own settings' },
  services: { zh: '服务', en: 'services' },
  money: { zh: '财务', en: 'money' },
  people: { zh: '成员与资料', en: 'members and particulars' },
  support: { zh: '支持与通知', en: 'support and notices' },
  audit: { zh: '操作记录', en: 'the record of acts' },
  customers: { zh: '客户', en: 'customers' },
  catalogue: { zh: '商品目录', en: 'the catalogue' },
  cases: { zh: '案件', en: 'cases' },
  terms: { zh: '条款', en: 'terms' },
  notices: { zh: '通知', en: 'notices' },
  staff: { zh: '员工', en: 'staff' },
  privacy: { zh: '个人信息保护', en: 'personal data' },
  system: { zh: '系统', en: 'the system' },
};

export const DOES_NAMES: Record<Does | 'whole' | 'owner', LocalizedText> = {
  read: { zh: '查看', en: 'look at it' },
  write: { zh: '操作', en: 'act in it' },
  owner: { zh: '代替所有者本人操作', en: 'act in place of the owner' },
  whole: { zh: '对全部服务操作', en: 'act in it for all services' },
};
