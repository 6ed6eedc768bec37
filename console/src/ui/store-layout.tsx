import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { brandQuery, sessionQuery } from '../api/queries.ts';
import { sessionHint } from '../api/session-hint.ts';
import { useTexts } from '../i18n/texts.ts';
import { Announcements } from './announcements.tsx';
import { BrandMark, LanguageSwitch } from './brand.tsx';
import { RevisionNotice } from './revision-notice.tsx';

/** Frame of the pages that anybody may see. */
export function StoreLayout() {
  return (
    <StoreFrame>
      <Announcements />
      <RevisionNotice />
      <Outlet />
    </StoreFrame>
  );
}

export function StoreFrame({ children }: { children: ReactNode }) {
  const { t } = useTexts();
  const brand = useSuspenseQuery(brandQuery).data;
  const session = useQuery({ ...sessionQuery, enabled: sessionHint() }).data;
  return (
    <>
      <header className="store-top">
        <div>
          <BrandMark />
          <nav aria-label={t('nav.main')}>
            <Link to="/terms" className="narrow-off">
              {t('nav.terms')}
            </Link>
            <LanguageSwitch />
            {session ? (
              <Link to="/services" className="button button-strong">
                {t('nav.console')}
              </Link>
            ) : (
              <>
                <Link to="/sign-in">{t('nav.signIn')}</Link>
                <Link to="/sign-up" className="button button-strong">
                  {t('nav.signUp')}
                </Link>
              </>
            )}
          </nav>
        </div>
      </header>
      <main id="main" className="store-main">
        {children}
      </main>
      <footer className="store-foot">
        <div>
          <span>{t('store.footer')}</span>
          <Link to="/terms">{t('nav.terms')}</Link>
          <Link to="/status">{t('outages.status')}</Link>
          <Link to="/report-abuse">{t('cases.report')}</Link>
          <Link to="/privacy">{t('privacy.title')}</Link>
          {brand.sandbox.mail ? <Link to="/dev/mailbox">{t('store.devMailbox')}</Link> : null}
          <span className="push">{t('app.zoneNote', { zone: brand.zone })}</span>
          <Link to="/staff">{t('store.staffLink')}</Link>
        </div>
      </footer>
    </>
  );
}
