import { useQuery } from '@tanstack/react-query';
import { type MonthSeen, uptimeQuery } from '../api/outages.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from '../ui/clause.tsx';
import { Panel } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';

/** What was seen of a service's node, month by month, beside what its terms promise. */
export function Uptime({ service }: { service: string }) {
  const { t } = useTexts();
  return (
    <Panel title={t('outages.uptime')} lead={t('outages.uptimeLead')}>
      <QueryState query={useQuery(uptimeQuery(service))}>
        {({ months, sla }) => (
          <>
            {sla ? (
              <p>
                {t('outages.promised', { percent: sla.promised_percent })}{' '}
                {sla.table
                  .map((step) => t('outages.step', { below: step.below_percent, back: step.back_percent }))
                  .join(t('outages.between'))}{' '}
                <ClauseChip id={sla.clause.id} version={sla.clause.version} />
              </p>
            ) : null}
            <SeenMonths label={t('outages.uptime')} months={months} />
          </>
        )}
      </QueryState>
    </Panel>
  );
}

export function SeenMonths({ label, months }: { label: string; months: MonthSeen[] }) {
  const { t } = useTexts();
  return (
    <Table
      label={label}
      empty={t('outages.uptimeNone')}
      rows={months}
      rowKey={({ month }) => month}
      columns={[
        { title: t('outages.month'), keep: true, cell: ({ month }) => month },
        {
          title: t('outages.availability'),
          end: true,
          keep: true,
          cell: (row) => (row.availability_percent === null ? '–' : `${row.availability_percent}%`),
        },
        { title: t('outages.downMinutes'), end: true, cell: (row) => row.down_minutes },
        { title: t('outages.measured'), end: true, cell: (row) => `${row.measured_percent}%` },
      ]}
    />
  );
}
