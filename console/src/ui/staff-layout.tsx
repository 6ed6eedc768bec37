import { MenuOutlined } from '@ant-design/icons';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { staffSessionQuery, staffSignOut } from '../api/staff.ts';
import { tellTabs } from '../api/tabs.ts';
import { mayIn, type StaffSession } from '../api/team.ts';
import { currentLocale, keepLocale } from '../i18n/locale.ts';
import { useTexts } from '../i18n/texts.ts';
import { AntdFrame } from './antd-frame.tsx';
import { BrandMark, LanguageSwitch } from './brand.tsx';
import { Expired } from './expired.tsx';
import './staff-layout.css';
import { ActsOffered } from './acts-offered.ts';
import { StaffNav } from './staff-nav.tsx';
import { areaOf } from './staff-places.ts';
import { StaffProve } from './staff-prove.tsx';

/** One ink for all brands: nobody should take the back office for a customer's page. */
export const STAFF_INK = '#3c4a7a';

/** Frame of the back office: a dark column of places at the side, behind a button on a phone. */
export function StaffLayout() {
  const { t } = useTexts();
  const session = useSuspenseQuery(staffSessionQuery).data;
  const path = useLocation({ select: ({ pathname }) => pathname });
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const pressed = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || !open) return;
      setOpen(false);
      menu.current?.focus();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [open]);
  if (session?.stage !== 'done') return <Expired door="/staff/sign-in" />;
  const here = areaOf(path);
  return (
    <AntdFrame primary={STAFF_INK}>
      <div className="back-office back-frame">
        <header className="back-side" data-open={open}>
          <div className="back-head">
            <BrandMark suffix={t('staff.title')} />
            <button
              ref={menu}
              type="button"
              className="back-menu"
              aria-expanded={open}
              aria-controls="back-places"
              onClick={() => setOpen(!open)}
            >
              <MenuOutlined aria-hidden="true" role="presentation" /> {t('places.menu')}
            </button>
          </div>
          <div id="back-places" className="back-places">
            <StaffNav session={session} onGone={() => setOpen(false)} />
            <Who session={session} onGone={() => setOpen(false)} />
          </div>
        </header>
        <main id="main" className="back-main">
          <ActsOffered value={here === null || mayIn(session, here, 'write')}>
            <Outlet />
          </ActsOffered>
          <StaffProve />
        </main>
      </div>
    </AntdFrame>
  );
}

function Who({ session, onGone }: { session: StaffSession; onGone: () => void }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (
    <div className="back-who">
      <Link to="/staff/own" title={session.staff.email} aria-label={t('team.own')} onClick={onGone}>
        {session.staff.name}
      </Link>
      <LanguageSwitch />
      <button
        type="button"
        className="link-button"
        onClick={async () => {
          await staffSignOut();
          keepLocale(currentLocale());
          tellTabs({ session: 'ended', of: 'staff' });
          await navigate({ to: '/staff/sign-in' });
          queryClient.removeQueries({ queryKey: ['staff'] });
        }}
      >
        {t('nav.signOut')}
      </button>
    </div>
  );
}
