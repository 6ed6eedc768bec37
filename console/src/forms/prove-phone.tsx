import { Form, Input } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { askPhoneCode, proveByPhone } from '../api/federation.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

interface Values {
  phone: string;
  code?: string;
}

const CODES = { 'phone-form': 'phone', 'phone-code-wrong': 'code' };

/** Who signs in by a number shows by it again that it is them: the number is typed, a code comes, and goes back. */
export function ProvePhone({ onProved }: { onProved: () => void }) {
  const { t, locale } = useTexts();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, { codes: CODES });
  const [sent, setSent] = useState<{ id: string; shown: string } | null>(null);
  const ask = useAct(askPhoneCode, { onSuccess: setSent, onError: problem.show });
  const prove = useAct(proveByPhone, { onSuccess: onProved, onError: problem.show });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      onValuesChange={problem.clear}
      onFinish={({ phone, code = '' }) =>
        sent ? prove.mutate({ id: sent.id, code: code.trim() }) : ask.mutate({ phone, locale })
      }
    >
      <FormAlert trouble={problem.trouble} />
      {sent ? (
        <Form.Item
          name="code"
          label={t('phone.code')}
          extra={t('phone.sent', { shown: sent.shown })}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
        </Form.Item>
      ) : (
        <Form.Item
          name="phone"
          label={t('phone.own')}
          rules={[{ required: true, message: t('phone.numberInvalid') }]}
        >
          <Input type="tel" inputMode="tel" autoComplete="tel" maxLength={20} />
        </Form.Item>
      )}
      <ActButton htmlType="submit" block busy={ask.isPending || prove.isPending}>
        {t(sent ? 'phone.prove' : 'phone.send')}
      </ActButton>
    </Form>
  );
}
