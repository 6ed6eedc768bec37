import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useAct } from '../../api/client.ts';
import { jobsQuery, retryJob } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { Page, Panel } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';

export function JobsPage() {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const jobs = useQuery(jobsQuery);
  const retry = useAct(retryJob, {
    onSuccess: () => {
      void message.success(t('staff.retried'));
      return queryClient.invalidateQueries({ queryKey: jobsQuery.queryKey });
    },
  });
  return (
    <Page title={t('staff.jobs')}>
      {retry.error ? <ProblemAlert error={retry.error} /> : null}
      <Panel>
        <QueryState query={jobs}>
          {({ items }) => (
            <Table
              label={t('staff.jobs')}
              empty={t('staff.emptyJobs')}
              rows={items}
              rowKey={(job) => job.id}
              columns={[
                { title: t('staff.job'), cell: (job) => <code>{job.name}</code> },
                {
                  title: t('staff.state'),
                  cell: (job) => (
                    <Toned tone={job.failed ? 'bad' : 'busy'}>
                      {t(job.failed ? 'staff.failed' : 'staff.waiting')}
                    </Toned>
                  ),
                },
                {
                  title: t('staff.attempts'),
                  keep: true,
                  cell: (job) => `${job.attempts} / ${job.max_attempts}`,
                },
                {
                  title: t('staff.runAt'),
                  keep: true,
                  cell: (job) => <When at={job.run_at} parts="second" />,
                },
                {
                  title: t('staff.lastError'),
                  cell: (job) => (job.last_error ? <code className="small">{job.last_error}</code> : null),
                },
                {
                  title: t('staff.retry'),
                  end: true,
                  cell: (job) => (
                    <ActButton
                      size="small"
                      aria-label={t('staff.retryOf', { name: job.name })}
                      busy={retry.isPending && retry.variables === job.id}
                      onClick={() => retry.mutate(job.id)}
                    >
                      {t('staff.retry')}
                    </ActButton>
                  ),
                },
              ]}
            />
          )}
        </QueryState>
      </Panel>
    </Page>
  );
}
