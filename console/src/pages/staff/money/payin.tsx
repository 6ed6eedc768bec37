import { useInfiniteQuery } from '@tanstack/react-query';
import {
  approveTransfer,
  assignReceipt,
  importStatement,
  type Receipt,
  receiptsQuery,
  refuseTransfer,
  returnReceipt,
  transfersQuery,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { textOfBase64 } from '../../../ui/file-field.tsx';
import { yuan } from '../../../ui/format.ts';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { PaymentStateTag } from '../../billing-lists.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { DeskTabs } from './desk-tabs.tsx';
import { HeldPayments, Refunds } from './payin-held.tsx';

/** Money that came in and needs somebody to look. */
export function PayinPage() {
  const { t } = useTexts();
  return (
    <DeskTabs
      title={t('desk.payin')}
      tabs={[
        { key: 'transfers', label: t('desk.transfers'), children: <Transfers /> },
        { key: 'receipts', label: t('desk.receipts'), children: <Receipts /> },
        { key: 'held', label: t('desk.held'), children: <HeldPayments /> },
        { key: 'refunds', label: t('desk.refunds'), children: <Refunds /> },
      ]}
    />
  );
}

function Transfers() {
  const { t } = useTexts();
  const refresh = [
    ['staff', 'transfers'],
    ['staff', 'receipts'],
  ];
  return (
    <PagedTable
      query={useInfiniteQuery(transfersQuery)}
      label={t('desk.transfers')}
      empty={t('desk.emptyTransfers')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
        { title: t('topUp.reference'), cell: (row) => <code>{row.reference}</code> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        {
          title: t('desk.slips'),
          cell: (row) =>
            row.slips.map((slip) => (
              <div key={slip.id}>
                <a
                  href={`/api/v1/staff/bank-transfers/${row.id}/slips/${slip.id}`}
                  target="_blank"
                  rel="noreferrer"
                >
                  {slip.payer_name}
                </a>{' '}
                <span className="faint small">{slip.transferred_on}</span>
              </div>
            )),
        },
        { title: t('desk.state'), cell: (row) => <PaymentStateTag state={row.state} /> },
        {
          title: t('desk.amount'),
          end: true,
          keep: true,
          cell: (row) => yuan(row.paid_amount ?? row.amount),
        },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) =>
            row.state === 'pending' ? (
              <span className="acts">
                <AskButton
                  label={t('desk.approve')}
                  name={`${t('desk.approve')} ${row.reference}`}
                  fields={[
                    { name: 'amount', label: t('desk.amount'), kind: 'money', initial: row.amount },
                    { name: 'bank_reference', label: t('desk.bankReference') },
                    { name: 'received_on', label: t('desk.receivedOn'), kind: 'date' },
                  ]}
                  act={({ amount = '', bank_reference = '', received_on = '' }, key) =>
                    approveTransfer(row.id, { amount, bank_reference, received_on }, key)
                  }
                  done={t('desk.done')}
                  refresh={refresh}
                />
                <AskButton
                  danger
                  label={t('desk.refuse')}
                  name={`${t('desk.refuse')} ${row.reference}`}
                  fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.reasonHint') }]}
                  act={({ reason = '' }, key) => refuseTransfer(row.id, reason, key)}
                  done={t('desk.done')}
                  refresh={refresh}
                />
              </span>
            ) : null,
        },
      ]}
    />
  );
}

const RECEIPT_TONES = { held: 'warn', credited: 'good', returned: 'none' } as const;

function Receipts() {
  const { t } = useTexts();
  return (
    <div className="stack">
      <AskButton
        strong
        label={t('desk.importStatement')}
        text={t('desk.csvHint')}
        fields={[{ name: 'file', label: t('desk.csvFile'), kind: 'file', accept: '.csv,text/csv' }]}
        act={({ file = '' }, key) => importStatement(textOfBase64(file), key)}
        done={t('desk.imported')}
        refresh={[
          ['staff', 'receipts'],
          ['staff', 'transfers'],
        ]}
      />
      <PagedTable
        query={useInfiniteQuery(receiptsQuery)}
        label={t('desk.receipts')}
        empty={t('desk.emptyReceipts')}
        rowKey={(row) => row.id}
        columns={[
          { title: t('desk.receivedOn'), keep: true, cell: (row) => row.received_on },
          { title: t('desk.bankReference'), cell: (row) => <code>{row.bank_reference}</code> },
          { title: t('desk.payer'), cell: (row) => row.payer_name },
          { title: t('desk.memo'), cell: (row) => row.memo },
          { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
          {
            title: t('desk.state'),
            cell: (row) => (
              <Toned tone={RECEIPT_TONES[row.state]}>
                {t(row.state === 'credited' ? 'paymentState.paid' : `paymentState.${row.state}`)}
              </Toned>
            ),
          },
          { title: t('desk.act'), end: true, cell: (row) => <ReceiptActs row={row} /> },
        ]}
      />
    </div>
  );
}

function ReceiptActs({ row }: { row: Receipt }) {
  const { t } = useTexts();
  if (row.state !== 'held') return null;
  const refresh = [
    ['staff', 'receipts'],
    ['staff', 'transfers'],
  ];
  const reason = { name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') };
  return (
    <span className="acts">
      <AskButton
        label={t('desk.assign')}
        name={`${t('desk.assign')} ${row.bank_reference}`}
        fields={[
          {
            name: 'to',
            label: t('desk.assignTo'),
            kind: 'choice',
            initial: row.suggestions.length > 0 ? 'payment' : 'customer',
            choices: (['payment', 'customer'] as const).map((value) => ({
              value,
              label: t(`desk.assignKinds.${value}`),
            })),
          },
          { name: 'id', label: t('desk.assignPayment'), initial: row.suggestions[0]?.payment_id ?? '' },
          reason,
        ]}
        act={({ to, id = '', reason: why = '' }, key) =>
          assignReceipt(
            row.id,
            to === 'payment' ? { payment_id: id, reason: why } : { customer_id: id, reason: why },
            key,
          )
        }
        done={t('desk.done')}
        refresh={refresh}
      />
      <AskButton
        danger
        label={t('desk.giveBack')}
        name={`${t('desk.giveBack')} ${row.bank_reference}`}
        fields={[reason, { name: 'bank_reference', label: t('desk.bankReference') }]}
        act={({ reason: why = '', bank_reference = '' }, key) =>
          returnReceipt(row.id, { reason: why, bank_reference }, key)
        }
        done={t('desk.done')}
        refresh={refresh}
      />
    </span>
  );
}
