import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input } from 'antd';
import { useAct } from '../api/client.ts';
import { customerQuery, recordGuardianConsent } from '../api/staff.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

interface Values {
  reference: string;
}

export function GuardianConsentForm({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  const act = useAct(recordGuardianConsent, {
    onSuccess: () => {
      void message.success(t('staff.recorded'));
      return queryClient.invalidateQueries({ queryKey: customerQuery(customerId).queryKey });
    },
    onError: problem.show,
  });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      style={{ maxWidth: 460 }}
      onValuesChange={problem.clear}
      onFinish={({ reference }) => act.mutate({ id: customerId, reference: reference.trim() })}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item
        name="reference"
        label={t('staff.reference')}
        extra={t('staff.referenceHint')}
        rules={[{ required: true, whitespace: true, message: t('field.required') }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" busy={act.isPending}>
        {t('staff.recordConsent')}
      </ActButton>
    </Form>
  );
}
