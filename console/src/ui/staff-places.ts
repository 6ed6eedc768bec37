import type { StaffRoleArea } from '#kernel/grant.ts';

/**
 * The places of the back office as its navigation groups them: path, the area that it shows (null: everybody's), and
 * its name among the texts.
 */
export const PLACE_GROUPS = [
  {
    name: 'places.todo',
    places: [
      ['/staff', null, 'staff.overview'],
      ['/staff/approvals', null, 'desk.approvals'],
    ],
  },
  {
    name: 'places.customers',
    places: [
      ['/staff/customers', 'customers', 'staff.customers'],
      ['/staff/identities', 'customers', 'reviews.nav'],
      ['/staff/filings', 'customers', 'filings.nav'],
      ['/staff/cases', 'cases', 'cases.all'],
      ['/staff/notices', 'notices', 'staff.notices'],
    ],
  },
  {
    name: 'places.services',
    places: [
      ['/staff/services', 'services', 'staff.services'],
      ['/staff/pushes', 'services', 'pushes.desk.title'],
      ['/staff/metering', 'money', 'desk.usage'],
      ['/staff/outages', 'services', 'staff.outages'],
      ['/staff/nodes', 'system', 'staff.nodes'],
    ],
  },
  {
    name: 'places.sales',
    places: [
      ['/staff/orders', 'money', 'staff.orders'],
      ['/staff/offers', 'catalogue', 'desk.offers'],
      ['/staff/papers', 'money', 'desk.papers'],
      ['/staff/arrears', 'money', 'desk.arrears'],
    ],
  },
  {
    name: 'places.money',
    places: [
      ['/staff/payments', 'money', 'staff.payments'],
      ['/staff/incoming', 'money', 'desk.payin'],
      ['/staff/outgoing', 'money', 'desk.payout'],
      ['/staff/reconciliation', 'money', 'desk.reconciliation'],
      ['/staff/books', 'money', 'desk.books'],
    ],
  },
  {
    name: 'places.compliance',
    places: [
      ['/staff/terms', 'terms', 'revisions.nav'],
      ['/staff/privacy', 'privacy', 'privacy.desk.nav'],
      ['/staff/authorities', 'audit', 'authorities.nav'],
      ['/staff/audit', 'audit', 'staff.audit'],
    ],
  },
  {
    name: 'places.system',
    places: [
      ['/staff/team', 'staff', 'team.title'],
      ['/staff/jobs', 'system', 'staff.jobs'],
      ['/staff/world', 'system', 'world.nav'],
    ],
  },
] as const;

export type Place = (typeof PLACE_GROUPS)[number]['places'][number];

const PLACES: readonly Place[] = PLACE_GROUPS.flatMap(({ places }) => places as readonly Place[]);

/** The area of a page, which may stand below a place; null where everybody may go. */
export function areaOf(path: string): StaffRoleArea | null {
  const [, area = null] =
    PLACES.find(([start]) => start !== '/staff' && (path === start || path.startsWith(`${start}/`))) ?? [];
  return area;
}
