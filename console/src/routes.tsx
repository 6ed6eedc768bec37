import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { brandQuery, sessionQuery } from './api/queries.ts';
import { staffSessionQuery } from './api/staff.ts';
import { LoadingPage, NotFoundPage, ProblemPage } from './ui/page-states.tsx';
import { RootLayout } from './ui/root-layout.tsx';
import { StoreLayout } from './ui/store-layout.tsx';

/** The map of all pages. Each is loaded when it is first visited. */

export interface Door {
  /** Where to go on to, a path of this site. */
  back?: string;
  expired?: boolean;
}

function door(search: Record<string, unknown>): Door {
  return {
    ...(typeof search.back === 'string' && localPath(search.back) ? { back: search.back } : {}),
    ...(search.expired === true ? { expired: true } : {}),
  };
}

/** Only a path of this site: "//host" and "/\host" would lead elsewhere. */
function localPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

function tabOf(search: Record<string, unknown>): { tab?: string } {
  const tab = text(search.tab);
  return tab ? { tab } : {};
}

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  beforeLoad: async ({ context }) => {
    await context.queryClient.ensureQueryData(brandQuery);
  },
  component: RootLayout,
});

const store = createRoute({ getParentRoute: () => root, id: 'store', component: StoreLayout });
const storefront = createRoute({
  getParentRoute: () => store,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/storefront.tsx'), 'Storefront'),
});
const terms = createRoute({
  getParentRoute: () => store,
  path: '/terms',
  component: lazyRouteComponent(() => import('./pages/terms.tsx'), 'TermsPage'),
});

const entrance = createRoute({
  getParentRoute: () => store,
  id: 'entrance',
  component: lazyRouteComponent(() => import('./ui/entrance-layout.tsx'), 'EntranceLayout'),
});
const signUp = createRoute({
  getParentRoute: () => entrance,
  path: '/sign-up',
  validateSearch: door,
  component: lazyRouteComponent(() => import('./pages/sign-up.tsx'), 'SignUpPage'),
});
const verify = createRoute({
  getParentRoute: () => entrance,
  path: '/verify',
  validateSearch: (search: Record<string, unknown>): Door & { email?: string } => {
    const email = text(search.email);
    return { ...door(search), ...(email ? { email } : {}) };
  },
  component: lazyRouteComponent(() => import('./pages/verify.tsx'), 'VerifyPage'),
});
const signIn = createRoute({
  getParentRoute: () => entrance,
  path: '/sign-in',
  validateSearch: door,
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignInPage'),
});
const mailbox = createRoute({
  getParentRoute: () => entrance,
  path: '/dev/mailbox',
  component: lazyRouteComponent(() => import('./pages/mailbox.tsx'), 'MailboxPage'),
});

const customer = createRoute({
  getParentRoute: () => root,
  id: 'console',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData({ ...sessionQuery, revalidateIfStale: true });
    if (!session) throw redirect({ to: '/sign-in', search: { back: location.href } });
  },
  component: lazyRouteComponent(() => import('./ui/console-layout.tsx'), 'ConsoleLayout'),
});
const acceptTerms = createRoute({
  getParentRoute: () => customer,
  path: '/accept-terms',
  validateSearch: door,
  component: lazyRouteComponent(() => import('./pages/accept-terms.tsx'), 'AcceptTermsPage'),
});
const realName = createRoute({
  getParentRoute: () => customer,
  path: '/real-name',
  validateSearch: door,
  component: lazyRouteComponent(() => import('./pages/real-name.tsx'), 'RealNamePage'),
});
const topUp = createRoute({
  getParentRoute: () => customer,
  path: '/top-up',
  validateSearch: (search: Record<string, unknown>): Door & { amount?: string } => {
    const amount = text(search.amount);
    return { ...door(search), ...(amount ? { amount } : {}) };
  },
  component: lazyRouteComponent(() => import('./pages/top-up.tsx'), 'TopUpPage'),
});
const topUpReturn = createRoute({
  getParentRoute: () => customer,
  path: '/top-up/$id',
  component: lazyRouteComponent(() => import('./pages/top-up-return.tsx'), 'TopUpReturnPage'),
});
const order = createRoute({
  getParentRoute: () => customer,
  path: '/order',
  validateSearch: (search: Record<string, unknown>): { plan?: string } => {
    const plan = text(search.plan);
    return plan ? { plan } : {};
  },
  component: lazyRouteComponent(() => import('./pages/order.tsx'), 'OrderPage'),
});
const services = createRoute({
  getParentRoute: () => customer,
  path: '/services',
  component: lazyRouteComponent(() => import('./pages/services/list.tsx'), 'ServicesPage'),
});
const service = createRoute({
  getParentRoute: () => customer,
  path: '/services/$id',
  validateSearch: (search: Record<string, unknown>): { tab?: string; watch?: boolean } => {
    const tab = text(search.tab);
    return { ...(tab ? { tab } : {}), ...(search.watch === true ? { watch: true } : {}) };
  },
  component: lazyRouteComponent(() => import('./pages/services/service.tsx'), 'ServicePage'),
});
const billing = createRoute({
  getParentRoute: () => customer,
  path: '/billing',
  validateSearch: tabOf,
  component: lazyRouteComponent(() => import('./pages/billing.tsx'), 'BillingPage'),
});
const usage = createRoute({
  getParentRoute: () => customer,
  path: '/billing/usage',
  component: lazyRouteComponent(() => import('./pages/usage/usage.tsx'), 'UsagePage'),
});
const usageExplain = createRoute({
  getParentRoute: () => customer,
  path: '/billing/usage/$id',
  component: lazyRouteComponent(() => import('./pages/usage/explain.tsx'), 'ExplainPage'),
});
const papers = createRoute({
  getParentRoute: () => customer,
  path: '/billing/papers',
  validateSearch: tabOf,
  component: lazyRouteComponent(() => import('./pages/papers.tsx'), 'PapersPage'),
});
const funds = createRoute({
  getParentRoute: () => customer,
  path: '/billing/funds',
  component: lazyRouteComponent(() => import('./pages/funds.tsx'), 'FundsPage'),
});
const proof = createRoute({
  getParentRoute: () => customer,
  path: '/billing/proof',
  component: lazyRouteComponent(() => import('./pages/proof.tsx'), 'ProofPage'),
});
const account = createRoute({
  getParentRoute: () => customer,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account.tsx'), 'AccountPage'),
});
const notices = createRoute({
  getParentRoute: () => customer,
  path: '/notices',
  component: lazyRouteComponent(() => import('./pages/notices.tsx'), 'NoticesPage'),
});

const staffSignIn = createRoute({
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
    if (!session) throw redirect({ to: '/staff/sign-in', search: { back: location.href } });
  },
  component: lazyRouteComponent(() => import('./ui/staff-layout.tsx'), 'StaffLayout'),
});
const staffOverview = createRoute({
  getParentRoute: () => staff,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/staff/overview.tsx'), 'OverviewPage'),
});
const staffCustomers = createRoute({
  getParentRoute: () => staff,
  path: '/customers',
  validateSearch: (search: Record<string, unknown>): { q?: string } => {
    const q = text(search.q);
    return q ? { q } : {};
  },
  component: lazyRouteComponent(() => import('./pages/staff/customers.tsx'), 'CustomersPage'),
});
const staffCustomer = createRoute({
  getParentRoute: () => staff,
  path: '/customers/$id',
  component: lazyRouteComponent(() => import('./pages/staff/customer.tsx'), 'CustomerPage'),
});
const staffServices = createRoute({
  getParentRoute: () => staff,
  path: '/services',
  component: lazyRouteComponent(() => import('./pages/staff/sold.tsx'), 'StaffServicesPage'),
});
const staffOrders = createRoute({
  getParentRoute: () => staff,
  path: '/orders',
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

const tree = root.addChildren([
  store.addChildren([storefront, terms, entrance.addChildren([signUp, verify, signIn, mailbox])]),
  customer.addChildren([
    acceptTerms,
    realName,
    topUp,
    topUpReturn,
    order,
    services,
    service,
    billing,
    usage,
    usageExplain,
    papers,
    funds,
    proof,
    account,
    notices,
  ]),
  staffSignIn,
  staff.addChildren([
    staffOverview,
    staffCustomers,
    staffCustomer,
    staffServices,
    staffOrders,
    staffPayments,
    staffJobs,
    staffAudit,
    staffNodes,
    staffApprovals,
    staffPayin,
    staffReconciliation,
    staffPayout,
    staffOffers,
    staffPapers,
    staffMetering,
    staffBooks,
  ]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: LoadingPage,
    defaultErrorComponent: ProblemPage,
    defaultNotFoundComponent: NotFoundPage,
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
