import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { priceChangesQuery, priceMovesQuery } from '../../api/prices.ts';
import { useTexts } from '../../i18n/texts.ts';
import { yuan } from '../../ui/format.ts';
import { Page, Panel, Quiet } from '../../ui/kit.tsx';
import { MoneyNav } from '../../ui/money-nav.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';

/** Prices to come: of the customer's own services first, then of all that is sold. */
export function AnnouncedPricesPage() {
  const { t } = useTexts();
  return (
    <Page title={t('prices.title')} lead={t('prices.lead')}>
      <MoneyNav />
      <div className="stack">
        <Moves />
        <Changes />
      </div>
    </Page>
  );
}

function Moves() {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(priceMovesQuery)}>
      {({ items }) =>
        items.length === 0 ? null : (
          <Panel title={t('prices.moves')} lead={t('prices.movesLead')}>
            <Table
              label={t('prices.moves')}
              empty=""
              rows={items}
              rowKey={(row) => `${row.service_id} ${row.from_at}`}
              columns={[
                {
                  title: t('prices.service'),
                  cell: (row) => (
                    <Link to="/services/$id" params={{ id: row.service_id }}>
                      {row.label}
                    </Link>
                  ),
                },
                { title: t('prices.from'), end: true, cell: (row) => yuan(row.from) },
                { title: t('prices.to'), end: true, cell: (row) => <strong>{yuan(row.to)}</strong> },
                { title: t('prices.at'), keep: true, cell: (row) => <When at={row.from_at} /> },
                { title: t('prices.paidUntil'), keep: true, cell: (row) => <When at={row.period_end} /> },
              ]}
            />
          </Panel>
        )
      }
    </QueryState>
  );
}

function Changes() {
  const { t, pick } = useTexts();
  const { instant } = useTimeFormat();
  return (
    <QueryState query={useQuery(priceChangesQuery)}>
      {({ items }) =>
        items.length === 0 ? (
          <Quiet>{t('prices.none')}</Quiet>
        ) : (
          items.map((version) => (
            <Panel
              key={version.version_id}
              title={t('prices.changes', { at: instant(version.effective_at) })}
              lead={t(version.running === 'move' ? 'prices.move' : 'prices.keep')}
            >
              <Table
                label={t('prices.title')}
                empty=""
                rows={version.changes}
                rowKey={(row) => `${row.product} ${row.plan ?? row.option}`}
                columns={[
                  { title: t('prices.item'), cell: (row) => pick(row.name) },
                  { title: t('prices.from'), end: true, cell: (row) => yuan(row.from) },
                  { title: t('prices.to'), end: true, cell: (row) => <strong>{yuan(row.to)}</strong> },
                ]}
              />
            </Panel>
          ))
        )
      }
    </QueryState>
  );
}
