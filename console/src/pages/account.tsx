import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { acceptancesQuery, termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { FileLink } from '../ui/file-link.tsx';
import { Facts, Page, Panel, useSession } from '../ui/kit.tsx';
import { Needs } from '../ui/may.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { OwnServiceContracts } from './account-agreed.tsx';
import { SignInWays } from './account-bindings.tsx';
import { Contacts, Preferences } from './account-contacts.tsx';
import { MayDo } from './account-gates.tsx';
import { OwnProfile } from './account-profile.tsx';

export function AccountPage() {
  const { t } = useTexts();
  return (
    <Page title={t('account.title')} actions={<Link to="/cases">{t('cases.title')}</Link>}>
      <div className="stack">
        <div className="columns">
          <Profile />
          <Panel title={t('security.title')} lead={t('security.lead')}>
            <Link to="/account/security">{t('security.go')}</Link>
          </Panel>
        </div>
        <SignInWays />
        <Panel title={t('keys.title')} lead={t('keys.lead')}>
          <Link to="/account/keys">{t('keys.go')}</Link> · <Link to="/account/record">{t('record.go')}</Link>
        </Panel>
        <Panel title={t('privacy.title')} lead={t('privacy.lead')}>
          <Link to="/account/privacy">{t('privacy.go')}</Link>
        </Panel>
        <Needs area="people" does="read" quiet>
          <Contacts />
          <OwnProfile />
        </Needs>
        <Preferences />
        <MayDo />
        <Needs area="people" does="read">
          <Panel title={t('domains.title')} lead={t('domains.lead')}>
            <Link to="/account/domains">{t('domains.go')}</Link>
          </Panel>
          <OwnServiceContracts />
          <Acceptances />
        </Needs>
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
            t(user.email === null ? 'phone.number' : 'field.email'),
            <>
              {user.shown} <span className="faint small">{t('account.emailVerified')}</span>
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

function Acceptances() {
  const { t, locale, pick } = useTexts();
  const limits = useQuery(termsQuery).data?.highlights ?? [];
  // One that only an older version had stands by its code.
  const titleOf = (id: string) => pick(limits.find((limit) => limit.id === id)?.title ?? { zh: id, en: id });
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
              {
                title: t('account.confirmed'),
                cell: (each) => each.highlights.map(titleOf).join(locale === 'zh' ? '、' : ', '),
              },
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
