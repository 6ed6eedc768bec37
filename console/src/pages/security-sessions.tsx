import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { endSession } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { endOtherSessions } from '../api/factors.ts';
import { signInsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { Panel } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

/** Where one is signed in; each session, or all others, can be ended. */
export function SignIns() {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const signIns = useQuery(signInsQuery);
  const told = (text: string) => {
    void message.success(text);
    return queryClient.invalidateQueries({ queryKey: signInsQuery.queryKey });
  };
  const end = useAct(endSession, { onSuccess: () => told(t('account.ended')) });
  const endOthers = useAct(endOtherSessions, {
    onSuccess: ({ ended }) => told(t('security.endedOthers', { count: ended })),
  });
  const error = end.error ?? endOthers.error;
  return (
    <Panel
      title={t('security.sessions')}
      lead={t('security.sessionsLead')}
      aside={
        <ActButton size="small" busy={endOthers.isPending} onClick={() => endOthers.mutate(undefined)}>
          {t('security.endOthers')}
        </ActButton>
      }
    >
      {error ? <ProblemAlert error={error} /> : null}
      <QueryState query={signIns}>
        {({ items }) => (
          <Table
            label={t('security.sessions')}
            empty={t('app.empty')}
            rows={items}
            rowKey={(each) => each.id}
            columns={[
              {
                title: t('account.device'),
                keep: true,
                cell: (each) => (
                  <span title={each.user_agent ?? ''}>{each.device ?? each.user_agent ?? '—'}</span>
                ),
              },
              {
                title: t('security.place'),
                keep: true,
                cell: (each) => (
                  <>
                    {each.place} <code>{each.ip}</code>
                  </>
                ),
              },
              { title: t('account.signedInAt'), cell: (each) => <When at={each.created_at} /> },
              { title: t('account.lastSeen'), cell: (each) => <When at={each.last_seen_at} /> },
              {
                title: t('account.end'),
                end: true,
                cell: (each) =>
                  each.current ? (
                    <span className="faint">{t('account.thisOne')}</span>
                  ) : (
                    <ActButton
                      size="small"
                      aria-label={t('account.endOf', { ip: each.ip ?? '' })}
                      busy={end.isPending && end.variables === each.id}
                      onClick={() => end.mutate(each.id)}
                    >
                      {t('account.end')}
                    </ActButton>
                  ),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
