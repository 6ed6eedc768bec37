import {
  BarChartOutlined,
  BellOutlined,
  CloudServerOutlined,
  LogoutOutlined,
  PlusOutlined,
  TeamOutlined,
  UserOutlined,
  WalletOutlined,
} from '@ant-design/icons';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { signOut } from '../api/acts.ts';
import { unreadQuery } from '../api/notices.ts';
import { catalogueQuery, sessionQuery } from '../api/queries.ts';
import { keepSessionHint } from '../api/session-hint.ts';
import { tellTabs } from '../api/tabs.ts';
import { currentLocale, keepLocale } from '../i18n/locale.ts';
import { useTexts } from '../i18n/texts.ts';
import { Announcements } from './announcements.tsx';
import { AntdFrame } from './antd-frame.tsx';
import { ArrearsBanner } from './arrears-banner.tsx';
import { BrandMark, LanguageSwitch } from './brand.tsx';
import './console-layout.css';
import { CustomerSwitch } from './customer-switch.tsx';
import { Expired } from './expired.tsx';
import { FactorAsked, useFactorAsked } from './factor-asked.tsx';
import { yuan } from './format.ts';
import { useSession } from './kit.tsx';
import { Needs } from './may.tsx';
import { ProveAgain } from './prove-again.tsx';
import { DisagreementNotice } from './revision-facing.tsx';
import { useTimeFormat } from './time.tsx';
import { VisitBanner } from './visit-banner.tsx';

/** Frame of the customer's pages: a quiet column at the side, a bar of tabs at the foot of a phone. */
export function ConsoleLayout() {
  const signedIn = useSuspenseQuery(sessionQuery).data !== null;
  return signedIn ? <Frame /> : <Expired door="/sign-in" />;
}

function Frame() {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  const { asked, closed } = useFactorAsked();
  return (
    <AntdFrame>
      <div className="console">
        <header className="console-side">
          <BrandMark />
          {asked ? null : <Places />}
          <Who />
        </header>
        <div className="console-body">
          <main id="main">
            {asked ? <FactorAsked /> : <Told />}
            {closed ? null : <Outlet />}
            <ProveAgain />
          </main>
          <p className="console-foot">{t('app.zoneNote', { zone })}</p>
        </div>
      </div>
    </AntdFrame>
  );
}

/** What stands above every page. */
function Told() {
  return (
    <>
      <VisitBanner />
      <Announcements />
      <DisagreementNotice />
      <Needs area="money" does="read" quiet>
        <ArrearsBanner />
      </Needs>
    </>
  );
}

function Places() {
  const { t } = useTexts();
  const byUse = useQuery(catalogueQuery).data?.products.length === 0;
  return (
    <nav aria-label={t('nav.main')}>
      <Place to="/services" icon={<CloudServerOutlined />} name={t('nav.services')} />
      <Needs area="money" quiet>
        {byUse ? (
          <Place to="/billing/usage" icon={<BarChartOutlined />} name={t('billing.usage')} />
        ) : (
          <Place to="/order" icon={<PlusOutlined />} name={t('nav.order')} />
        )}
      </Needs>
      <Needs area="money" does="read" quiet>
        <Place to="/billing" icon={<WalletOutlined />} name={t('nav.billing')} exact={byUse} />
      </Needs>
      <Needs area="support" does="read" quiet>
        <Place to="/notices" icon={<BellOutlined />} name={t('nav.notices')} mark={<Unread />} />
      </Needs>
      <Needs area="people" does="read" quiet>
        <Place to="/members" icon={<TeamOutlined />} name={t('members.title')} />
      </Needs>
      <Place to="/account" icon={<UserOutlined />} name={t('nav.account')} />
    </nav>
  );
}

function Place({
  to,
  icon,
  name,
  mark,
  exact = false,
}: {
  to: '/services' | '/order' | '/billing' | '/billing/usage' | '/notices' | '/members' | '/account';
  icon: ReactNode;
  name: string;
  mark?: ReactNode;
  /** Whether the pages below it belong to another place. */
  exact?: boolean;
}) {
  return (
    <Link to={to} activeOptions={{ exact, includeSearch: false }} activeProps={{ 'aria-current': 'page' }}>
      <span aria-hidden="true">{icon}</span>
      {name}
      {mark}
    </Link>
  );
}

/** How many notices weren't opened yet; nothing when all were. */
function Unread() {
  const { t } = useTexts();
  const { data } = useQuery(unreadQuery);
  if (!data || data.unread === 0) return null;
  const shown = data.unread > 99 ? '99+' : String(data.unread);
  return (
    <span className="unread" title={t('told.unread', { count: data.unread })}>
      {shown}
    </span>
  );
}

/** Whose console it is, what they have, and the way out. */
function Who() {
  const { t } = useTexts();
  const session = useSession();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <div className="console-who">
      <CustomerSwitch />
      {session.balance === null ? null : (
        <div className="console-balance">
          <span className="faint small">{t('nav.balance')}</span>
          <Link to="/billing" data-testid="balance">
            {yuan(session.balance)}
          </Link>
          <Needs area="money" quiet>
            <Link to="/top-up" className="small">
              {t('nav.topUp')}
            </Link>
          </Needs>
        </div>
      )}
      <div className="console-mail" title={session.user.shown}>
        {session.user.shown}
      </div>
      <div className="console-exits">
        <LanguageSwitch />
        <button
          type="button"
          className="link-button"
          onClick={async () => {
            await signOut();
            keepSessionHint(false);
            // All else that was kept in this browser went with the answer (Clear-Site-Data).
            keepLocale(currentLocale());
            tellTabs({ session: 'ended', of: 'customer' });
            await navigate({ to: '/' });
            queryClient.clear();
          }}
        >
          <LogoutOutlined aria-hidden="true" /> {t('nav.signOut')}
        </button>
      </div>
    </div>
  );
}
