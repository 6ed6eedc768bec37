import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { App } from 'antd';
import { useAct } from '../api/client.ts';
import { acceptInvitation, openedQuery, standIn } from '../api/members.ts';
import { sessionQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { Facts, Page, Panel, Quiet } from '../ui/kit.tsx';
import { useBeginSession } from '../ui/on-from.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { When } from '../ui/time.tsx';

/** Where the link of an invitation leads; its token stands behind the #, where no server sees it. */
export function InvitationPage() {
  const { t } = useTexts();
  const token = useRouterState({ select: ({ location }) => location.hash }).replace(/^#/, '');
  return (
    <Page title={t('invitation.title')}>
      {/^[\w-]{43}$/.test(token) ? <Opened token={token} /> : <Quiet>{t('invitation.missing')}</Quiet>}
    </Page>
  );
}

function Opened({ token }: { token: string }) {
  const { t } = useTexts();
  const opened = useQuery(openedQuery(token));
  return (
    <QueryState query={opened}>
      {({ from, email, role, expires_at }) => (
        <Panel lead={t('invitation.lead', { from })}>
          <div className="stack">
            <Facts
              items={[
                [t('invitation.as'), t(`members.roles.${role}`)],
                [t('invitation.address'), email],
                [t('invitation.until'), <When key="until" at={expires_at} />],
              ]}
            />
            <Accept token={token} email={email} />
          </div>
        </Panel>
      )}
    </QueryState>
  );
}

function Accept({ token, email }: { token: string; email: string }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const session = useQuery(sessionQuery).data;
  const begin = useBeginSession('/services');
  const accept = useAct(
    async () => {
      const { customer_id } = await acceptInvitation(token);
      await standIn(customer_id);
    },
    {
      onSuccess: () => {
        void message.success(t('invitation.accepted'));
        queryClient.removeQueries({ queryKey: ['invitation'] });
        return begin();
      },
    },
  );
  const back = { back: `/invitation#${token}` };
  if (!session)
    return (
      <>
        <p>{t('invitation.signInFirst')}</p>
        <p className="spaced">
          <Link to="/sign-in" search={back} className="button button-strong">
            {t('nav.signIn')}
          </Link>
          <Link to="/sign-up" search={back} className="button">
            {t('nav.signUp')}
          </Link>
        </p>
      </>
    );
  if (session.user.email?.toLowerCase() !== email.toLowerCase())
    return <p className="note">{t('invitation.otherAddress', { shown: session.user.shown, email })}</p>;
  return (
    <>
      {accept.error ? <ProblemAlert error={accept.error} /> : null}
      <ActButton type="primary" busy={accept.isPending} onClick={() => accept.mutate(undefined)}>
        {t('invitation.accept')}
      </ActButton>
    </>
  );
}
