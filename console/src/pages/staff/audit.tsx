import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useTexts } from '../../i18n/texts.ts';
import { Page, Panel } from '../../ui/kit.tsx';
import { AuditTable } from './audit-table.tsx';

interface Filter {
  customer?: string;
  subject?: string;
}

export function AuditPage() {
  const { t } = useTexts();
  const filter = useSearch({ from: '/staff/audit' });
  const navigate = useNavigate();
  return (
    <Page title={t('staff.audit')}>
      <Form<Filter>
        key={JSON.stringify(filter)}
        layout="inline"
        initialValues={filter}
        className="back-filter"
        onFinish={({ customer = '', subject = '' }) =>
          navigate({
            to: '/staff/audit',
            search: {
              ...(customer.trim() ? { customer: customer.trim() } : {}),
              ...(subject.trim() ? { subject: subject.trim() } : {}),
            },
          })
        }
      >
        <Form.Item name="customer" label={t('staff.filterCustomer')}>
          <Input allowClear className="mono" />
        </Form.Item>
        <Form.Item name="subject" label={t('staff.filterSubject')}>
          <Input allowClear className="mono" />
        </Form.Item>
        <Button htmlType="submit">{t('staff.filter')}</Button>
      </Form>
      <Panel>
        <AuditTable filter={filter} />
      </Panel>
    </Page>
  );
}
