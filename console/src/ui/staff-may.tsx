import { useSuspenseQuery } from '@tanstack/react-query';
import { createContext, type ReactNode } from 'react';
import { staffSessionQuery } from '../api/staff.ts';
import { type Does, mayIn } from '../api/team.ts';

export type StaffArea =
  | 'customers'
  | 'services'
  | 'money'
  | 'catalogue'
  | 'cases'
  | 'terms'
  | 'notices'
  | 'staff'
  | 'audit'
  | 'privacy'
  | 'system';

/** Whether the page's own acts are offered; whoever may only look at its area sees none. */
export const ActsOffered = createContext(true);

/** Pages of the back office by what their path begins with; the longest counts. Who lacks an area isn't led there. */
const AREAS: [path: string, area: StaffArea][] = [
  ['/staff/customers', 'customers'],
  ['/staff/services', 'services'],
  ['/staff/orders', 'money'],
  ['/staff/payments', 'money'],
  ['/staff/jobs', 'system'],
  ['/staff/notices', 'notices'],
  ['/staff/nodes', 'system'],
  ['/staff/outages', 'services'],
  ['/staff/audit', 'audit'],
  ['/staff/authorities', 'audit'],
  ['/staff/privacy', 'privacy'],
  ['/staff/cases', 'cases'],
  ['/staff/filings', 'customers'],
  ['/staff/identities', 'customers'],
  ['/staff/terms', 'terms'],
  ['/staff/world', 'system'],
  ['/staff/team', 'staff'],
  ['/staff/incoming', 'money'],
  ['/staff/reconciliation', 'money'],
  ['/staff/outgoing', 'money'],
  ['/staff/arrears', 'money'],
  ['/staff/offers', 'catalogue'],
  ['/staff/papers', 'money'],
  ['/staff/metering', 'services'],
  ['/staff/books', 'money'],
];

export function areaOf(path: string): StaffArea | null {
  return AREAS.find(([start]) => path === start || path.startsWith(`${start}/`))?.[1] ?? null;
}

export function useStaffMay(area: StaffArea, does: Does = 'read'): boolean {
  const session = useSuspenseQuery(staffSessionQuery).data;
  return session ? mayIn(session, area, does) : false;
}

/** A part of a page that only who may look there sees. */
export function StaffNeeds(props: { area: StaffArea; does?: Does; children: ReactNode }) {
  return useStaffMay(props.area, props.does) ? props.children : null;
}
