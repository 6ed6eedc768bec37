import { Form } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { askPhoneCode, proveByPhone } from '../api/federation.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { PHONE_PROBLEMS, PhoneCodeField, PhoneField } from '../ui/phone-fields.tsx';

interface Values {
  phone: string;
  code?: string;
}

/** Who signs in by a number shows by it again that it is them: the number is typed, a code comes, and goes back. */
export function ProvePhone({ onProved }: { onProved: () => void }) {
  const { t, locale } = useTexts();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, PHONE_PROBLEMS);
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
      {sent ? <PhoneCodeField shown={sent.shown} /> : <PhoneField own />}
      <ActButton htmlType="submit" block busy={ask.isPending || prove.isPending}>
        {t(sent ? 'phone.prove' : 'phone.send')}
      </ActButton>
    </Form>
  );
}
