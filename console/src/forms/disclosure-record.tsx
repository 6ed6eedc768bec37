import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Select } from 'antd';
import { useAct } from '../api/client.ts';
import { disclosuresQuery, KINDS, recordDisclosure } from '../api/disclosures.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Panel } from '../ui/kit.tsx';

interface Values {
  case: string;
  kinds: (typeof KINDS)[number][];
  to: string;
  reference: string;
}

/** Puts on record that something about a customer was given away; where the terms allow no case there is no form. */
export function DisclosureForm({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const allowed = useQuery(disclosuresQuery(customerId)).data;
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  const act = useAct(recordDisclosure, {
    onSuccess: () => {
      void message.success(t('disclosure.recorded'));
      form.resetFields();
      return queryClient.invalidateQueries({ queryKey: ['staff', 'audit'] });
    },
    onError: problem.show,
  });
  if (!allowed?.clause) return null;
  const required = [{ required: true, message: t('field.required') }];
  const option = (kind: 'case' | 'kind') => (value: string) => ({
    value,
    label: t(`disclosure.${kind}-${value}` as 'disclosure.case-law'),
  });
  return (
    <Panel
      title={t('disclosure.title')}
      lead={t('disclosure.lead')}
      aside={<ClauseChip id={allowed.clause} />}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        style={{ maxWidth: 460 }}
        onValuesChange={problem.clear}
        onFinish={(values) => act.mutate({ id: customerId, ...values })}
      >
        <FormAlert trouble={problem.trouble} />
        <Form.Item name="case" label={t('disclosure.case')} rules={required}>
          <Select options={allowed.cases.map(option('case'))} />
        </Form.Item>
        <Form.Item name="kinds" label={t('disclosure.kinds')} rules={required}>
          <Select mode="multiple" options={KINDS.map(option('kind'))} />
        </Form.Item>
        <Form.Item name="to" label={t('disclosure.to')} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="reference" label={t('disclosure.reference')} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <ActButton type="primary" htmlType="submit" busy={act.isPending}>
          {t('disclosure.record')}
        </ActButton>
      </Form>
    </Panel>
  );
}
