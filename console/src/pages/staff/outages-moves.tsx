import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import {
  cancelMove,
  changeMove,
  completeMove,
  type StaffMove,
  scheduleMove,
  staffMovesQuery,
} from '../../api/outages.ts';
import { brandQuery } from '../../api/queries.ts';
import { nodeNamesQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { wall } from './outage-fields.ts';

/** Moves of the data centre that staff announce, change, complete and cancel. */
export function Moves() {
  const { t, pick } = useTexts();
  const { zone } = useSuspenseQuery(brandQuery).data;
  const nodes = useQuery(nodeNamesQuery).data?.items ?? [];
  const bad = t('outages.timeBad');
  const kinds = ['planned', 'bad-node'] as const;
  return (
    <>
      <p>
        <AskButton
          strong
          label={t('outages.schedule')}
          fields={[
            {
              name: 'kind',
              label: t('outages.kind'),
              kind: 'choice',
              initial: 'planned',
              choices: kinds.map((value) => ({ value, label: t(`outages.kinds.${value}`) })),
            },
            {
              name: 'node',
              label: t('outages.node'),
              kind: 'choice',
              optional: true,
              choices: nodes.map(({ id, name }) => ({ value: id, label: name })),
            },
            { name: 'services', label: t('outages.services'), kind: 'area', optional: true },
            { name: 'zh', label: t('outages.destinationZh') },
            { name: 'en', label: t('outages.destinationEn') },
            { name: 'reason', label: t('outages.reason') },
            { name: 'from', label: t('outages.from'), hint: t('outages.timeHint') },
            { name: 'until', label: t('outages.until'), hint: t('outages.timeHint') },
          ]}
          act={(values, key) => {
            const { kind, node = null, services = '', zh = '', en = '', reason = '' } = values;
            const window = {
              from: wall(values.from ?? '', zone, bad, 'from'),
              until: wall(values.until ?? '', zone, bad, 'until'),
            };
            const body = {
              kind: kind as (typeof kinds)[number],
              node,
              services: services.split(/\s+/).filter(Boolean),
              destination: { zh, en },
              reason,
              ...window,
            };
            return scheduleMove(body, key);
          }}
          done={t('outages.scheduled')}
          refresh={[['staff', 'moves']]}
        />
      </p>
      <PagedTable
        query={useInfiniteQuery(staffMovesQuery)}
        label={t('outages.moves')}
        empty={t('outages.movesNone')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('outages.kind'), cell: (row) => t(`outages.kinds.${row.kind}`) },
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
          {
            title: t('outages.notices'),
            cell: (row) => t('outages.toldTimes', { count: row.told.length }),
          },
          { title: t('outages.newAddress'), cell: (row) => row.new_address ?? '' },
          { title: t('outages.state'), cell: (row) => t(`outages.moveStates.${row.state}`) },
          { title: t('outages.act'), end: true, cell: (row) => <MoveActs row={row} zone={zone} /> },
        ]}
      />
    </>
  );
}

function MoveActs({ row, zone }: { row: StaffMove; zone: string }) {
  const { t } = useTexts();
  if (row.state !== 'scheduled') return null;
  const refresh = [['staff', 'moves']];
  const reason = { name: 'reason', label: t('outages.reason') };
  const bad = t('outages.timeBad');
  return (
    <span className="acts">
      <AskButton
        label={t('outages.change')}
        fields={[
          { name: 'from', label: t('outages.from'), hint: t('outages.timeHint') },
          { name: 'until', label: t('outages.until'), hint: t('outages.timeHint') },
          reason,
        ]}
        act={(values) =>
          changeMove(row.id, {
            from: wall(values.from ?? '', zone, bad, 'from'),
            until: wall(values.until ?? '', zone, bad, 'until'),
            reason: values.reason ?? '',
          })
        }
        refresh={refresh}
      />
      <AskButton
        label={t('outages.complete')}
        fields={[{ name: 'address', label: t('outages.newAddress'), optional: true }]}
        act={({ address }) => completeMove(row.id, address ?? null)}
        refresh={refresh}
      />
      <AskButton
        danger
        label={t('outages.cancel')}
        fields={[reason]}
        act={({ reason: why = '' }) => cancelMove(row.id, why)}
        refresh={refresh}
      />
    </span>
  );
}
