import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import { useState } from 'react';
import { catalogueQuery } from '../../api/queries.ts';
import { staffOrdersQuery, staffPaymentsQuery, staffServicesQuery } from '../../api/staff.ts';
import type { StaffPayment } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { yuan } from '../../ui/format.ts';
import { Page, Panel, SimulatedLabel } from '../../ui/kit.tsx';
import { PowerTag, ServiceStateTag, Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { PaymentStateTag } from '../billing-lists.tsx';
import { CustomerLink } from './customer-link.tsx';
import { StaffSearch } from './staff-search.tsx';

/** Lists of what was sold. */

export function StaffServicesPage() {
  const { t } = useTexts();
  const { q } = useSearch({ from: '/staff/services' });
  const navigate = useNavigate();
  return (
    <Page title={t('staff.services')}>
      <StaffSearch
        label={t('staff.searchServices')}
        given={q}
        onSearch={(search) => navigate({ to: '/staff/services', search })}
      />
      <Panel>
        <ServicesSold q={q} />
      </Panel>
    </Page>
  );
}

/** Of all customers, or of one, who then needn't be named. */
export function ServicesSold({ customer, q }: { customer?: string; q?: string | undefined }) {
  const { t, pick } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffServicesQuery({ customer, q }))}
      label={t('staff.services')}
      empty={t(q ? 'staff.foundNone' : 'staff.emptyServices')}
      rowKey={(service) => service.id}
      columns={[
        {
          title: t('staff.service'),
          cell: (service) => (
            <>
              <Link to="/staff/services/$id" params={{ id: service.id }} title={service.id}>
                {service.label}
              </Link>{' '}
              {service.instance?.simulated ? <SimulatedLabel /> : null}
            </>
          ),
        },
        ...(customer
          ? []
          : [
              {
                title: t('staff.customer'),
                cell: (service: { customer_id: string }) => <CustomerLink id={service.customer_id} />,
              },
            ]),
        {
          title: t('staff.plan'),
          cell: (service) => `${pick(service.plan_name)} · ${pick(service.region_name)}`,
        },
        { title: t('staff.state'), cell: (service) => <ServiceStateTag state={service.state} /> },
        {
          title: t('service.power'),
          cell: (service) => (service.instance ? <PowerTag instance={service.instance} /> : '—'),
        },
        {
          title: t('service.connect'),
          cell: (service) => {
            const ssh = service.instance?.ssh;
            return ssh ? <code>{`${ssh.host}:${ssh.port}`}</code> : '—';
          },
        },
        { title: t('staff.expires'), keep: true, cell: (service) => <When at={service.period_end} /> },
        { title: t('staff.created'), keep: true, cell: (service) => <When at={service.created_at} /> },
      ]}
    />
  );
}

export function StaffOrdersPage() {
  const { t } = useTexts();
  const { q } = useSearch({ from: '/staff/orders' });
  const navigate = useNavigate();
  return (
    <Page title={t('staff.orders')}>
      <StaffSearch
        label={t('staff.searchOrders')}
        given={q}
        onSearch={(search) => navigate({ to: '/staff/orders', search })}
      />
      <Panel>
        <OrdersSold q={q} />
      </Panel>
    </Page>
  );
}

export function OrdersSold({ customer, q }: { customer?: string; q?: string | undefined }) {
  const { t, pick } = useTexts();
  const { products, regions } = useSuspenseQuery(catalogueQuery).data;
  const plans = products.flatMap((product) => product.plans);
  /** What isn't sold any more is called by its code. */
  const called = (of: readonly { id: string; name: { zh: string; en: string } }[], id: string) => {
    const found = of.find((each) => each.id === id);
    return found ? pick(found.name) : id;
  };
  return (
    <PagedTable
      query={useInfiniteQuery(staffOrdersQuery({ customer, q }))}
      label={t('staff.orders')}
      empty={t(q ? 'staff.foundNone' : 'staff.emptyOrders')}
      rowKey={(order) => order.id}
      columns={[
        { title: t('staff.number'), cell: (order) => <code>{order.number}</code> },
        ...(customer
          ? []
          : [
              {
                title: t('staff.customer'),
                cell: (order: { customer_id: string }) => <CustomerLink id={order.customer_id} />,
              },
            ]),
        {
          title: t('staff.kind'),
          cell: (order) => t(`billing.kinds.${order.kind}`),
        },
        {
          title: t('staff.plan'),
          cell: (order) => (
            <Link to="/staff/services/$id" params={{ id: order.service_id }}>
              {called(plans, order.plan)} · {called(regions, order.region)}
            </Link>
          ),
        },
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
        {
          title: t('staff.at'),
          keep: true,
          cell: (order) => <When at={order.created_at} parts="second" />,
        },
      ]}
    />
  );
}

const STATES = ['pending', 'paid', 'closed', 'held', 'returned'] as const;

export function StaffPaymentsPage() {
  const { t } = useTexts();
  const [state, setState] = useState<StaffPayment['state'] | 'all'>('all');
  return (
    <Page title={t('staff.payments')}>
      <div className="back-filter">
        <Select
          value={state}
          onChange={setState}
          aria-label={t('staff.stateFilter')}
          style={{ width: 160 }}
          options={[
            { value: 'all' as const, label: t('staff.allStates') },
            ...STATES.map((value) => ({ value, label: t(`paymentState.${value}`) })),
          ]}
        />
      </div>
      <Panel>
        <PagedTable
          query={useInfiniteQuery(staffPaymentsQuery(state === 'all' ? undefined : state))}
          label={t('staff.payments')}
          empty={t('staff.emptyPayments')}
          rowKey={(payment) => payment.id}
          columns={[
            { title: t('staff.number'), cell: (payment) => <code>{payment.out_trade_no}</code> },
            { title: t('staff.customer'), cell: (payment) => <CustomerLink id={payment.customer_id} /> },
            { title: t('staff.amount'), end: true, keep: true, cell: (payment) => yuan(payment.amount) },
            { title: t('staff.state'), cell: (payment) => <PaymentStateTag state={payment.state} /> },
            { title: t('staff.heldReason'), cell: (payment) => payment.held_reason ?? '' },
            { title: t('staff.tradeNo'), cell: (payment) => <code>{payment.trade_no}</code> },
            {
              title: t('staff.at'),
              keep: true,
              cell: (payment) => <When at={payment.created_at} parts="second" />,
            },
          ]}
        />
      </Panel>
    </Page>
  );
}
