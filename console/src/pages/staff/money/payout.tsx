import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { App } from 'antd';
import { useAct } from '../../../api/client.ts';
import type { Withdrawal } from '../../../api/money.ts';
import {
  decideAccount,
  decideFreeze,
  decideWithdrawal,
  recordPart,
  revealAccount,
  staffAccountsQuery,
  staffDebtsQuery,
  staffFreezesQuery,
  staffWithdrawalsQuery,
  writeOff,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { ActButton } from '../../../ui/act-button.tsx';
import { AskButton } from '../../../ui/ask.tsx';
import { ClauseChip } from '../../../ui/clause.tsx';
import { wholeFen, yuan } from '../../../ui/format.ts';
import { QueryState } from '../../../ui/query-state.tsx';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable, Table } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { AccountStateTag, FreezeStateTag, WithdrawalParts, WithdrawalStateTag } from '../../funds.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { DeskTabs } from './desk-tabs.tsx';

/** Money on its way out, held or owed. */
export function PayoutPage() {
  const { t } = useTexts();
  return (
    <DeskTabs
      title={t('desk.payout')}
      tabs={[
        { key: 'withdrawals', label: t('desk.withdrawals'), children: <Withdrawals /> },
        { key: 'accounts', label: t('desk.accounts'), children: <Accounts /> },
        { key: 'freezes', label: t('desk.freezes'), children: <Freezes /> },
        { key: 'debts', label: t('desk.debts'), children: <Debts /> },
      ]}
    />
  );
}

function Withdrawals() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery({ ...staffWithdrawalsQuery, refetchInterval: 15_000 })}
      label={t('desk.withdrawals')}
      empty={t('desk.emptyWithdrawals')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.requested_at} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.number}</code> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        { title: t('desk.state'), cell: (row) => <WithdrawalStateTag state={row.state} /> },
        { title: t('funds.parts'), cell: (row) => <WithdrawalParts parts={row.parts} /> },
        { title: t('desk.reason'), cell: (row) => row.decision_reason ?? '' },
        { title: t('desk.act'), end: true, cell: (row) => <WithdrawalActs row={row} /> },
      ]}
    />
  );
}

function WithdrawalActs({ row }: { row: Withdrawal }) {
  const { t } = useTexts();
  const refresh = [
    ['staff', 'withdrawals'],
    ['staff', 'approvals'],
  ];
  if (row.state === 'requested') {
    return (
      <span className="acts">
        {([true, false] as const).map((approve) => (
          <AskButton
            key={String(approve)}
            danger={!approve}
            label={t(approve ? 'desk.approve' : 'desk.refuse')}
            name={`${t(approve ? 'desk.approve' : 'desk.refuse')} ${row.number}`}
            fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') }]}
            act={({ reason = '' }, key) => decideWithdrawal(row.id, { approve, reason }, key)}
            done={t('desk.done')}
            refresh={refresh}
          />
        ))}
      </span>
    );
  }
  const open = row.parts.find((part) => part.bank_account_id && part.state === 'sending');
  if (!open) return null;
  return (
    <span className="acts">
      <AskButton
        label={t('desk.paidOut')}
        fields={[{ name: 'bank_reference', label: t('desk.bankReference') }]}
        act={({ bank_reference = '' }, key) => recordPart(row.id, open.id, { bank_reference }, key)}
        refresh={refresh}
      />
      <AskButton
        danger
        label={t('desk.payFailed')}
        fields={[{ name: 'failure', label: t('desk.failure') }]}
        act={({ failure = '' }, key) => recordPart(row.id, open.id, { failure }, key)}
        refresh={refresh}
      />
    </span>
  );
}

function Accounts() {
  const { t } = useTexts();
  const { modal } = App.useApp();
  const reveal = useAct(revealAccount, {
    onSuccess: ({ holder, bank, number }) =>
      modal.info({
        title: holder,
        content: (
          <>
            {bank}
            <br />
            <code>{number}</code>
          </>
        ),
      }),
  });
  return (
    <QueryState query={useQuery(staffAccountsQuery)}>
      {({ items }) => (
        <Table
          label={t('desk.accounts')}
          empty={t('desk.emptyAccounts')}
          rows={items}
          rowKey={(row) => row.id}
          columns={[
            { title: t('desk.at'), keep: true, cell: (row) => <When at={row.added_at} /> },
            { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
            {
              title: t('funds.bank'),
              cell: (row) => `${row.bank} · ${t('funds.ending', { end: row.number_end })}`,
            },
            { title: t('desk.state'), cell: (row) => <AccountStateTag state={row.state} /> },
            { title: t('desk.reason'), cell: (row) => row.decision_reason ?? '' },
            {
              title: t('desk.act'),
              end: true,
              cell: (row) => (
                <span className="acts">
                  <ActButton
                    size="small"
                    busy={reveal.isPending && reveal.variables.id === row.id}
                    title={t('desk.revealText')}
                    onClick={() => reveal.mutate({ id: row.id })}
                  >
                    {t('desk.reveal')}
                  </ActButton>
                  {row.state === 'waiting'
                    ? ([true, false] as const).map((verified) => (
                        <AskButton
                          key={String(verified)}
                          danger={!verified}
                          label={t(verified ? 'desk.verify' : 'desk.refuse')}
                          fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') }]}
                          act={({ reason = '' }, key) => decideAccount(row.id, { verified, reason }, key)}
                          refresh={[['staff', 'bank-accounts']]}
                        />
                      ))
                    : null}
                </span>
              ),
            },
          ]}
        />
      )}
    </QueryState>
  );
}

function Freezes() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffFreezesQuery)}
      label={t('desk.freezes')}
      empty={t('desk.emptyFreezes')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.placed_at} /> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('desk.reason'),
          cell: (row) => (
            <>
              <ClauseChip id={row.reason} /> {row.explanation}
              {row.appeal ? (
                <div className="small">
                  {t('funds.appealed')}: {row.appeal}
                </div>
              ) : null}
            </>
          ),
        },
        { title: t('desk.state'), cell: (row) => <FreezeStateTag state={row.state} /> },
        { title: t('funds.appealUntil'), keep: true, cell: (row) => <When at={row.appeal_until} /> },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) =>
            row.state === 'lifted' || row.state === 'returned' ? null : (
              <span className="acts">
                {(['lift', 'hold', 'return'] as const).map((outcome) => (
                  <AskButton
                    key={outcome}
                    danger={outcome === 'return'}
                    label={t(`desk.outcomes.${outcome}`)}
                    fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') }]}
                    act={({ reason = '' }, key) => decideFreeze(row.id, { outcome, reason }, key)}
                    done={t('desk.done')}
                    refresh={[
                      ['staff', 'freezes'],
                      ['staff', 'approvals'],
                    ]}
                  />
                ))}
              </span>
            ),
        },
      ]}
    />
  );
}

function Debts() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffDebtsQuery)}
      label={t('desk.debts')}
      empty={t('desk.emptyDebts')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('billing.debtSince'), keep: true, cell: (row) => <When at={row.opened_at} /> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('billing.product'), cell: (row) => row.product },
        { title: t('billing.debtAmount'), end: true, keep: true, cell: (row) => yuan(wholeFen(row.amount)) },
        { title: t('billing.debtFee'), end: true, keep: true, cell: (row) => yuan(wholeFen(row.late_fee)) },
        { title: t('billing.debtUnpaid'), end: true, keep: true, cell: (row) => yuan(wholeFen(row.unpaid)) },
        {
          title: t('desk.state'),
          cell: (row) => (
            <Toned tone={row.closed_at ? 'good' : 'bad'}>
              {t(row.closed_at ? 'billing.debtClosed' : 'billing.debtOpen')}
            </Toned>
          ),
        },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) =>
            row.closed_at ? null : (
              <AskButton
                danger
                label={t('desk.writeOff')}
                text={t('desk.writeOffText')}
                fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') }]}
                act={({ reason = '' }, key) => writeOff(row.id, reason, key)}
                done={t('desk.done')}
                refresh={[
                  ['staff', 'debts'],
                  ['staff', 'approvals'],
                ]}
              />
            ),
        },
      ]}
    />
  );
}
