import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { staffOrdersQuery, staffPaymentsQuery, staffServicesQuery } from '../../api/staff.ts';
import type { StaffPayment } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { OrderTable, PaymentTable, ServiceTable } from './sold-tables.tsx';

export function StaffServicesPage() {
  const { t } = useTexts();
  const services = useQuery(staffServicesQuery);
  return (
    <Page title={t('staff.services')}>
      <Panel>
        <QueryState query={services}>{({ items }) => <ServiceTable rows={items} />}</QueryState>
      </Panel>
    </Page>
  );
}

export function StaffOrdersPage() {
  const { t } = useTexts();
  const orders = useQuery(staffOrdersQuery);
  return (
    <Page title={t('staff.orders')}>
      <Panel>
        <QueryState query={orders}>{({ items }) => <OrderTable rows={items} />}</QueryState>
      </Panel>
    </Page>
  );
}

const STATES = ['pending', 'paid', 'closed', 'held'] as const;

export function StaffPaymentsPage() {
  const { t } = useTexts();
  const [state, setState] = useState<StaffPayment['state'] | 'all'>('all');
  const payments = useQuery(staffPaymentsQuery(state === 'all' ? undefined : state));
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
        <QueryState query={payments}>{({ items }) => <PaymentTable rows={items} />}</QueryState>
      </Panel>
    </Page>
  );
}
