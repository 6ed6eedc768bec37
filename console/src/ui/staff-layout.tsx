import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { brandQuery } from '../api/queries.ts';
import { staffSessionQuery, staffSignOut } from '../api/staff.ts';
import { useTexts } from '../i18n/texts.ts';
import { AntdFrame } from './antd-frame.tsx';
import { BrandMark, LanguageSwitch } from './brand.tsx';
import { Expired } from './expired.tsx';
import './staff-layout.css';

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
  if (session?.stage !== 'done') return <Expired door="/staff/sign-in" />;
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
              {PLACES.map(([to, name]) => (
                <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
                  {t(`staff.${name}`)}
                </Link>
              ))}
              <Link to="/staff/cases" activeProps={{ 'aria-current': 'page' }}>
                {t('cases.all')}
              </Link>
              <Link to="/staff/identities" activeProps={{ 'aria-current': 'page' }}>
                {t('reviews.nav')}
              </Link>
              <Link to="/staff/filings" activeProps={{ 'aria-current': 'page' }}>
                {t('filings.nav')}
              </Link>
              <Link to="/staff/privacy" activeProps={{ 'aria-current': 'page' }}>
                {t('privacy.desk.nav')}
              </Link>
              <Link to="/staff/authorities" activeProps={{ 'aria-current': 'page' }}>
                {t('authorities.nav')}
              </Link>
              <Link to="/staff/terms" activeProps={{ 'aria-current': 'page' }}>
                {t('revisions.nav')}
              </Link>
              {brand.moved_clock ? (
                <Link to="/staff/world" activeProps={{ 'aria-current': 'page' }}>
                  {t('world.nav')}
                </Link>
              ) : null}
            </nav>
            <nav aria-label={t('desk.money')} className="back-money">
              <span>{t('desk.money')}</span>
              {MONEY.map(([to, name]) => (
                <Link key={to} to={to} activeProps={{ 'aria-current': 'page' }}>
                  {t(`desk.${name}`)}
                </Link>
              ))}
            </nav>
            <div className="back-who">
              <span title={session.staff.email}>{session.staff.name}</span>
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
          <Outlet />
        </main>
      </div>
    </AntdFrame>
  );
}
