import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { type Door, door, root, text } from './routes-root.tsx';
import { StoreLayout } from './ui/store-layout.tsx';

/** The pages that anybody may see, and those by which one comes in. */

const store = createRoute({ getParentRoute: () => root, id: 'store', component: StoreLayout });
const storefront = createRoute({
  getParentRoute: () => store,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/storefront.tsx'), 'Storefront'),
});
const terms = createRoute({
  getParentRoute: () => store,
  path: '/terms',
  validateSearch: (search: Record<string, unknown>): { version?: string } => {
    const version = text(search.version);
    return version ? { version } : {};
  },
  component: lazyRouteComponent(() => import('./pages/terms.tsx'), 'TermsPage'),
});
const revision = createRoute({
  getParentRoute: () => store,
  path: '/terms/revisions/$version',
  component: lazyRouteComponent(() => import('./pages/revision.tsx'), 'RevisionPage'),
});
const status = createRoute({
  getParentRoute: () => store,
  path: '/status',
  component: lazyRouteComponent(() => import('./pages/status.tsx'), 'StatusPage'),
});

const reportAbuse = createRoute({
  getParentRoute: () => store,
  path: '/report-abuse',
  component: lazyRouteComponent(() => import('./pages/report-abuse.tsx'), 'ReportAbusePage'),
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
const recover = createRoute({
  getParentRoute: () => entrance,
  path: '/recover',
  component: lazyRouteComponent(() => import('./pages/recover.tsx'), 'RecoverPage'),
});
/** Registered with third parties (docs/operations.md): what they send back stands in its query. */
const signInReturn = createRoute({
  getParentRoute: () => entrance,
  path: '/sign-in/return/$provider',
  component: lazyRouteComponent(() => import('./pages/sign-in-return.tsx'), 'SignInReturnPage'),
});
const invitation = createRoute({
  getParentRoute: () => entrance,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./pages/invitation.tsx'), 'InvitationPage'),
});
const mailbox = createRoute({
  getParentRoute: () => entrance,
  path: '/dev/mailbox',
  component: lazyRouteComponent(() => import('./pages/mailbox.tsx'), 'MailboxPage'),
});
const privacyOutside = createRoute({
  getParentRoute: () => store,
  path: '/privacy',
  component: lazyRouteComponent(() => import('./pages/privacy-outside.tsx'), 'PrivacyOutsidePage'),
});

export const storePages = store.addChildren([
  storefront,
  terms,
  status,
  reportAbuse,
  privacyOutside,
  revision,
  entrance.addChildren([signUp, verify, signIn, invitation, signInReturn, recover, mailbox]),
]);
