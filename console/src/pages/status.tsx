import { useInfiniteQuery } from '@tanstack/react-query';
import { statusQuery } from '../api/outages.ts';
import { useTexts } from '../i18n/texts.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable } from '../ui/table.tsx';
import { useTimeFormat, When } from '../ui/time.tsx';

/** What anybody may know of outages, current ones first by their time. */
export function StatusPage() {
  const { t, pick } = useTexts();
  const { zone, span } = useTimeFormat();
  const query = useInfiniteQuery({ ...statusQuery, refetchInterval: 60_000 });
  return (
    <div className="wide store-part">
      <Page title={t('outages.status')} lead={t('outages.statusLead', { zone })}>
        <QueryState query={query}>
          {(data) =>
            data.pages.some(({ items }) => items.some(({ until }) => until === null)) ? null : (
              <p role="status">
                <Toned tone="good">{t('outages.allGood')}</Toned>
              </p>
            )
          }
        </QueryState>
        <Panel>
          <PagedTable
            query={query}
            label={t('outages.status')}
            empty={t('outages.none')}
            rowKey={(row) => row.id}
            columns={[
              { title: t('outages.title'), cell: (row) => <strong>{pick(row.title)}</strong> },
              { title: t('outages.cause'), cell: (row) => t(`outages.causes.${row.cause}`) },
              { title: t('outages.from'), keep: true, cell: (row) => <When at={row.from} /> },
              {
                title: t('outages.until'),
                keep: true,
                cell: (row) => (row.until ? <When at={row.until} /> : '—'),
              },
              {
                title: t('outages.state'),
                cell: (row) =>
                  row.until ? (
                    <Toned tone="none">
                      {`${t('outages.over')} · ${span(Date.parse(row.until) - Date.parse(row.from))}`}
                    </Toned>
                  ) : (
                    <Toned tone="bad">{t('outages.lasts')}</Toned>
                  ),
              },
            ]}
          />
        </Panel>
      </Page>
    </div>
  );
}
