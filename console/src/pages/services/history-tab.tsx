import { useQuery } from '@tanstack/react-query';
import { historyQuery } from '../../api/queries.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ClauseChip } from '../../ui/clause.tsx';
import { ActName, FactList } from '../../ui/fact-list.tsx';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { Evidence } from '../../ui/ways.tsx';

export function HistoryTab({ serviceId }: { serviceId: string }) {
  const { t } = useTexts();
  const history = useQuery(historyQuery(serviceId));
  return (
    <Panel lead={t('history.lead')}>
      <QueryState query={history}>
        {({ items }) => (
          <Table
            label={t('service.history')}
            empty={t('history.empty')}
            rows={items}
            rowKey={(item) => item.id}
            columns={[
              { title: t('history.at'), keep: true, cell: (item) => <When at={item.at} parts="second" /> },
              { title: t('history.action'), keep: true, cell: (item) => <ActName action={item.action} /> },
              { title: t('history.actor'), keep: true, cell: (item) => <ActorName actor={item.actor} /> },
              {
                title: t('history.clause'),
                cell: (item) =>
                  item.clause ? <ClauseChip id={item.clause.id} version={item.clause.version} /> : null,
              },
              { title: t('told.ways'), cell: (item) => <Evidence ids={item.notices} side="customer" /> },
              { title: t('history.facts'), cell: (item) => <FactList facts={item.facts} /> },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function ActorName({ actor }: { actor: string }) {
  const { t } = useTexts();
  return actor === 'system' || actor === 'customer' || actor === 'staff'
    ? t(`history.actors.${actor}`)
    : actor;
}
