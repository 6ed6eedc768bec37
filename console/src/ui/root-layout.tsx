import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { MovedClock } from './moved-clock.tsx';

/** The brand's colour and a way past the navigation; everything else is the layouts'. */
export function RootLayout() {
  const { t } = useTexts();
  const { theme } = useSuspenseQuery(brandQuery).data;
  useEffect(() => {
    document.documentElement.style.setProperty('--brand', theme.primary);
  }, [theme.primary]);
  return (
    <>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <MovedClock />
      <Outlet />
    </>
  );
}
