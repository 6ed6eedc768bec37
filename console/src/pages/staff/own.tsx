import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Modal, Space } from 'antd';
import { useState } from 'react';
import { useAct } from '../../api/client.ts';
import {
  chooseOwnPassword,
  endOtherSessions,
  endOwnSession,
  makePasskey,
  ownFactorsQuery,
  ownSessionsQuery,
  removePasskey,
  removeTotp,
  renewCodes,
} from '../../api/team.ts';
import { PasswordChangeForm } from '../../forms/password-change.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { AskButton } from '../../ui/ask.tsx';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { RecoveryCodes, TotpEnrol } from './second-factor.tsx';

/** What a member of the staff looks after for themselves. */
export function StaffOwnPage() {
  const { t } = useTexts();
  return (
    <Page title={t('team.own')}>
      <div className="stack">
        <FactorsPanel />
        <PasswordPanel />
        <SessionsPanel />
      </div>
    </Page>
  );
}

function FactorsPanel() {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const factors = useQuery(ownFactorsQuery);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [enrolling, setEnrolling] = useState(false);
  const again = () => queryClient.invalidateQueries({ queryKey: ownFactorsQuery.queryKey });
  const shown = ({ recovery_codes }: { recovery_codes: string[] | null }) => {
    setEnrolling(false);
    setCodes(recovery_codes);
    return again();
  };
  const renew = useAct(() => renewCodes(), { onSuccess: shown });
  const passkey = useAct(() => makePasskey(t('team.passkeyName')), { onSuccess: shown });
  const trouble = renew.error ?? passkey.error;
  return (
    <Panel title={t('team.factors')}>
      {trouble ? <ProblemAlert error={trouble} /> : null}
      <QueryState query={factors}>
        {(found) => (
          <>
            <Facts
              items={[
                [
                  t('team.authenticator'),
                  found.totp ? (
                    <>
                      {t('team.on')}{' '}
                      <AskButton
                        label={t('team.remove')}
                        name={`${t('team.remove')} ${t('team.authenticator')}`}
                        danger
                        act={() => removeTotp()}
                        refresh={[ownFactorsQuery.queryKey]}
                      />
                    </>
                  ) : (
                    <ActButton key="set-up" size="small" busy={false} onClick={() => setEnrolling(true)}>
                      {t('team.setUp')}
                    </ActButton>
                  ),
                ],
                ...found.passkeys.map((key): [string, React.ReactNode] => [
                  `${t('team.passkeys')} · ${key.name}`,
                  <span key={key.id}>
                    <When at={key.created_at} />{' '}
                    <AskButton
                      label={t('team.remove')}
                      name={t('team.passkeyOf', { name: key.name })}
                      danger
                      act={() => removePasskey(key.id)}
                      refresh={[ownFactorsQuery.queryKey]}
                    />
                  </span>,
                ]),
                [t('team.codes'), t('team.codesLeft', { count: found.recovery_codes_left })],
              ]}
            />
            <Space wrap size={8}>
              <ActButton busy={passkey.isPending} onClick={() => passkey.mutate(undefined)}>
                {t('team.makePasskey')}
              </ActButton>
              <ActButton busy={renew.isPending} onClick={() => renew.mutate(undefined)}>
                {t('team.renewCodes')}
              </ActButton>
            </Space>
          </>
        )}
      </QueryState>
      {enrolling ? (
        <Modal open title={t('team.authenticator')} footer={null} onCancel={() => setEnrolling(false)}>
          <TotpEnrol onDone={shown} />
        </Modal>
      ) : null}
      {codes ? (
        <Modal open title={t('team.codes')} footer={null} onCancel={() => setCodes(null)}>
          <RecoveryCodes codes={codes} done={t('team.done')} onDone={() => setCodes(null)} />
        </Modal>
      ) : null}
    </Panel>
  );
}

function PasswordPanel() {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const again = () => queryClient.invalidateQueries({ queryKey: ownSessionsQuery.queryKey });
  return (
    <Panel title={t('team.ownPassword')}>
      <PasswordChangeForm change={chooseOwnPassword} onDone={again} />
    </Panel>
  );
}

function SessionsPanel() {
  const { t } = useTexts();
  const sessions = useQuery(ownSessionsQuery);
  const refresh = [ownSessionsQuery.queryKey];
  return (
    <Panel
      title={t('team.sessions')}
      aside={<AskButton label={t('team.endOthers')} act={() => endOtherSessions()} refresh={refresh} />}
    >
      <QueryState query={sessions}>
        {({ items }) => (
          <Table
            label={t('team.sessions')}
            empty=""
            rows={items}
            rowKey={(row) => row.id}
            columns={[
              { title: t('team.device'), cell: (row) => <span className="small">{row.user_agent}</span> },
              { title: 'IP', keep: true, cell: (row) => row.ip },
              { title: t('team.site'), keep: true, cell: (row) => row.brand },
              { title: t('team.seen'), keep: true, cell: (row) => <When at={row.last_seen_at} /> },
              {
                title: t('team.end'),
                end: true,
                cell: (row) =>
                  row.current ? (
                    t('team.thisOne')
                  ) : (
                    <AskButton label={t('team.end')} act={() => endOwnSession(row.id)} refresh={refresh} />
                  ),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
