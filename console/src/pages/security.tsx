import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App } from 'antd';
import { useState } from 'react';
import {
  addPasskey,
  factorsQuery,
  makeRecoveryCodes,
  type Passkey,
  QUESTIONS,
  removePasskey,
  removeQuestion,
  removeTotp,
  renamePasskey,
  setQuestion,
} from '../api/factors.ts';
import { sessionQuery } from '../api/queries.ts';
import { PasswordChangeForm } from '../forms/password-change.tsx';
import { TotpBegin } from '../forms/totp-begin.tsx';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Page, Panel } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { RecoveryCodes } from '../ui/recovery-codes.tsx';
import { Toned } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { SignIns } from './security-sessions.tsx';

const REFRESH = [factorsQuery.queryKey];

/** How one signs in, what else is asked for, and where one is signed in. */
export function SecurityPage() {
  const { t } = useTexts();
  const factors = useQuery(factorsQuery);
  const queryClient = useQueryClient();
  const [codes, setCodes] = useState<string[] | null>(null);
  const took = async (made: { recovery_codes: string[] | null }) => {
    if (made.recovery_codes) setCodes(made.recovery_codes);
    await queryClient.invalidateQueries({ queryKey: factorsQuery.queryKey });
    // Where a second factor is asked for, one is there now.
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <Page
      title={t('security.title')}
      lead={t('security.lead')}
      actions={<Link to="/account">{t('account.title')}</Link>}
    >
      {codes ? <RecoveryCodes codes={codes} onKept={() => setCodes(null)} /> : null}
      <QueryState query={factors}>
        {(own) => (
          <div className="stack">
            <div className="columns">
              <Panel
                title={t(own.password ? 'account.password' : 'account.passwordFirst')}
                lead={t(own.password ? 'account.passwordLead' : 'account.passwordFirstLead')}
              >
                <PasswordChangeForm first={!own.password} />
              </Panel>
              <Panel title={t('security.totp')} lead={t('security.totpLead')}>
                <p>
                  <Toned tone={own.totp ? 'good' : 'none'}>
                    {t(own.totp ? 'security.totpOn' : 'security.totpOff')}
                  </Toned>
                </p>
                {own.totp ? (
                  <AskButton
                    label={t('security.totpRemove')}
                    name={`${t('security.totpRemove')} ${t('security.totp')}`}
                    text={t('security.totpRemoveText')}
                    danger
                    act={() => removeTotp()}
                    refresh={REFRESH}
                  />
                ) : (
                  <TotpBegin onOn={took} />
                )}
              </Panel>
            </div>
            <Passkeys passkeys={own.passkeys} onMade={took} />
            <div className="columns">
              <Panel title={t('security.codes')} lead={t('security.codesLead')}>
                <p>{t('security.codesLeft', { count: own.recovery_codes_left })}</p>
                {own.totp || own.passkeys.length > 0 ? (
                  <AskButton
                    label={t('security.codesMake')}
                    text={t('security.codesMakeText')}
                    act={async () => took(await makeRecoveryCodes())}
                    refresh={REFRESH}
                  />
                ) : null}
              </Panel>
              <OwnQuestion question={own.question} />
            </div>
            <SignIns />
          </div>
        )}
      </QueryState>
    </Page>
  );
}

function Passkeys(props: {
  passkeys: Passkey[];
  onMade: (made: { recovery_codes: string[] | null }) => Promise<void>;
}) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const name = { name: 'name', label: t('security.passkeyName'), hint: t('security.passkeyNameHint') };
  return (
    <Panel
      title={t('security.passkeys')}
      lead={t('security.passkeysLead')}
      aside={
        <AskButton
          label={t('security.addPasskey')}
          fields={[name]}
          act={async ({ name: given = '' }) => {
            await props.onMade(await addPasskey(given));
            void message.success(t('security.added'));
          }}
          refresh={REFRESH}
        />
      }
    >
      <Table
        label={t('security.passkeys')}
        empty={t('security.passkeysEmpty')}
        rows={props.passkeys}
        rowKey={(each) => each.id}
        columns={[
          { title: t('security.passkeyName'), keep: true, cell: (each) => <Named passkey={each} /> },
          { title: t('security.created'), cell: (each) => <When at={each.created_at} /> },
          {
            title: t('security.lastUsed'),
            keep: true,
            cell: (each) => (each.last_used_at ? <When at={each.last_used_at} /> : t('security.never')),
          },
          {
            title: t('security.remove'),
            end: true,
            cell: (each) => (
              <>
                <AskButton
                  label={t('security.rename')}
                  name={t('security.renameOf', { name: each.name })}
                  fields={[{ ...name, initial: each.name }]}
                  act={({ name: given = '' }) => renamePasskey({ id: each.id, name: given })}
                  done={t('security.renamed')}
                  refresh={REFRESH}
                />{' '}
                <AskButton
                  label={t('security.remove')}
                  name={t('security.removeOf', { name: each.name })}
                  text={t('security.removeText')}
                  danger
                  act={() => removePasskey(each.id)}
                  done={t('security.removed')}
                  refresh={REFRESH}
                />
              </>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Named({ passkey }: { passkey: Passkey }) {
  const { t } = useTexts();
  return (
    <>
      {passkey.name}{' '}
      {passkey.refused_at ? (
        <Toned tone="bad">{t('security.refused')}</Toned>
      ) : passkey.synced ? (
        <span className="faint small">{t('security.synced')}</span>
      ) : null}
    </>
  );
}

function OwnQuestion({ question }: { question: (typeof QUESTIONS)[number] | null }) {
  const { t } = useTexts();
  const choices = QUESTIONS.map((value) => ({ value, label: t(`security.questions.${value}`) }));
  return (
    <Panel title={t('security.question')} lead={t('security.questionLead')}>
      <p>{question ? t(`security.questions.${question}`) : t('security.questionNone')}</p>
      <AskButton
        label={t(question ? 'security.questionChange' : 'security.questionSet')}
        name={
          question ? `${t('security.questionChange')} ${t('security.question')}` : t('security.questionSet')
        }
        fields={[
          {
            name: 'question',
            label: t('security.questionField'),
            kind: 'choice',
            choices,
            initial: question ?? QUESTIONS[0],
          },
          { name: 'answer', label: t('security.questionAnswer') },
        ]}
        act={({ question: chosen, answer = '' }) =>
          setQuestion({ question: QUESTIONS.find((each) => each === chosen) ?? QUESTIONS[0], answer })
        }
        done={t('security.questionSaved')}
        refresh={REFRESH}
      />{' '}
      {question ? (
        <AskButton
          label={t('security.questionRemove')}
          danger
          act={() => removeQuestion()}
          refresh={REFRESH}
        />
      ) : null}
    </Panel>
  );
}
