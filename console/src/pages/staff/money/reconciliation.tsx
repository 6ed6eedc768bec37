import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useAct } from '../../../api/client.ts';
import {
  askFinding,
  explainFinding,
  type Finding,
  reconciliationQuery,
  reconciliationsQuery,
  runReconciliation,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { ActButton } from '../../../ui/act-button.tsx';
import { AskButton } from '../../../ui/ask.tsx';
import { yuan } from '../../../ui/format.ts';
import { Page, Panel } from '../../../ui/kit.tsx';
import { QueryState } from '../../../ui/query-state.tsx';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable, Table } from '../../../ui/table.tsx';
import { ChannelName } from '../../top-up.tsx';

/** Our books beside the channels' bills, day by day. */
export function ReconciliationPage() {
  const { t } = useTexts();
  const [shown, setShown] = useState<string | null>(null);
  return (
    <Page title={t('desk.reconciliation')} lead={t('desk.reconciliationLead')}>
      <div className="stack">
        {shown ? <DayPanel id={shown} /> : null}
        <Panel>
          <PagedTable
            query={useInfiniteQuery(reconciliationsQuery)}
            label={t('desk.reconciliation')}
            empty={t('desk.emptyDays')}
            rowKey={(row) => row.id}
            columns={[
              { title: t('desk.day'), keep: true, cell: (row) => row.day },
              { title: t('desk.channel'), cell: (row) => <ChannelName channel={row.channel} /> },
              {
                title: t('desk.state'),
                cell: (row) => (
                  <>
                    <Toned tone={row.state === 'compared' ? 'good' : 'busy'}>
                      {t(`desk.dayState.${row.state}`)}
                    </Toned>
                    {row.last_error ? <div className="faint small">{row.last_error}</div> : null}
                  </>
                ),
              },
              { title: t('desk.matched'), end: true, cell: (row) => `${row.matched} / ${row.trades}` },
              { title: t('desk.paid'), end: true, keep: true, cell: (row) => yuan(row.paid) },
              { title: t('desk.refunded'), end: true, keep: true, cell: (row) => yuan(row.refunded) },
              { title: t('desk.fee'), end: true, keep: true, cell: (row) => yuan(row.fee) },
              {
                title: t('desk.open'),
                end: true,
                cell: (row) =>
                  row.open > 0 ? <strong style={{ color: 'var(--bad)' }}>{row.open}</strong> : '0',
              },
              {
                title: t('desk.act'),
                end: true,
                cell: (row) => (
                  <Button
                    size="small"
                    aria-label={`${t('desk.findings')} ${row.day} ${row.channel}`}
                    onClick={() => setShown(row.id)}
                  >
                    {t('desk.findings')}
                  </Button>
                ),
              },
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}

const TONES = { open: 'bad', resolved: 'good', explained: 'none' } as const;

function DayPanel({ id }: { id: string }) {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const day = useQuery(reconciliationQuery(id));
  const again = () => queryClient.invalidateQueries({ queryKey: ['staff'] });
  const run = useAct(runReconciliation, { onSuccess: again });
  return (
    <Panel
      title={`${t('desk.findings')} ${day.data?.day ?? ''}`}
      aside={
        <ActButton size="small" busy={run.isPending} onClick={() => run.mutate({ id })}>
          {t('desk.run')}
        </ActButton>
      }
    >
      <QueryState query={day}>
        {({ findings }) => (
          <Table
            label={t('desk.findings')}
            empty={t('desk.noFindings')}
            rows={findings}
            rowKey={(row) => row.id}
            columns={[
              {
                title: t('desk.what'),
                cell: (row) => (
                  <>
                    {row.title}
                    {row.detail ? <div className="faint small">{row.detail}</div> : null}
                  </>
                ),
              },
              { title: t('desk.number'), cell: (row) => <code>{row.number}</code> },
              { title: t('desk.ours'), end: true, keep: true, cell: (row) => row.ours ?? '—' },
              { title: t('desk.theirs'), end: true, keep: true, cell: (row) => row.theirs ?? '—' },
              { title: t('desk.remedy'), cell: (row) => row.explanation ?? row.remedy },
              {
                title: t('desk.state'),
                cell: (row) => <Toned tone={TONES[row.state]}>{t(`desk.findingState.${row.state}`)}</Toned>,
              },
              {
                title: t('desk.act'),
                end: true,
                cell: (row) => (row.state === 'open' ? <FindingActs row={row} /> : null),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function FindingActs({ row }: { row: Finding }) {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const ask = useAct(askFinding, {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['staff'] }),
  });
  return (
    <span className="acts">
      {row.payment_id ? (
        <ActButton size="small" busy={ask.isPending} onClick={() => ask.mutate({ id: row.id })}>
          {t('desk.ask')}
        </ActButton>
      ) : null}
      <AskButton
        label={t('desk.explain')}
        name={`${t('desk.explain')} ${row.number}`}
        fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') }]}
        act={({ reason = '' }, key) => explainFinding(row.id, reason, key)}
        done={t('desk.done')}
        refresh={[['staff']]}
      />
    </span>
  );
}
