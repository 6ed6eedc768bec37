import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../../api/client.ts';
import {
  answerRequest,
  eraseStranger,
  findStranger,
  type StaffRequest,
  staffRequestsQuery,
} from '../../api/privacy.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable, Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';
import { Incidents } from './privacy-incidents.tsx';

type Traces = Awaited<ReturnType<typeof findStranger>>['items'];

/** What people ask about their data, people without an account, and incidents. */
export function StaffPrivacyPage() {
  const { t } = useTexts();
  return (
    <Page title={t('privacy.desk.nav')}>
      <div className="stack">
        <Requests />
        <Incidents />
      </div>
    </Page>
  );
}

function Requests() {
  const { t } = useTexts();
  const [looked, setLooked] = useState<{ request: string; traces: Traces } | null>(null);
  return (
    <Panel title={t('privacy.desk.title')} lead={t('privacy.desk.lead')}>
      <PagedTable
        query={useInfiniteQuery(staffRequestsQuery)}
        label={t('privacy.desk.title')}
        empty={t('privacy.none')}
        rowKey={({ id }) => id}
        columns={[
          { title: t('privacy.askedAt'), cell: (row) => <When at={row.asked_at} /> },
          {
            title: t('privacy.desk.from'),
            keep: true,
            cell: ({ customer_id, contact }) => (customer_id ? <CustomerLink id={customer_id} /> : contact),
          },
          { title: t('privacy.kind'), keep: true, cell: ({ kind }) => t(`privacy.kinds.${kind}`) },
          { title: t('privacy.desk.said'), cell: ({ text }) => text },
          {
            title: t('privacy.dueAt'),
            keep: true,
            cell: ({ due_at, late }) => (
              <>
                <When at={due_at} parts="date" />{' '}
                {late ? <Toned tone="bad">{t('privacy.desk.late')}</Toned> : null}
              </>
            ),
          },
          { title: t('privacy.state'), keep: true, cell: ({ state }) => t(`privacy.states.${state}`) },
          {
            title: t('privacy.answer'),
            cell: (row) =>
              row.state === 'open' && row.act_at === null ? (
                <span className="acts">
                  <Answer request={row} done />
                  <Answer request={row} done={false} />
                  {row.customer_id === null ? <Find request={row} found={setLooked} /> : null}
                </span>
              ) : (
                row.answer
              ),
          },
        ]}
      />
      {looked ? <Found request={looked.request} traces={looked.traces} /> : null}
    </Panel>
  );
}

function Answer({ request, done }: { request: StaffRequest; done: boolean }) {
  const { t } = useTexts();
  const label = t(done ? 'privacy.desk.done' : 'privacy.desk.refuse');
  return (
    <AskButton
      label={label}
      name={`${label} ${request.id.slice(-6)}`}
      fields={[{ name: 'text', label: t('privacy.answer'), kind: 'area' }]}
      act={({ text = '' }) => answerRequest(request.id, done, text)}
      done={t('privacy.desk.answered')}
      refresh={[['staff', 'privacy']]}
    />
  );
}

function Find(props: {
  request: StaffRequest;
  found: (looked: { request: string; traces: Traces }) => void;
}) {
  const { t } = useTexts();
  return (
    <AskButton
      label={t('privacy.desk.findGo')}
      title={t('privacy.desk.find')}
      text={t('privacy.desk.findLead')}
      fields={[{ name: 'text', label: t('privacy.desk.findText'), initial: props.request.contact ?? '' }]}
      act={async ({ text = '' }) => {
        const { items } = await findStranger(text);
        props.found({ request: props.request.id, traces: items });
      }}
      refresh={[]}
    />
  );
}

function Found({ request, traces }: { request: string; traces: Traces }) {
  const { t } = useTexts();
  const [gone, setGone] = useState<string[]>([]);
  const erase = useAct(
    ({ table, row }: { table: string; row: string }) => eraseStranger(request, { table, row }),
    {
      onSuccess: (_, { row }) => setGone((all) => [...all, row]),
    },
  );
  return (
    <section aria-label={t('privacy.desk.find')}>
      {erase.error ? <ProblemAlert error={erase.error} /> : null}
      <Table
        label={t('privacy.desk.find')}
        empty={t('privacy.desk.nothing')}
        rows={traces.filter(({ row }) => !gone.includes(row))}
        rowKey={({ table, row }) => `${table} ${row}`}
        columns={[
          {
            title: t('privacy.desk.place'),
            keep: true,
            cell: ({ table, columns }) => `${table}: ${columns.join(', ')}`,
          },
          { title: t('privacy.askedAt'), cell: ({ at }) => at },
          {
            title: t('privacy.kinds.delete'),
            cell: ({ table, row, law }) =>
              law ? (
                <Toned tone="none">{t('privacy.desk.keeps')}</Toned>
              ) : (
                <AskButton
                  label={t('privacy.kinds.delete')}
                  danger
                  act={() => erase.mutateAsync({ table, row })}
                  refresh={[]}
                />
              ),
          },
        ]}
      />
    </section>
  );
}
