import { Link } from '@tanstack/react-router';
import type { StaffOrder, StaffPayment, StaffService } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { yuan } from '../../ui/format.ts';
import { ServiceStateTag, Toned } from '../../ui/state.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { PaymentStateTag } from '../billing.tsx';

/** Lists of what was sold; on a customer's page without the customer. */

function Customer({ id, email }: { id: string; email: string }) {
  return (
    <Link to="/staff/customers/$id" params={{ id }}>
      {email}
    </Link>
  );
}

export function ServiceTable({ rows }: { rows: StaffService[] }) {
  const { t } = useTexts();
  return (
    <Table
      label={t('staff.services')}
      empty={t('staff.emptyServices')}
      rows={rows}
      rowKey={(service) => service.id}
      columns={[
        {
          title: t('staff.service'),
          cell: (service) => (
            <Link to="/staff/audit" search={{ subject: service.id }}>
              <code>{service.id}</code>
            </Link>
          ),
        },
        {
          title: t('staff.customer'),
          cell: (service) => <Customer id={service.customer_id} email={service.email} />,
        },
        { title: t('staff.plan'), cell: (service) => `${service.plan} · ${service.region}` },
        { title: t('staff.state'), cell: (service) => <ServiceStateTag state={service.state} /> },
        { title: t('staff.expires'), keep: true, cell: (service) => <When at={service.period_end} /> },
        { title: t('staff.created'), keep: true, cell: (service) => <When at={service.created_at} /> },
      ]}
    />
  );
}

export function OrderTable({ rows }: { rows: StaffOrder[] }) {
  const { t } = useTexts();
  return (
    <Table
      label={t('staff.orders')}
      empty={t('staff.emptyOrders')}
      rows={rows}
      rowKey={(order) => order.id}
      columns={[
        { title: t('staff.number'), cell: (order) => <code>{order.number}</code> },
        {
          title: t('staff.customer'),
          cell: (order) => <Customer id={order.customer_id} email={order.email} />,
        },
        {
          title: t('staff.kind'),
          cell: (order) => t(order.kind === 'new' ? 'billing.kindNew' : 'billing.kindRenewal'),
        },
        { title: t('staff.plan'), cell: (order) => `${order.plan} · ${order.region}` },
        {
          title: t('staff.period'),
          cell: (order) => (
            <>
              <When at={order.period_start} parts="date" /> – <When at={order.period_end} parts="date" />
            </>
          ),
        },
        { title: t('staff.amount'), end: true, keep: true, cell: (order) => yuan(order.amount) },
        {
          title: t('staff.state'),
          cell: (order) => (
            <Toned tone={order.state === 'paid' ? 'good' : 'warn'}>{t(`orderState.${order.state}`)}</Toned>
          ),
        },
        { title: t('staff.at'), keep: true, cell: (order) => <When at={order.created_at} parts="second" /> },
      ]}
    />
  );
}

export function PaymentTable({ rows }: { rows: StaffPayment[] }) {
  const { t } = useTexts();
  return (
    <Table
      label={t('staff.payments')}
      empty={t('staff.emptyPayments')}
      rows={rows}
      rowKey={(payment) => payment.id}
      columns={[
        { title: t('staff.number'), cell: (payment) => <code>{payment.out_trade_no}</code> },
        {
          title: t('staff.customer'),
          cell: (payment) => <Customer id={payment.customer_id} email={payment.email} />,
        },
        { title: t('staff.amount'), end: true, keep: true, cell: (payment) => yuan(payment.amount) },
        { title: t('staff.state'), cell: (payment) => <PaymentStateTag state={payment.state} /> },
        { title: t('staff.heldReason'), cell: (payment) => payment.held_reason ?? '' },
        {
          title: t('staff.at'),
          keep: true,
          cell: (payment) => <When at={payment.created_at} parts="second" />,
        },
      ]}
    />
  );
}
