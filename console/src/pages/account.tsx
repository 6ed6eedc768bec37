import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App } from 'antd';
import { endSession } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { acceptancesQuery, signInsQuery } from '../api/queries.ts';
import { PasswordChangeForm } from '../forms/password-change.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FileLink } from '../ui/file-link.tsx';
import { Facts, Page, Panel, useSession } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { OwnServiceContracts } from './account-agreed.tsx';
import { Contacts, Preferences } from './account-contacts.tsx';
import { Filings, MayDo } from './account-gates.tsx';

export function AccountPage() {
  const { t } = useTexts();
  return (
    <Page title={t('account.title')} actions={<Link to="/cases">{t('cases.title')}</Link>}>
      <div className="stack">
        <div className="columns">
          <Profile />
          <Panel title={t('account.password')} lead={t('account.passwordLead')}>
            <PasswordChangeForm />
          </Panel>
        </div>
        <Contacts />
        <Preferences />
        <MayDo />
        <Filings />
        <OwnServiceContracts />
        <SignIns />
        <Acceptances />
      </div>
    </Page>
  );
}

function Profile() {
  const { t } = useTexts();
  const { user } = useSession();
  return (
    <Panel title={t('account.profile')}>
      <Facts
        items={[
          [
            t('field.email'),
            <>
              {user.email} <span className="faint small">{t('account.emailVerified')}</span>
            </>,
          ],
          [t('account.realName'), <RealName key="real-name" />],
          [t('account.age'), <Age key="age" />],
        ]}
      />
    </Panel>
  );
}

function RealName() {
  const { t } = useTexts();
  if (useSession().customer.real_name === 'passed')
    return <Toned tone="good">{t('account.realNamePassed')}</Toned>;
  return (
    <>
      <Toned tone="none">{t('account.realNameNone')}</Toned>{' '}
      <Link to="/real-name" search={{ back: '/account' }}>
        {t('account.realNameGo')}
      </Link>
    </>
  );
}

function Age() {
  const { t } = useTexts();
  const { minor, guardian_consent: consent } = useSession().customer;
  if (!minor) return t('account.adult');
  return (
    <>
      {t('account.minor')}{' '}
      <span className="faint small">{t(consent ? 'account.consentGiven' : 'account.consentMissing')}</span>
    </>
  );
}

function SignIns() {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const signIns = useQuery(signInsQuery);
  const end = useAct(endSession, {
    onSuccess: () => {
      void message.success(t('account.ended'));
      return queryClient.invalidateQueries({ queryKey: signInsQuery.queryKey });
    },
  });
  return (
    <Panel title={t('account.sessions')} lead={t('account.sessionsLead')}>
      {end.error ? <ProblemAlert error={end.error} /> : null}
      <QueryState query={signIns}>
        {({ items }) => (
          <Table
            label={t('account.sessions')}
            empty={t('app.empty')}
            rows={items}
            rowKey={(each) => each.id}
            columns={[
              { title: t('account.signedInAt'), keep: true, cell: (each) => <When at={each.created_at} /> },
              { title: t('account.lastSeen'), keep: true, cell: (each) => <When at={each.last_seen_at} /> },
              { title: t('account.ip'), cell: (each) => <code>{each.ip}</code> },
              {
                title: t('account.device'),
                cell: (each) => <span className="small">{each.user_agent}</span>,
              },
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

function Acceptances() {
  const { t } = useTexts();
  const session = useSession();
  const acceptances = useQuery(acceptancesQuery);
  return (
    <Panel
      title={t('account.acceptances')}
      aside={
        <>
          {session.terms.accepted && !session.terms.revision ? null : (
            <Link to="/accept-terms" search={{ back: '/account' }}>
              {t(session.terms.accepted ? 'revisions.facingAhead' : 'account.accept')}
            </Link>
          )}{' '}
          <FileLink
            path="/terms/acceptances/pdf"
            name={t('revisions.record')}
            label={t('revisions.record')}
          />
        </>
      }
    >
      <QueryState query={acceptances}>
        {({ items }) => (
          <Table
            label={t('account.acceptances')}
            empty={t('account.acceptancesEmpty')}
            rows={items}
            rowKey={(each) => each.id}
            columns={[
              {
                title: t('account.version'),
                keep: true,
                cell: (each) => (
                  <Link to="/terms" search={{ version: each.version }}>
                    {each.version}
                  </Link>
                ),
              },
              {
                title: t('account.acceptedAt'),
                keep: true,
                cell: (each) => <When at={each.at} parts="second" />,
              },
              { title: t('account.ip'), cell: (each) => <code>{each.ip}</code> },
              { title: t('revisions.how'), cell: (each) => t(`revisions.methods.${each.method}`) },
              { title: t('account.confirmed'), cell: (each) => <code>{each.highlights.join(' ')}</code> },
              {
                title: t('account.hash'),
                cell: (each) => <code title={each.sha256}>{each.sha256.slice(0, 16)}…</code>,
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
