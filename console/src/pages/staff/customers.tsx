import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { customersQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { yuan } from '../../ui/format.ts';
import { Page, Panel } from '../../ui/kit.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { StaffSearch } from './staff-search.tsx';

export function CustomersPage() {
  const { t } = useTexts();
  const { q = '' } = useSearch({ from: '/staff/customers' });
  const navigate = useNavigate();
  const customers = useInfiniteQuery(customersQuery(q));
  return (
    <Page title={t('staff.customers')}>
      <StaffSearch
        label={t('staff.search')}
        given={q}
        onSearch={(search) => navigate({ to: '/staff/customers', search })}
      />
      <Panel>
        <PagedTable
          query={customers}
          label={t('staff.customers')}
          empty={t('staff.emptyCustomers')}
          rowKey={(customer) => customer.id}
          columns={[
            {
              title: t('staff.email'),
              cell: (customer) => (
                <Link to="/staff/customers/$id" params={{ id: customer.id }}>
                  {customer.shown}
                </Link>
              ),
            },
            {
              title: t('staff.balance'),
              end: true,
              keep: true,
              cell: (customer) => yuan(customer.balance),
            },
            { title: t('staff.services'), end: true, cell: (customer) => customer.services },
            {
              title: t('staff.realName'),
              cell: (customer) => t(customer.real_name === 'passed' ? 'staff.passed' : 'staff.notPassed'),
            },
            {
              title: t('staff.age'),
              cell: (customer) =>
                customer.minor
                  ? `${t('staff.minor')} · ${t(customer.guardian_consent ? 'staff.consentYes' : 'staff.consentNo')}`
                  : t('staff.adult'),
            },
            {
              title: t('staff.joined'),
              keep: true,
              cell: (customer) => <When at={customer.created_at} />,
            },
          ]}
        />
      </Panel>
    </Page>
  );
}
