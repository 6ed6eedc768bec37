import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import './money.css';

/** Between the pages about money; what this brand's terms don't know isn't offered. */
export function MoneyNav() {
  const { t } = useTexts();
  const parameters = useQuery(termsQuery).data?.parameters;
  const current = { 'aria-current': 'page' as const };
  return (
    <nav className="money-nav" aria-label={t('billing.places')}>
      <Link to="/billing" activeOptions={{ exact: true, includeSearch: false }} activeProps={current}>
        {t('billing.overview')}
      </Link>
      {parameters?.metered ? (
        <Link to="/billing/usage" activeProps={current}>
          {t('billing.usage')}
        </Link>
      ) : null}
      <Link to="/billing/prices" activeProps={current}>
        {t('prices.title')}
      </Link>
      {parameters?.bills ? (
        <Link to="/billing/bills" activeProps={current}>
          {t('bills.title')}
        </Link>
      ) : null}
      <Link to="/billing/papers" activeOptions={{ includeSearch: false }} activeProps={current}>
        {t('billing.papers')}
      </Link>
      {parameters?.withdrawal || parameters?.fund_freeze ? (
        <Link to="/billing/funds" activeProps={current}>
          {t('billing.funds')}
        </Link>
      ) : null}
      <Link to="/billing/proof" activeProps={current}>
        {t('billing.proof')}
      </Link>
    </nav>
  );
}
