import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { staffSessionQuery } from './api/staff.ts';
import { door, root, tabOf, text } from './routes-root.tsx';
import { NotFoundPage } from './ui/page-states.tsx';

/** The map of the back office. Each page is loaded when it is first visited. */

export const staffSignIn = createRoute({
  getParentRoute: () => root,
  path: '/staff/sign-in',
  validateSearch: door,
  component: lazyRouteComponent(() => import('./pages/staff/sign-in.tsx'), 'StaffSignInPage'),
});
const staff = createRoute({
  getParentRoute: () => root,
  path: '/staff',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData({
      ...staffSessionQuery,
      revalidateIfStale: true,
    });
    if (session?.stage !== 'done') throw redirect({ to: '/staff/sign-in', search: { back: location.href } });
  },
  component: lazyRouteComponent(() => import('./ui/staff-layout.tsx'), 'StaffLayout'),
  notFoundComponent: NotFoundPage,
});
const staffOverview = createRoute({
  getParentRoute: () => staff,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/staff/overview.tsx'), 'OverviewPage'),
});
function sought(search: Record<string, unknown>): { q?: string } {
  const q = text(search.q);
  return q ? { q } : {};
}
const staffCustomers = createRoute({
  getParentRoute: () => staff,
  path: '/customers',
  validateSearch: sought,
  component: lazyRouteComponent(() => import('./pages/staff/customers.tsx'), 'CustomersPage'),
});
const staffCustomer = createRoute({
  getParentRoute: () => staff,
  path: '/customers/$id',
  component: lazyRouteComponent(() => import('./pages/staff/customer.tsx'), 'CustomerPage'),
});
const staffTerms = createRoute({
  getParentRoute: () => staff,
  path: '/terms',
  component: lazyRouteComponent(() => import('./pages/staff/terms.tsx'), 'StaffTermsPage'),
});
const staffServices = createRoute({
  getParentRoute: () => staff,
  path: '/services',
  validateSearch: sought,
  component: lazyRouteComponent(() => import('./pages/staff/sold.tsx'), 'StaffServicesPage'),
});
const staffService = createRoute({
  getParentRoute: () => staff,
  path: '/services/$id',
  component: lazyRouteComponent(() => import('./pages/staff/service.tsx'), 'StaffServicePage'),
});
const staffPushes = createRoute({
  getParentRoute: () => staff,
  path: '/pushes',
  validateSearch: (search: Record<string, unknown>): { customer?: string; service?: string } => {
    const customer = text(search.customer);
    const service = text(search.service);
    return { ...(customer ? { customer } : {}), ...(service ? { service } : {}) };
  },
  component: lazyRouteComponent(() => import('./pages/staff/pushes.tsx'), 'StaffPushesPage'),
});
const staffOrders = createRoute({
  getParentRoute: () => staff,
  path: '/orders',
  validateSearch: sought,
  component: lazyRouteComponent(() => import('./pages/staff/sold.tsx'), 'StaffOrdersPage'),
});
const staffPayments = createRoute({
  getParentRoute: () => staff,
  path: '/payments',
  component: lazyRouteComponent(() => import('./pages/staff/sold.tsx'), 'StaffPaymentsPage'),
});
const staffJobs = createRoute({
  getParentRoute: () => staff,
  path: '/jobs',
  component: lazyRouteComponent(() => import('./pages/staff/jobs.tsx'), 'JobsPage'),
});
const staffAudit = createRoute({
  getParentRoute: () => staff,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): { customer?: string; subject?: string } => {
    const customer = text(search.customer);
    const subject = text(search.subject);
    return { ...(customer ? { customer } : {}), ...(subject ? { subject } : {}) };
  },
  component: lazyRouteComponent(() => import('./pages/staff/audit.tsx'), 'AuditPage'),
});
const staffNodes = createRoute({
  getParentRoute: () => staff,
  path: '/nodes',
  component: lazyRouteComponent(() => import('./pages/staff/nodes.tsx'), 'NodesPage'),
});
const staffOutages = createRoute({
  getParentRoute: () => staff,
  path: '/outages',
  component: lazyRouteComponent(() => import('./pages/staff/outages.tsx'), 'StaffOutagesPage'),
});
const staffOutage = createRoute({
  getParentRoute: () => staff,
  path: '/outages/$id',
  component: lazyRouteComponent(() => import('./pages/staff/outage.tsx'), 'StaffOutagePage'),
});
const staffPrivacy = createRoute({
  getParentRoute: () => staff,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./pages/staff/privacy.tsx'), 'StaffPrivacyPage'),
});
const staffAuthorities = createRoute({
  getParentRoute: () => staff,
  path: '/authorities',
  component: lazyRouteComponent(() => import('./pages/staff/authorities.tsx'), 'AuthoritiesPage'),
});
const identityReviews = createRoute({
  getParentRoute: () => staff,
  path: '/identities',
  component: lazyRouteComponent(() => import('./pages/staff/identity-reviews.tsx'), 'IdentityReviewsPage'),
});
const staffFilings = createRoute({
  getParentRoute: () => staff,
  path: '/filings',
  component: lazyRouteComponent(() => import('./pages/staff/filings.tsx'), 'StaffFilingsPage'),
});
const staffApprovals = createRoute({
  getParentRoute: () => staff,
  path: '/approvals',
  component: lazyRouteComponent(() => import('./pages/staff/money/approvals.tsx'), 'ApprovalsPage'),
});
const staffPayin = createRoute({
  getParentRoute: () => staff,
  path: '/incoming',
  component: lazyRouteComponent(() => import('./pages/staff/money/payin.tsx'), 'PayinPage'),
});
const staffReconciliation = createRoute({
  getParentRoute: () => staff,
  path: '/reconciliation',
  component: lazyRouteComponent(() => import('./pages/staff/money/reconciliation.tsx'), 'ReconciliationPage'),
});
const staffPayout = createRoute({
  getParentRoute: () => staff,
  path: '/outgoing',
  component: lazyRouteComponent(() => import('./pages/staff/money/payout.tsx'), 'PayoutPage'),
});
const staffArrears = createRoute({
  getParentRoute: () => staff,
  path: '/arrears',
  component: lazyRouteComponent(() => import('./pages/staff/money/arrears.tsx'), 'ArrearsPage'),
});
const staffOffers = createRoute({
  getParentRoute: () => staff,
  path: '/offers',
  component: lazyRouteComponent(() => import('./pages/staff/money/offers.tsx'), 'OffersPage'),
});
const staffPapers = createRoute({
  getParentRoute: () => staff,
  path: '/papers',
  component: lazyRouteComponent(() => import('./pages/staff/money/papers.tsx'), 'StaffPapersPage'),
});
const staffMetering = createRoute({
  getParentRoute: () => staff,
  path: '/metering',
  component: lazyRouteComponent(() => import('./pages/staff/money/metering.tsx'), 'MeteringPage'),
});
const staffBooks = createRoute({
  getParentRoute: () => staff,
  path: '/books',
  component: lazyRouteComponent(() => import('./pages/staff/money/books.tsx'), 'BooksPage'),
});

const staffCases = createRoute({
  getParentRoute: () => staff,
  path: '/cases',
  component: lazyRouteComponent(() => import('./pages/staff/cases.tsx'), 'StaffCasesPage'),
});
const staffCase = createRoute({
  getParentRoute: () => staff,
  path: '/cases/$id',
  component: lazyRouteComponent(() => import('./pages/staff/case.tsx'), 'StaffCasePage'),
});
const staffTeam = createRoute({
  getParentRoute: () => staff,
  path: '/team',
  component: lazyRouteComponent(() => import('./pages/staff/team.tsx'), 'TeamPage'),
});
const staffOwn = createRoute({
  getParentRoute: () => staff,
  path: '/own',
  component: lazyRouteComponent(() => import('./pages/staff/own.tsx'), 'StaffOwnPage'),
});
const staffWorld = createRoute({
  getParentRoute: () => staff,
  path: '/world',
  component: lazyRouteComponent(() => import('./pages/staff/world.tsx'), 'WorldPage'),
});

const staffNotices = createRoute({
  getParentRoute: () => staff,
  path: '/notices',
  validateSearch: tabOf,
  component: lazyRouteComponent(() => import('./pages/staff/notices.tsx'), 'StaffNoticesPage'),
});

export const staffPages = staff.addChildren([
  staffNotices,
  staffOverview,
  staffCustomers,
  staffCustomer,
  staffTerms,
  staffServices,
  staffService,
  staffPushes,
  staffOrders,
  staffPayments,
  staffJobs,
  staffAudit,
  staffNodes,
  staffOutages,
  staffOutage,
  staffCases,
  staffCase,
  staffWorld,
  identityReviews,
  staffTeam,
  staffOwn,
  staffFilings,
  staffAuthorities,
  staffPrivacy,
  staffApprovals,
  staffPayin,
  staffReconciliation,
  staffPayout,
  staffArrears,
  staffOffers,
  staffPapers,
  staffMetering,
  staffBooks,
]);
