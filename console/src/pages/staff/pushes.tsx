import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { type StaffPush, staffPushesQuery } from '../../api/pushes.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ClauseChip } from '../../ui/clause.tsx';
import { yuan } from '../../ui/format.ts';
import { Page, Panel } from '../../ui/kit.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';

/** Services that pass from one customer to another, as the back office sees them. */

interface Filter {
  customer?: string;
  service?: string;
}

const STATES = ['open', 'accepted', 'declined', 'withdrawn', 'lapsed'] as const;
const TONES = {
  open: 'busy',
  accepted: 'good',
  declined: 'none',
  withdrawn: 'none',
  lapsed: 'none',
} as const;

export function StaffPushesPage() {
  const { t } = useTexts();
  const filter = useSearch({ from: '/staff/pushes' });
  const navigate = useNavigate();
  const [state, setState] = useState<StaffPush['state'] | 'all'>('all');
  return (
    <Page title={t('pushes.desk.title')} lead={t('pushes.desk.lead')}>
      <Form<Filter>
        key={JSON.stringify(filter)}
        layout="inline"
        initialValues={filter}
        className="back-filter"
        onFinish={({ customer = '', service = '' }) =>
          navigate({
            to: '/staff/pushes',
            search: {
              ...(customer.trim() ? { customer: customer.trim() } : {}),
              ...(service.trim() ? { service: service.trim() } : {}),
            },
          })
        }
      >
        <Form.Item name="customer" label={t('staff.filterCustomer')}>
          <Input allowClear className="mono" />
        </Form.Item>
        <Form.Item name="service" label={t('pushes.desk.serviceId')}>
          <Input allowClear className="mono" />
        </Form.Item>
        <Select
          value={state}
          onChange={setState}
          aria-label={t('pushes.state')}
          style={{ width: 120 }}
          options={[
            { value: 'all' as const, label: t('staff.allStates') },
            ...STATES.map((value) => ({ value, label: t(`pushes.states.${value}`) })),
          ]}
        />
        <Button htmlType="submit">{t('staff.filter')}</Button>
      </Form>
      <Panel>
        <PushTable filter={{ ...filter, ...(state === 'all' ? {} : { state }) }} />
      </Panel>
    </Page>
  );
}

/** Those of a customer or of a service, on its own page; nothing where there was none. */
export function PushesOf({ filter }: { filter: Filter }) {
  const { t } = useTexts();
  const { data } = useInfiniteQuery(staffPushesQuery(filter));
  if (!data?.pages.some(({ items }) => items.length > 0)) return null;
  return (
    <Panel title={t('pushes.desk.title')}>
      <PushTable filter={filter} />
    </Panel>
  );
}

function PushTable({ filter }: { filter: Parameters<typeof staffPushesQuery>[0] }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  return (
    <PagedTable
      query={useInfiniteQuery(staffPushesQuery(filter))}
      label={t('pushes.desk.title')}
      empty={t('pushes.desk.none')}
      rowKey={({ id }) => id}
      columns={[
        {
          title: t('pushes.desk.service'),
          cell: ({ service_id: id, label, passed }) => (
            <>
              <Link to="/staff/services/$id" params={{ id }} title={id}>
                {label}
              </Link>
              {passed ? <span className="faint small">{` ${passed.plan} · ${passed.region}`}</span> : null}
            </>
          ),
        },
        { title: t('pushes.desk.from'), cell: (push) => <CustomerLink id={push.from_customer} /> },
        {
          title: t('pushes.desk.to'),
          cell: ({ to_customer: to, to: shown }) => (to ? <CustomerLink id={to} /> : shown),
        },
        {
          title: t('pushes.state'),
          keep: true,
          cell: ({ state }) => <Toned tone={TONES[state]}>{t(`pushes.states.${state}`)}</Toned>,
        },
        { title: t('pushes.desk.made'), keep: true, cell: (push) => <When at={push.made_at} /> },
        {
          title: t('pushes.desk.over'),
          cell: ({ ended_at: at, expires_at: until }) =>
            at ? <When at={at} /> : t('pushes.desk.stands', { at: instant(until) }),
        },
        {
          title: t('pushes.desk.worth'),
          end: true,
          keep: true,
          cell: ({ worth }) => (worth === null ? '—' : yuan(worth)),
        },
        {
          title: t('pushes.desk.price'),
          end: true,
          keep: true,
          cell: ({ passed }) => (passed ? yuan(passed.price) : '—'),
        },
        {
          title: t('staff.clause'),
          keep: true,
          cell: ({ clause }) => <ClauseChip id={clause.id} version={clause.version} />,
        },
      ]}
    />
  );
}
