import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { overviewQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';

const STATES = ['active', 'preparing', 'suspended', 'failed', 'deleted'] as const;

const ALARMS = [
  ['jobs_failed', '/staff/jobs', 'staff.jobsFailed'],
  ['payments_held', '/staff/payments', 'staff.paymentsHeld'],
  ['receipts_held', '/staff/incoming', 'staff.receiptsHeld'],
  ['reconciliation_open', '/staff/reconciliation', 'staff.differences'],
  ['nodes_in_trouble', '/staff/nodes', 'staff.nodesTrouble'],
  ['filings_waiting', '/staff/filings', 'staff.filingsWaiting'],
] as const;

/** What needs somebody first, then the counts; of areas that one may not look at, nothing. */
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
              {ALARMS.some(([key]) => (found[key] ?? 0) > 0) ? null : (
                <div className="tile">{t('staff.allGood')}</div>
              )}
              {ALARMS.map(([key, to, name]) =>
                (found[key] ?? 0) > 0 ? (
                  <Link key={key} to={to} className="tile tile-alarm">
                    <strong>{found[key]}</strong>
                    {t(name)}
                  </Link>
                ) : null,
              )}
            </div>
            {found.customers === null ? null : (
              <div className="tiles">
                <Link to="/staff/customers" className="tile">
                  <strong>{found.customers}</strong>
                  {t('staff.customers')}
                </Link>
              </div>
            )}
            {found.services ? <Services counts={found.services} /> : null}
          </>
        )}
      </QueryState>
    </Page>
  );
}

function Services({ counts }: { counts: Record<string, number> }) {
  const { t } = useTexts();
  return (
    <>
      <h2 className="back-heading">{t('staff.byState')}</h2>
      <div className="tiles">
        {STATES.map((state) => (
          <Link key={state} to="/staff/services" className="tile">
            <strong>{counts[state] ?? 0}</strong>
            {t(`state.${state}`)}
          </Link>
        ))}
      </div>
    </>
  );
}
