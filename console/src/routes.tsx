import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { isPutOff } from './api/put-off.ts';
import { sessionQuery } from './api/queries.ts';
import { type Door, door, root, tabOf, text } from './routes-root.tsx';
import { staffPages, staffSignIn } from './routes-staff.tsx';
import { storePages } from './routes-store.tsx';
import { may } from './ui/may.tsx';
import { LoadingPage, NotFoundPage, ProblemPage } from './ui/page-states.tsx';

/** The map of all pages; the back office has its own. Each is loaded when it is first visited. */

export type { Door };

/** Where a revision is asked about, and where nothing stands in the way of reading what it is about. */
const ASKED_AT = /^\/(accept-terms|account|notices)\b/;

const customer = createRoute({
  getParentRoute: () => root,
  id: 'console',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.ensureQueryData({ ...sessionQuery, revalidateIfStale: true });
    if (!session) throw redirect({ to: '/sign-in', search: { back: location.href } });
    const { revision, disagreement } = session.terms;
    if (
      revision?.in_force &&
      // Who may not answer for the account isn't asked.
      may(session, 'people', 'write') &&
      !disagreement &&
      !isPutOff(revision.version) &&
      !ASKED_AT.test(location.pathname)
    )
      throw redirect({ to: '/accept-terms', search: { back: location.href } });
  },
  component: lazyRouteComponent(() => import('./ui/console-layout.tsx'), 'ConsoleLayout'),
});
const acceptTerms = createRoute({
  getParentRoute: () => customer,
  path: '/accept-terms',
  validateSearch: door,
  component: lazyRouteComponent(() => import('./pages/accept-terms.tsx'), 'AcceptTermsPage'),
});
const domains = createRoute({
  getParentRoute: () => customer,
  path: '/account/domains',
  component: lazyRouteComponent(() => import('./pages/domains.tsx'), 'DomainsPage'),
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
const align = createRoute({
  getParentRoute: () => customer,
  path: '/services/align',
  component: lazyRouteComponent(() => import('./pages/services/align.tsx'), 'AlignPage'),
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
const announcedPrices = createRoute({
  getParentRoute: () => customer,
  path: '/billing/prices',
  component: lazyRouteComponent(() => import('./pages/prices/announced.tsx'), 'AnnouncedPricesPage'),
});
const bills = createRoute({
  getParentRoute: () => customer,
  path: '/billing/bills',
  component: lazyRouteComponent(() => import('./pages/bills.tsx'), 'BillsPage'),
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
const security = createRoute({
  getParentRoute: () => customer,
  path: '/account/security',
  component: lazyRouteComponent(() => import('./pages/security.tsx'), 'SecurityPage'),
});
const members = createRoute({
  getParentRoute: () => customer,
  path: '/members',
  component: lazyRouteComponent(() => import('./pages/members.tsx'), 'MembersPage'),
});
const pushes = createRoute({
  getParentRoute: () => customer,
  path: '/pushes',
  component: lazyRouteComponent(() => import('./pages/pushes.tsx'), 'PushesPage'),
});
const keys = createRoute({
  getParentRoute: () => customer,
  path: '/account/keys',
  component: lazyRouteComponent(() => import('./pages/keys.tsx'), 'KeysPage'),
});
const record = createRoute({
  getParentRoute: () => customer,
  path: '/account/record',
  component: lazyRouteComponent(() => import('./pages/record.tsx'), 'RecordPage'),
});
const privacy = createRoute({
  getParentRoute: () => customer,
  path: '/account/privacy',
  component: lazyRouteComponent(() => import('./pages/privacy.tsx'), 'PrivacyPage'),
});
const notices = createRoute({
  getParentRoute: () => customer,
  path: '/notices',
  component: lazyRouteComponent(() => import('./pages/notices.tsx'), 'NoticesPage'),
});

const cases = createRoute({
  getParentRoute: () => customer,
  path: '/cases',
  component: lazyRouteComponent(() => import('./pages/cases.tsx'), 'CasesPage'),
});
const ownCase = createRoute({
  getParentRoute: () => customer,
  path: '/cases/$id',
  component: lazyRouteComponent(() => import('./pages/cases.tsx'), 'CasePage'),
});

const tree = root.addChildren([
  storePages,
  customer.addChildren([
    acceptTerms,
    realName,
    domains,
    cases,
    ownCase,
    topUp,
    topUpReturn,
    order,
    services,
    align,
    service,
    billing,
    usage,
    usageExplain,
    papers,
    announcedPrices,
    bills,
    funds,
    proof,
    account,
    privacy,
    members,
    pushes,
    keys,
    record,
    security,
    notices,
  ]),
  staffSignIn,
  staffPages,
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
