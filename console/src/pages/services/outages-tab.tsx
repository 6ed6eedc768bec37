import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ownMovesQuery } from '../../api/outages.ts';
import { ordersQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Panel } from '../../ui/kit.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { OutagesOf } from '../outages-of.tsx';
import { Uptime } from '../uptime.tsx';
import { ClaimsPanel } from './claims-panel.tsx';

/** What hit this service and what came of it, what it is owed, and what will move. */
export function OutagesTab({ service }: { service: Service }) {
  const orders = useInfiniteQuery(ordersQuery).data?.pages.flatMap(({ items }) => items) ?? [];
  const own = orders.filter(({ service_id }) => service_id === service.id);
  return (
    <div className="stack">
      <OutagesOf subject={service.id} />
      <Uptime service={service.id} />
      <Moves service={service} />
      <ClaimsPanel service={service} orders={own} />
    </div>
  );
}

function Moves({ service }: { service: Service }) {
  const { t, pick } = useTexts();
  const moves = useQuery(ownMovesQuery(service.id)).data?.items ?? [];
  if (moves.length === 0) return null;
  return (
    <Panel title={t('outages.moves')}>
      <Table
        label={t('outages.moves')}
        empty={t('outages.movesNone')}
        rows={moves}
        rowKey={(row) => row.id}
        columns={[
          { title: t('outages.destination'), cell: (row) => pick(row.destination) },
          {
            title: t('outages.window'),
            keep: true,
            cell: (row) => (
              <>
                <When at={row.from} /> – <When at={row.until} />
              </>
            ),
          },
          { title: t('outages.reason'), cell: (row) => row.reason },
          { title: t('outages.newAddress'), cell: (row) => row.new_address ?? '' },
          { title: t('outages.state'), cell: (row) => t(`outages.moveStates.${row.state}`) },
        ]}
      />
    </Panel>
  );
}
