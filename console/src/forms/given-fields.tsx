import { useInfiniteQuery } from '@tanstack/react-query';
import { Form, Radio, Select } from 'antd';
import type { Given } from '../api/members.ts';
import { servicesQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import type { OwnArea } from '../ui/may.tsx';

export const ROLES = ['admin', 'billing', 'technical', 'support', 'read-only', 'custom'] as const;
const AREAS: OwnArea[] = ['services', 'money', 'people', 'support', 'audit'];

export interface GivenValues {
  role: (typeof ROLES)[number];
  areas?: Partial<Record<OwnArea, 'none' | 'read' | 'write'>>;
  services?: string[];
}

/** What the API takes: nothing beside the role where the role says it all. */
export function givenOf({ role, areas = {}, services = [] }: GivenValues): Given {
  if (role !== 'custom') return { role };
  const chosen = Object.entries(areas).filter(([, does]) => does && does !== 'none');
  return {
    role,
    areas: Object.fromEntries(chosen) as NonNullable<Given['areas']>,
    services: services.length > 0 ? services : null,
  };
}

/** Which role, and of the custom one what it may do where. */
export function GivenFields() {
  const { t } = useTexts();
  const form = Form.useFormInstance<GivenValues>();
  const role = Form.useWatch('role', form);
  return (
    <>
      <Form.Item
        name="role"
        label={t('members.role')}
        extra={role ? t(`members.roleSays.${role}`) : undefined}
        rules={[{ required: true, message: t('field.required') }]}
      >
        <Select options={ROLES.map((value) => ({ value, label: t(`members.roles.${value}`) }))} />
      </Form.Item>
      {role === 'custom' ? <CustomFields /> : null}
    </>
  );
}

function CustomFields() {
  const { t } = useTexts();
  return (
    <>
      {AREAS.map((area) => (
        <Form.Item key={area} name={['areas', area]} label={t(`members.areas.${area}`)} initialValue="none">
          <Radio.Group
            aria-label={t(`members.areas.${area}`)}
            options={(['none', 'read', 'write'] as const)
              // Nobody acts in a record.
              .filter((does) => area !== 'audit' || does !== 'write')
              .map((value) => ({ value, label: t(`members.does.${value}`) }))}
          />
        </Form.Item>
      ))}
      <ServicesField />
    </>
  );
}

/** Which of the account's services; none chosen means all. */
export function ServicesField() {
  const { t } = useTexts();
  const services = useInfiniteQuery(servicesQuery);
  const items = services.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Form.Item name="services" label={t('members.servicesLabel')} extra={t('members.servicesHint')}>
      <Select
        mode="multiple"
        allowClear
        placeholder={t('members.allServices')}
        options={items
          .filter(({ state }) => state !== 'deleted')
          .map(({ id, label }) => ({ value: id, label }))}
      />
    </Form.Item>
  );
}
