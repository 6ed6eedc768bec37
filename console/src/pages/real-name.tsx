import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Alert, Button, Tabs } from 'antd';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { type RealName, realNameQuery, takeBackDocuments } from '../api/verification.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { FileLink } from '../ui/file-link.tsx';
import { Page, Panel, SandboxNote } from '../ui/kit.tsx';
import { useGoOn } from '../ui/on-from.ts';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { useTimeFormat, When } from '../ui/time.tsx';
import { CompanyWay, DocumentsWay, GuardianWay, PersonWay } from './real-name-ways.tsx';

/** Who the customer is: results alone; what is typed here goes to the check and is forgotten. */
export function RealNamePage() {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const refresh = () =>
    Promise.all(
      [['real-name'], sessionQuery.queryKey].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
    );
  // A consent that was confirmed is signed by a job that takes a moment.
  const status = useQuery({
    ...realNameQuery,
    refetchInterval: ({ state }) =>
      state.data?.consents.some((one) => one.state === 'confirmed') ? 1_000 : false,
  });
  return (
    <Page title={t('realName.title')} lead={t('realName.lead')}>
      <QueryState query={status}>
        {(status) => (
          <div className="stack" style={{ maxWidth: 640 }}>
            <Standing status={status} />
            <Ways status={status} refresh={refresh} />
            <Consents status={status} />
            <Attempts status={status} />
          </div>
        )}
      </QueryState>
    </Page>
  );
}

function Standing({ status }: { status: RealName }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { back } = useSearch({ from: '/console/real-name' });
  const goOn = useGoOn(back);
  const { demand } = status;
  const waiting = status.reviews.find(({ state }) => state === 'waiting');
  return (
    <>
      {status.sandbox && status.state === 'none' ? <SandboxNote>{t('realName.sandbox')}</SandboxNote> : null}
      {status.state === 'passed' ? (
        <Alert
          type="success"
          showIcon
          role="status"
          title={t('realName.pass')}
          description={
            status.minor && !status.guardian_consent ? t('realName.minor') : t('realName.passDetail')
          }
          action={
            <Button type="primary" onClick={goOn}>
              {t('realName.next')}
            </Button>
          }
        />
      ) : null}
      {demand ? (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t('identity.demand', { ...demand, until: instant(demand.until) })}
        />
      ) : null}
      {waiting ? (
        <Alert
          type="info"
          showIcon
          role="status"
          title={t(waiting.cause === 'documents' ? 'identity.waiting' : 'identity.waitingUsed')}
          action={
            <AskButton
              label={t('identity.takeBack')}
              act={() => takeBackDocuments(waiting.id)}
              done={t('identity.takenBack')}
              refresh={[['real-name']]}
            />
          }
        />
      ) : null}
    </>
  );
}

function Ways({ status, refresh }: { status: RealName; refresh: () => Promise<unknown> }) {
  const { t } = useTexts();
  const [again, setAgain] = useState(false);
  const passed = status.state === 'passed';
  const guardian = (status.minor || !passed) && !status.guardian_consent;
  if (passed && !again && !guardian)
    return (
      <p>
        <Button onClick={() => setAgain(true)}>{t('identity.again')}</Button>{' '}
        <span className="faint small">{t('identity.againLead')}</span>
      </p>
    );
  const way = { status, again: passed, refresh };
  const ways = [
    { key: 'person', label: t('identity.person'), children: <PersonWay {...way} /> },
    { key: 'company', label: t('identity.company'), children: <CompanyWay {...way} /> },
    ...(status.reviews.some(({ state }) => state === 'waiting')
      ? []
      : [{ key: 'documents', label: t('identity.documents'), children: <DocumentsWay {...way} /> }]),
    ...(guardian
      ? [{ key: 'guardian', label: t('identity.guardian'), children: <GuardianWay {...way} /> }]
      : []),
  ];
  const first = status.minor && passed ? 'guardian' : 'person';
  return (
    <Panel>
      <Tabs aria-label={t('identity.ways')} items={ways} defaultActiveKey={first} destroyOnHidden />
    </Panel>
  );
}

function Consents({ status }: { status: RealName }) {
  const { t } = useTexts();
  const signed = status.consents.find(({ state }) => state === 'signed');
  if (!signed) return null;
  const name = t('identity.consent', { number: signed.number });
  return (
    <Panel title={name}>
      <p>
        {t('identity.consentSigned')} {signed.signed_at ? <When at={signed.signed_at} /> : null} ·{' '}
        {signed.phone}
      </p>
      <FileLink
        path={`/account/guardian-consents/${signed.id}/pdf`}
        name={name}
        label={t('identity.download')}
      />
    </Panel>
  );
}

function Attempts({ status }: { status: RealName }) {
  const { t } = useTexts();
  const { made } = status.attempts;
  if (made.length === 0) return null;
  return (
    <Panel title={t('identity.attempts')}>
      <Table
        label={t('identity.attempts')}
        empty={t('identity.none')}
        rows={made}
        rowKey={({ id }) => id}
        columns={[
          { title: t('identity.when'), cell: ({ at }) => <When at={at} /> },
          { title: t('identity.what'), cell: ({ kind }) => t(`identity.kinds.${kind}`) },
          { title: t('identity.came'), keep: true, cell: ({ result }) => t(`identity.results.${result}`) },
          { title: t('identity.cost'), cell: ({ fee }) => `¥${fee}` },
        ]}
      />
    </Panel>
  );
}
