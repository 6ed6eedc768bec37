import { useQuery } from '@tanstack/react-query';
import { App } from 'antd';
import { useAct } from '../../api/client.ts';
import { type CallTask, callTasksQuery, endCallTask, revealContact } from '../../api/notices.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { AskButton } from '../../ui/ask.tsx';
import { Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';

/** Notices that nothing else got through: a person tells, and says what came of it. */
export function CallTasks() {
  const { t } = useTexts();
  const tasks = useQuery(callTasksQuery);
  return (
    <Panel lead={t('desk_notices.tasksLead')}>
      <QueryState query={tasks}>
        {({ items }) => (
          <Table
            label={t('desk_notices.tasks')}
            empty={t('desk_notices.emptyTasks')}
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              { title: t('desk_notices.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
              {
                title: t('desk_notices.customer'),
                cell: (row) => (row.customer_id ? <CustomerLink id={row.customer_id} /> : ''),
              },
              { title: t('desk_notices.contact'), cell: (row) => <ContactOf task={row} /> },
              {
                title: t('desk_notices.say'),
                cell: (row) => (
                  <details>
                    <summary>{row.subject}</summary>
                    <p style={{ whiteSpace: 'pre-wrap' }}>{row.body}</p>
                  </details>
                ),
              },
              { title: t('desk_notices.act'), end: true, cell: (row) => <Outcome task={row} /> },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function ContactOf({ task }: { task: CallTask }) {
  const { t } = useTexts();
  const { modal } = App.useApp();
  const reveal = useAct(revealContact, {
    onSuccess: ({ contact }) =>
      void modal.info({ title: t(`told.channel.${task.channel}`), content: contact }),
  });
  return (
    <>
      {t(`told.channel.${task.channel}`)} {task.contact}{' '}
      <ActButton
        size="small"
        busy={reveal.isPending}
        title={t('desk_notices.revealText')}
        aria-label={`${t('desk_notices.reveal')} ${task.contact}`}
        onClick={() => reveal.mutate({ id: task.id })}
      >
        {t('desk_notices.reveal')}
      </ActButton>
      {task.tries > 0 ? (
        <div className="faint small">{t('desk_notices.triesSoFar', { count: task.tries })}</div>
      ) : null}
    </>
  );
}

const OUTCOMES = ['reached', 'no-answer', 'wrong-contact'] as const;
type Outcome = (typeof OUTCOMES)[number];

function Outcome({ task }: { task: CallTask }) {
  const { t } = useTexts();
  return (
    <AskButton
      label={t('desk_notices.outcome')}
      name={`${t('desk_notices.outcome')}: ${task.subject}`}
      text={
        <>
          {t('desk_notices.outcomeText')} <strong>{task.subject}</strong>
        </>
      }
      fields={[
        {
          name: 'outcome',
          label: t('desk_notices.outcomeKind'),
          kind: 'choice',
          initial: 'reached',
          choices: OUTCOMES.map((value) => ({ value, label: t(`told.outcome.${value}`) })),
        },
        { name: 'note', label: t('desk_notices.note'), optional: true },
      ]}
      act={({ outcome, note = '' }) => endCallTask({ id: task.id, outcome: outcome as Outcome, note })}
      done={t('desk_notices.done')}
      refresh={[callTasksQuery.queryKey, ['staff', 'notices']]}
    />
  );
}
