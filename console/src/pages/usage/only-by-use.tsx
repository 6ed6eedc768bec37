import { Link } from '@tanstack/react-router';
import { useTexts } from '../../i18n/texts.ts';
import { Quiet } from '../../ui/kit.tsx';

/** In place of services and orders, where a brand sells nothing by the month: the way to what is used. */
export function OnlyByUse() {
  const { t } = useTexts();
  return (
    <Quiet title={t('usage.onlyMetered')}>
      <p>{t('usage.onlyMeteredText')}</p>
      <Link to="/billing/usage" className="button">
        {t('usage.open')}
      </Link>
    </Quiet>
  );
}
