import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { brandQuery } from '../api/queries.ts';
import { staffSessionQuery, staffSignOut } from '../api/staff.ts';
import { mayIn } from '../api/team.ts';
import { useTexts } from '../i18n/texts.ts';
import { AntdFrame } from './antd-frame.tsx';
import { BrandMark, LanguageSwitch } from './brand.tsx';
import { Expired } from './expired.tsx';
import './staff-layout.css';
import { ActsOffered, areaOf } from './staff-may.tsx';
import { StaffProve } from './staff-prove.tsx';

/** One ink for all brands: nobody should take the back office for a customer's page. */
export const STAFF_INK = '#3c4a7a';

const PLACES = [
  ['/staff/customers', 'customers'],
  ['/staff/services', 'services'],
  ['/staff/orders', 'orders'],
  ['/staff/payments', 'payments'],
  ['/staff/jobs', 'jobs'],
  ['/staff/notices', 'notices'],
  ['/staff/nodes', 'nodes'],
  ['/staff/outages', 'outages'],
  ['/staff/audit', 'audit'],
] as const;

const FURTHER = [
  ['/staff/cases', 'cases.all'],
  ['/staff/identities', 'reviews.nav'],
  ['/staff/filings', 'filings.nav'],
  ['/staff/privacy', 'privacy.desk.nav'],
  ['/staff/authorities', 'authorities.nav'],
  ['/staff/terms', 'revisions.nav'],
  ['/staff/team', 'team.title'],
] as const;

/** What moves or holds money, in a line of its own. */
const MONEY = [
  ['/staff/approvals', 'approvals'],
  ['/staff/incoming', 'payin'],
  ['/staff/reconciliation', 'reconciliation'],
  ['/staff/outgoing', 'payout'],
  ['/staff/arrears', 'arrears'],
  ['/staff/offers', 'offers'],
  ['/staff/papers', 'papers'],
  ['/staff/metering', 'usage'],
  ['/staff/books', 'books'],
] as const;

export function StaffLayout() {
  const { t } = useTexts();
  const session = useSuspenseQuery(staffSessionQuery).data;
  const brand = useSuspenseQuery(brandQuery).data;
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const path = useLocation({ select: ({ pathname }) => pathname });
  if (session?.stage !== 'done') return <Expired door="/staff/sign-in" />;
  const sees = (path: string) => {
    const area = areaOf(path);
    return area === null || mayIn(session, area);
  };
  const here = areaOf(path);
  const acts = here === null || mayIn(session, here, 'write');
  return (
    <AntdFrame primary={STAFF_INK}>
      <div className="back-office">
        <header className="back-top">
          <div>
            <BrandMark suffix={t('staff.title')} />
            <nav aria-label={t('nav.main')}>
              <Link to="/staff" activeOptions={{ exact: true }} activeProps={{ 'aria-current': 'page' }}>
                {t('staff.overview')}
              </Link>
              {PLACES.filter(([to]) => sees(to)).map(([to, name]) => (
                <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
                  {t(`staff.${name}`)}
                </Link>
              ))}
              {FURTHER.filter(([to]) => sees(to)).map(([to, name]) => (
                <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
                  {t(name)}
                </Link>
              ))}
              {brand.moved_clock ? (
                <Link to="/staff/world" activeProps={{ 'aria-current': 'page' }}>
                  {t('world.nav')}
                </Link>
              ) : null}
            </nav>
            <nav aria-label={t('desk.money')} className="back-money">
              <span>{t('desk.money')}</span>
              {MONEY.filter(([to]) => sees(to)).map(([to, name]) => (
                <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
                  {t(`desk.${name}`)}
                </Link>
              ))}
            </nav>
            <div className="back-who">
              <Link to="/staff/own" title={session.staff.email} aria-label={t('team.own')}>
                {session.staff.name}
              </Link>
              <LanguageSwitch />
              <button
                type="button"
                className="link-button"
                onClick={async () => {
                  await staffSignOut();
                  await navigate({ to: '/staff/sign-in' });
                  queryClient.removeQueries({ queryKey: ['staff'] });
                }}
              >
                {t('nav.signOut')}
              </button>
            </div>
          </div>
        </header>
        <main id="main" className="back-main">
          <ActsOffered value={acts}>
            <Outlet />
          </ActsOffered>
          <StaffProve />
        </main>
      </div>
    </AntdFrame>
  );
}
