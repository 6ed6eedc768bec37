import { useInfiniteQuery } from '@tanstack/react-query';
import { decideHeld, type Held, heldQuery, staffRefundsQuery } from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { FactList } from '../../../ui/fact-list.tsx';
import { yuan } from '../../../ui/format.ts';
import { Toned } from '../../../ui/state.tsx';
import { PagedTable } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { ChannelName } from '../../top-up.tsx';
import { CustomerLink } from '../customer-link.tsx';

/** What a channel reported otherwise than it was asked for, and the refunds that go back to channels. */

const HELD_KINDS = { differs: 'differs', orphan: 'orphan', 'foreign-refund': 'foreignRefund' } as const;
const HELD_ACTS = {
  differs: ['credit', 'return'],
  orphan: ['credit', 'return'],
  'foreign-refund': ['book', 'dismiss'],
} as const;

export function HeldPayments() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(heldQuery)}
      label={t('desk.held')}
      empty={t('desk.emptyHeld')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
        { title: t('desk.channel'), cell: (row) => <ChannelName channel={row.channel} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.out_trade_no}</code> },
        {
          title: t('desk.what'),
          cell: (row) => (
            <>
              {t(`desk.heldKinds.${HELD_KINDS[row.kind]}`)}
              <div className="faint small">{row.reason}</div>
            </>
          ),
        },
        { title: t('desk.facts'), cell: (row) => <FactList facts={row.facts} /> },
        { title: t('desk.booked'), end: true, keep: true, cell: (row) => yuan(row.booked) },
        { title: t('desk.state'), cell: (row) => row.decision_reason ?? t(`desk.heldStates.${row.state}`) },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) => (row.state === 'open' ? <HeldActs row={row} /> : null),
        },
      ]}
    />
  );
}

function HeldActs({ row }: { row: Held }) {
  const { t } = useTexts();
  return (
    <span className="acts">
      {HELD_ACTS[row.kind].map((act) => (
        <AskButton
          key={act}
          danger={act === 'return'}
          label={t(`desk.heldActs.${act}`)}
          name={`${t(`desk.heldActs.${act}`)} ${row.out_trade_no}`}
          fields={[
            { name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') },
            ...(act === 'credit' && !row.customer_id
              ? [{ name: 'customer_id', label: t('desk.forCustomer') }]
              : []),
            ...(act === 'book'
              ? [{ name: 'amount', label: t('desk.forAmount'), kind: 'money' as const, optional: true }]
              : []),
          ]}
          act={({ reason = '', ...rest }, key) => decideHeld(row.id, { act, reason, ...rest }, key)}
          done={t('desk.done')}
          refresh={[
            ['staff', 'held'],
            ['staff', 'refunds'],
          ]}
        />
      ))}
    </span>
  );
}

const REFUND_TONES = {
  requested: 'busy',
  unknown: 'warn',
  processing: 'busy',
  done: 'good',
  failed: 'bad',
} as const;

export function Refunds() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffRefundsQuery)}
      label={t('desk.refunds')}
      empty={t('desk.emptyRefunds')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('desk.at'), keep: true, cell: (row) => <When at={row.created_at} /> },
        { title: t('desk.channel'), cell: (row) => <ChannelName channel={row.channel} /> },
        { title: t('desk.number'), cell: (row) => <code>{row.out_refund_no}</code> },
        {
          title: t('desk.customer'),
          cell: (row) => (row.customer_id ? <CustomerLink id={row.customer_id} /> : ''),
        },
        { title: t('desk.reason'), cell: (row) => row.reason },
        {
          title: t('desk.state'),
          cell: (row) => (
            <>
              <Toned tone={REFUND_TONES[row.state]}>{t(`refundState.${row.state}`)}</Toned>
              {row.detail ? <div className="faint small">{row.detail}</div> : null}
            </>
          ),
        },
        { title: t('desk.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
      ]}
    />
  );
}
