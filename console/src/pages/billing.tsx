import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { ordersQuery, paymentsQuery, statementQuery } from '../api/queries.ts';
import type { Payment } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { yuan } from '../ui/format.ts';
import { Page, Panel, useSession } from '../ui/kit.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable } from '../ui/table.tsx';
import { When } from '../ui/time.tsx';

/** The balance and everything that ever moved it. */
export function BillingPage() {
  const { t } = useTexts();
  const { tab = 'statement' } = useSearch({ from: '/console/billing' });
  const navigate = useNavigate();
  const session = useSession();
  return (
    <Page
      title={t('billing.title')}
      actions={
        <Link to="/top-up" className="button button-strong">
          {t('nav.topUp')}
        </Link>
      }
    >
      <div className="stack">
        <p>
          <span className="faint">{t('nav.balance')}</span>{' '}
          <strong style={{ fontSize: 26, fontWeight: 620, marginLeft: 8 }}>{yuan(session.balance)}</strong>
        </p>
        <Panel>
          <Tabs
            activeKey={tab}
            onChange={(next) => navigate({ to: '/billing', search: { tab: next }, replace: true })}
            items={[
              { key: 'statement', label: t('billing.statement'), children: <Statement /> },
              { key: 'payments', label: t('billing.payments'), children: <Payments /> },
              { key: 'orders', label: t('billing.orders'), children: <Orders /> },
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}

function Statement() {
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

const PAYMENT_TONES = { pending: 'busy', paid: 'good', closed: 'none', held: 'warn' } as const;

export function PaymentStateTag({ state }: { state: Payment['state'] }) {
  const { t } = useTexts();
  return <Toned tone={PAYMENT_TONES[state]}>{t(`paymentState.${state}`)}</Toned>;
}

function Payments() {
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
              {t('topUp.alipay')}{' '}
              {payment.sandbox ? <span className="label">{t('billing.sandboxPayment')}</span> : null}
            </>
          ),
        },
        { title: t('billing.state'), cell: (payment) => <PaymentStateTag state={payment.state} /> },
        { title: t('billing.amount'), end: true, keep: true, cell: (payment) => yuan(payment.amount) },
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

function Orders() {
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
        {
          title: t('billing.kind'),
          cell: (order) => t(order.kind === 'new' ? 'billing.kindNew' : 'billing.kindRenewal'),
        },
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
        { title: t('billing.amount'), end: true, keep: true, cell: (order) => yuan(order.amount) },
      ]}
    />
  );
}
