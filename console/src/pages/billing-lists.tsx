import { useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { debtsQuery, giftsQuery } from '../api/money.ts';
import { catalogueQuery, ordersQuery, paymentsQuery, statementQuery, termsQuery } from '../api/queries.ts';
import type { Order, Payment } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ClauseChip } from '../ui/clause.tsx';
import { parseYuan, yuan } from '../ui/format.ts';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable, Table } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';
import { ChannelName } from './top-up.tsx';

export function StatementList() {
  const { t, pick } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(statementQuery)}
      label={t('billing.statement')}
      empty={t('billing.emptyStatement')}
      rowKey={(line) => line.id}
      columns={[
        { title: t('billing.at'), keep: true, cell: (line) => <When at={line.at} parts="second" /> },
        { title: t('billing.text'), cell: (line) => pick(line.text) },
        {
          title: t('billing.amount'),
          end: true,
          keep: true,
          cell: (line) => (line.amount.startsWith('-') ? yuan(line.amount) : `+${yuan(line.amount)}`),
        },
        {
          title: t('billing.balanceAfter'),
          end: true,
          keep: true,
          cell: (line) => (line.balance === undefined ? '' : yuan(line.balance)),
        },
      ]}
    />
  );
}

const PAYMENT_TONES = {
  pending: 'busy',
  paid: 'good',
  closed: 'none',
  held: 'warn',
  returned: 'none',
} as const;

export function PaymentStateTag({ state }: { state: Payment['state'] }) {
  const { t } = useTexts();
  return <Toned tone={PAYMENT_TONES[state]}>{t(`paymentState.${state}`)}</Toned>;
}

export function PaymentList() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(paymentsQuery)}
      label={t('billing.payments')}
      empty={t('billing.emptyPayments')}
      rowKey={(payment) => payment.id}
      columns={[
        {
          title: t('billing.at'),
          keep: true,
          cell: (payment) => <When at={payment.created_at} parts="second" />,
        },
        { title: t('billing.number'), cell: (payment) => <code>{payment.out_trade_no}</code> },
        {
          title: t('billing.channel'),
          cell: (payment) => (
            <>
              <ChannelName channel={payment.channel} />{' '}
              {payment.sandbox ? <span className="label">{t('billing.sandboxPayment')}</span> : null}
            </>
          ),
        },
        { title: t('billing.state'), cell: (payment) => <PaymentStateTag state={payment.state} /> },
        {
          title: t('billing.amount'),
          end: true,
          keep: true,
          cell: (payment) => <AmountLess amount={payment.amount} less={payment.refunded_amount} />,
        },
        {
          title: t('billing.open'),
          end: true,
          cell: (payment) => (
            <Link to="/top-up/$id" params={{ id: payment.id }}>
              {t('billing.open')}
            </Link>
          ),
        },
      ]}
    />
  );
}

/** An amount, and what of it went back. */
function AmountLess({ amount, less }: { amount: string; less: string }) {
  const { t } = useTexts();
  return (
    <>
      {yuan(amount)}
      {parseYuan(less) > 0n ? (
        <span className="faint small"> {t('billing.refundedPart', { amount: yuan(less) })}</span>
      ) : null}
    </>
  );
}

export function OrderList() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(ordersQuery)}
      label={t('billing.orders')}
      empty={t('billing.emptyOrders')}
      rowKey={(order) => order.id}
      columns={[
        {
          title: t('billing.at'),
          keep: true,
          cell: (order) => <When at={order.created_at} parts="second" />,
        },
        { title: t('billing.number'), cell: (order) => <code>{order.number}</code> },
        { title: t('billing.kind'), cell: (order) => t(`billing.kinds.${order.kind}`) },
        {
          title: t('billing.service'),
          cell: (order) => (
            <Link to="/services/$id" params={{ id: order.service_id }}>
              {order.plan}
            </Link>
          ),
        },
        {
          title: t('billing.period'),
          cell: (order) => (
            <>
              <When at={order.period_start} parts="date" /> – <When at={order.period_end} parts="date" />
            </>
          ),
        },
        {
          title: t('billing.state'),
          cell: (order) => (
            <Toned tone={order.state === 'paid' ? 'good' : 'warn'}>{t(`orderState.${order.state}`)}</Toned>
          ),
        },
        { title: t('billing.amount'), end: true, keep: true, cell: (order) => <OrderAmount order={order} /> },
      ]}
    />
  );
}

function OrderAmount({ order }: { order: Order }) {
  const { t } = useTexts();
  return (
    <>
      <AmountLess amount={order.amount} less={order.refunded} />
      {parseYuan(order.paid_by_gifts) > 0n ? (
        <div className="faint small">{t('billing.paidGift', { amount: yuan(order.paid_by_gifts) })}</div>
      ) : null}
    </>
  );
}

export function GiftList() {
  const { t, pick } = useTexts();
  const { products } = useSuspenseQuery(catalogueQuery).data;
  const rule = useSuspenseQuery(termsQuery).data.parameters.gifts;
  const nameOf = (id: string) => {
    const product = products.find((each) => each.id === id);
    return product ? pick(product.name) : id;
  };
  return (
    <>
      <p className="panel-lead">
        {t('billing.giftNote')} {rule ? <ClauseChip id={rule.clause} /> : null}
      </p>
      <QueryState query={useQuery(giftsQuery)}>
        {(found) => (
          <Table
            label={t('billing.gifts')}
            empty={t('billing.emptyGifts')}
            rows={found.items}
            rowKey={(gift) => gift.id}
            columns={[
              { title: t('billing.giftName'), cell: (gift) => pick(gift.name) },
              {
                title: t('billing.giftScope'),
                cell: (gift) => gift.products.map(nameOf).join(', ') || t('billing.giftAll'),
              },
              {
                title: t('billing.giftUntil'),
                keep: true,
                cell: (gift) => (
                  <>
                    <When at={gift.expires_at} parts="date" />{' '}
                    {gift.expired_at ? <Toned tone="none">{t('billing.giftExpired')}</Toned> : null}
                  </>
                ),
              },
              { title: t('billing.amount'), end: true, keep: true, cell: (gift) => yuan(gift.amount) },
              {
                title: t('billing.giftLeft'),
                end: true,
                keep: true,
                cell: (gift) => <strong>{yuan(gift.left)}</strong>,
              },
            ]}
          />
        )}
      </QueryState>
    </>
  );
}

export function DebtList() {
  const { t } = useTexts();
  const { late_fee: rule } = useSuspenseQuery(termsQuery).data.parameters;
  return (
    <>
      <p className="panel-lead">
        {t('billing.debtPay')} {rule ? <ClauseChip id={rule.clause} /> : null}
      </p>
      <PagedTable
        query={useInfiniteQuery(debtsQuery)}
        label={t('billing.debts')}
        empty={t('billing.emptyDebts')}
        rowKey={(debt) => debt.id}
        columns={[
          { title: t('billing.debtSince'), keep: true, cell: (debt) => <When at={debt.opened_at} /> },
          { title: t('billing.product'), cell: (debt) => debt.product },
          { title: t('billing.debtAmount'), end: true, keep: true, cell: (debt) => yuan(debt.amount) },
          {
            title: t('billing.debtFee'),
            end: true,
            keep: true,
            cell: (debt) => (
              <>
                {yuan(debt.late_fee)}{' '}
                <span className="faint small">{t('billing.debtRate', { rate: debt.late_fee_per_day })}</span>
              </>
            ),
          },
          {
            title: t('billing.debtUnpaid'),
            end: true,
            keep: true,
            cell: (debt) => <strong>{yuan(debt.unpaid)}</strong>,
          },
          {
            title: t('billing.state'),
            cell: (debt) => (
              <Toned tone={debt.closed_at ? 'good' : 'bad'}>
                {t(debt.closed_at ? 'billing.debtClosed' : 'billing.debtOpen')}
              </Toned>
            ),
          },
        ]}
      />
    </>
  );
}
