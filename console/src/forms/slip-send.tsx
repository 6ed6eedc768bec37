import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { sendSlip, slipsQuery } from '../api/money.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { base64Bytes, FileField } from '../ui/file-field.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

interface Values {
  payer_name: string;
  transferred_on: string;
  content: string;
}

const MOST_MB = 2;

/** The bank's slip of a transfer. */
export function SlipSendForm({ paymentId }: { paymentId: string }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  // A file's field forgets its file only when it is made anew.
  const [sent, setSent] = useState(0);
  const act = useAct(sendSlip, {
    onSuccess: () => {
      form.resetFields();
      setSent((count) => count + 1);
      void message.success(t('topUp.slipSent'));
      return queryClient.invalidateQueries({ queryKey: slipsQuery(paymentId).queryKey });
    },
    onError: problem.show,
  });
  const required = { required: true, message: t('field.required') };
  const small = {
    validator: (_: unknown, value: string | undefined) =>
      base64Bytes(value ?? '') <= MOST_MB * 1_048_576
        ? Promise.resolve()
        : Promise.reject(new Error(t('topUp.fileTooLarge', { size: MOST_MB }))),
  };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      style={{ maxWidth: 420 }}
      onValuesChange={problem.clear}
      onFinish={(values) => act.mutate({ id: paymentId, ...values, payer_name: values.payer_name.trim() })}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item name="payer_name" label={t('topUp.payer')} rules={[{ ...required, whitespace: true }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="transferred_on" label={t('topUp.transferredOn')} rules={[required]}>
        <Input type="date" style={{ maxWidth: 220 }} />
      </Form.Item>
      <Form.Item name="content" label={t('topUp.slipFile')} rules={[required, small]}>
        <FileField key={sent} accept="image/png,image/jpeg,application/pdf" />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" busy={act.isPending}>
        {t('topUp.slipSend')}
      </ActButton>
    </Form>
  );
}
