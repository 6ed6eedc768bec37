import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';

const STATES = ['active', 'preparing', 'suspended', 'failed', 'deleted'] as const;

/** What needs somebody first, then the counts. */
export function OverviewPage() {
  const { t } = useTexts();
  const overview = useQuery(overviewQuery);
  return (
    <Page title={t('staff.overview')}>
      <QueryState query={overview}>
        {(found) => (
          <>
            <h2 className="back-heading">{t('staff.attention')}</h2>
            <div className="tiles">
              {found.jobs_failed + found.payments_held + found.nodes_in_trouble === 0 ? (
                <div className="tile">{t('staff.allGood')}</div>
              ) : null}
              {found.jobs_failed > 0 ? (
                <Link to="/staff/jobs" className="tile tile-alarm">
                  <strong>{found.jobs_failed}</strong>
                  {t('staff.jobsFailed')}
                </Link>
              ) : null}
              {found.payments_held > 0 ? (
                <Link to="/staff/payments" className="tile tile-alarm">
                  <strong>{found.payments_held}</strong>
                  {t('staff.paymentsHeld')}
                </Link>
              ) : null}
              {found.nodes_in_trouble > 0 ? (
                <Link to="/staff/nodes" className="tile tile-alarm">
                  <strong>{found.nodes_in_trouble}</strong>
                  {t('staff.nodesTrouble')}
                </Link>
              ) : null}
            </div>
            <div className="tiles">
              <Link to="/staff/customers" className="tile">
                <strong>{found.customers}</strong>
                {t('staff.customers')}
              </Link>
            </div>
            <h2 className="back-heading">{t('staff.byState')}</h2>
            <div className="tiles">
              {STATES.map((state) => (
                <Link key={state} to="/staff/services" className="tile">
                  <strong>{found.services[state] ?? 0}</strong>
                  {t(`state.${state}`)}
                </Link>
              ))}
            </div>
          </>
        )}
      </QueryState>
    </Page>
  );
}
