import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import {
  addBankAccount,
  appealFreeze,
  bankAccountsQuery,
  cancelWithdrawal,
  type Freeze,
  freezesQuery,
  removeBankAccount,
  requestWithdrawal,
  type Withdrawal,
  withdrawalsQuery,
} from '../api/money.ts';
import { sessionQuery, termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { yuan } from '../ui/format.ts';
import { Page, Panel, Quiet, useSession } from '../ui/kit.tsx';
import { MoneyNav } from '../ui/money-nav.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable, Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

const REFRESH = [['funds'], ['statement'], sessionQuery.queryKey];

/** Money on its way out, and money that is held. */
export function FundsPage() {
  const { t } = useTexts();
  const { parameters } = useSuspenseQuery(termsQuery).data;
  const { withdrawal, fund_freeze: freeze } = parameters;
  return (
    <Page title={t('funds.title')} lead={withdrawal ? t('funds.lead') : null}>
      <MoneyNav />
      <div className="stack">
        {withdrawal ? (
          <>
            <Withdrawals clause={withdrawal.clause} />
            <BankAccounts />
          </>
        ) : (
          <Quiet title={t('funds.none')} />
        )}
        {freeze ? <Freezes clause={freeze.clause} appealClause={freeze.appeal_clause} /> : null}
      </div>
    </Page>
  );
}

function Withdrawals({ clause }: { clause: string }) {
  const { t } = useTexts();
  const session = useSession();
  return (
    <Panel
      title={t('funds.withdrawals')}
      aside={
        <AskButton
          strong
          label={t('funds.ask')}
          text={
            <>
              {t('funds.available')} <strong>{yuan(session.balance ?? '0')}</strong>{' '}
              <ClauseChip id={clause} />
            </>
          }
          fields={[{ name: 'amount', label: t('funds.amount'), kind: 'money' }]}
          act={({ amount = '' }, key) => requestWithdrawal({ amount }, key)}
          done={t('funds.asked')}
          refresh={REFRESH}
        />
      }
    >
      <PagedTable
        query={useInfiniteQuery({ ...withdrawalsQuery, refetchInterval: 15_000 })}
        label={t('funds.withdrawals')}
        empty={t('funds.empty')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('funds.at'), keep: true, cell: (row) => <When at={row.requested_at} /> },
          {
            title: t('funds.number'),
            cell: (row) => (
              <>
                <code>{row.number}</code>{' '}
                {row.from_freeze ? <span className="faint small">{t('funds.fromFreeze')}</span> : null}
              </>
            ),
          },
          { title: t('billing.state'), cell: (row) => <WithdrawalStateTag state={row.state} /> },
          { title: t('funds.parts'), cell: (row) => <WithdrawalParts parts={row.parts} /> },
          { title: t('funds.reason'), cell: (row) => row.decision_reason ?? '' },
          { title: t('billing.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
          {
            title: t('funds.cancel'),
            end: true,
            cell: (row) =>
              row.state === 'requested' ? (
                <AskButton
                  label={t('funds.cancel')}
                  text={t('funds.cancelText', { amount: yuan(row.amount) })}
                  act={(_, key) => cancelWithdrawal({ id: row.id }, key)}
                  done={t('funds.cancelled')}
                  refresh={REFRESH}
                />
              ) : null,
          },
        ]}
      />
    </Panel>
  );
}

const WITHDRAWAL_TONES = {
  requested: 'busy',
  approving: 'busy',
  sending: 'busy',
  settled: 'good',
  refused: 'bad',
  cancelled: 'none',
} as const;

export function WithdrawalStateTag({ state }: { state: Withdrawal['state'] }) {
  const { t } = useTexts();
  return <Toned tone={WITHDRAWAL_TONES[state]}>{t(`withdrawalState.${state}`)}</Toned>;
}

/** Which part goes where, and how far it is. */
export function WithdrawalParts({ parts }: { parts: Withdrawal['parts'] }) {
  const { t } = useTexts();
  return (
    <>
      {parts.map((part) => (
        <div key={part.id} className="small">
          {t(part.bank_account_id ? 'funds.toBank' : 'funds.toSource')} {yuan(part.amount)} ·{' '}
          {t(`partState.${part.state}`)}
          {part.failure ? ` · ${part.failure}` : ''}
        </div>
      ))}
    </>
  );
}

const ACCOUNT_TONES = { waiting: 'busy', verified: 'good', refused: 'bad', removed: 'none' } as const;

export function AccountStateTag({ state }: { state: keyof typeof ACCOUNT_TONES }) {
  const { t } = useTexts();
  return <Toned tone={ACCOUNT_TONES[state]}>{t(`accountState.${state}`)}</Toned>;
}

function BankAccounts() {
  const { t } = useTexts();
  return (
    <Panel
      title={t('funds.bankAccounts')}
      lead={t('funds.bankLead')}
      aside={
        <AskButton
          label={t('funds.bankAdd')}
          fields={[
            { name: 'holder', label: t('funds.holder'), hint: t('funds.holderHint') },
            { name: 'bank', label: t('funds.bank') },
            { name: 'number', label: t('funds.accountNumber') },
          ]}
          act={({ holder = '', bank = '', number = '' }, key) =>
            addBankAccount({ holder, bank, number }, key)
          }
          done={t('funds.added')}
          refresh={[['funds', 'bank-accounts']]}
        />
      }
    >
      <QueryState query={useQuery(bankAccountsQuery)}>
        {({ items }) => (
          <Table
            label={t('funds.bankAccounts')}
            empty={t('funds.bankEmpty')}
            rows={items.filter(({ state }) => state !== 'removed')}
            rowKey={(row) => row.id}
            columns={[
              { title: t('funds.bank'), cell: (row) => row.bank },
              { title: t('funds.accountNumber'), cell: (row) => t('funds.ending', { end: row.number_end }) },
              { title: t('billing.state'), cell: (row) => <AccountStateTag state={row.state} /> },
              { title: t('funds.reason'), cell: (row) => row.decision_reason ?? '' },
              { title: t('funds.at'), keep: true, cell: (row) => <When at={row.added_at} /> },
              {
                title: t('funds.remove'),
                end: true,
                cell: (row) => (
                  <AskButton
                    danger
                    label={t('funds.remove')}
                    name={`${t('funds.remove')} ${t('funds.ending', { end: row.number_end })}`}
                    text={t('funds.removeText')}
                    act={(_, key) => removeBankAccount({ id: row.id }, key)}
                    done={t('funds.removed')}
                    refresh={[['funds', 'bank-accounts']]}
                  />
                ),
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

const FREEZE_TONES = {
  frozen: 'warn',
  appealed: 'busy',
  held: 'bad',
  lifted: 'good',
  returned: 'none',
} as const;

export function FreezeStateTag({ state }: { state: Freeze['state'] }) {
  const { t } = useTexts();
  return <Toned tone={FREEZE_TONES[state]}>{t(`freezeState.${state}`)}</Toned>;
}

function Freezes({ clause, appealClause }: { clause: string; appealClause: string }) {
  const { t } = useTexts();
  return (
    <Panel title={t('funds.freezes')} aside={<ClauseChip id={clause} />}>
      <PagedTable
        query={useInfiniteQuery(freezesQuery)}
        label={t('funds.freezes')}
        empty={t('funds.freezesEmpty')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('billing.at'), keep: true, cell: (row) => <When at={row.placed_at} /> },
          {
            title: t('billing.amount'),
            keep: true,
            cell: (row) => `${yuan(row.amount)} · ${t(`funds.${row.scope}`)}`,
          },
          {
            title: t('funds.freezeReason'),
            cell: (row) => (
              <>
                <ClauseChip id={row.reason} /> {row.explanation}
                {row.appeal ? (
                  <div className="faint small">
                    {t('funds.appealed')}: {row.appeal}
                  </div>
                ) : null}
                {row.outcome_reason ? (
                  <div className="faint small">
                    {t('funds.outcome')}: {row.outcome_reason}
                  </div>
                ) : null}
              </>
            ),
          },
          { title: t('billing.state'), cell: (row) => <FreezeStateTag state={row.state} /> },
          { title: t('funds.appealUntil'), keep: true, cell: (row) => <When at={row.appeal_until} /> },
          {
            title: t('funds.appeal'),
            end: true,
            cell: (row) =>
              row.state === 'frozen' ? (
                <AskButton
                  label={t('funds.appeal')}
                  text={<ClauseChip id={appealClause} />}
                  fields={[{ name: 'text', label: t('funds.appealText'), kind: 'area' }]}
                  act={({ text = '' }, key) => appealFreeze({ id: row.id, text }, key)}
                  done={t('funds.appealSent')}
                  refresh={[['funds', 'freezes']]}
                />
              ) : null,
          },
        ]}
      />
    </Panel>
  );
}
