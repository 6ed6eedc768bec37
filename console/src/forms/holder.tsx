import { Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import type { RecoveryBegun } from '../api/factors.ts';
import { type HolderAsked, type HolderWay, mailHolderCode, showHolder } from '../api/federation.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import type { Waiting } from './second-factor.tsx';

interface Values {
  way: HolderWay;
  password?: string;
  code?: string;
  number?: string;
}

/** A number that wasn't used for long may be somebody else's: one more thing shows that it is still the account's. */
export function HolderForm(props: {
  asked: HolderAsked;
  onEnd: (answer: Waiting | RecoveryBegun | undefined) => unknown;
}) {
  const { t } = useTexts();
  const { challenge, holder } = props.asked;
  const [form] = Form.useForm<Values>();
  const [mailed, setMailed] = useState(false);
  const problem = useFormProblem(form);
  const way = Form.useWatch('way', form) ?? holder[0];
  const mail = useAct(mailHolderCode, { onSuccess: () => setMailed(true), onError: problem.show });
  const act = useAct(showHolder, { onSuccess: props.onEnd, onError: problem.show });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      initialValues={{ way: holder[0] }}
      onValuesChange={problem.clear}
      onFinish={(values) => {
        if (way === 'mail' && !mailed) mail.mutate(challenge);
        else act.mutate({ challenge, given: given({ ...values, way: way ?? 'password' }) });
      }}
    >
      <p role="status">{t('holder.lead')}</p>
      <FormAlert trouble={problem.trouble} />
      <Form.Item name="way" label={t('holder.way')} hidden={holder.length < 2}>
        <Select options={holder.map((value) => ({ value, label: t(`holder.${value}`) }))} />
      </Form.Item>
      {way === 'password' ? (
        <Required name="password" label={t('field.password')}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Required>
      ) : way === 'identity' ? (
        <Required name="number" label={t('holder.identity')}>
          <Input autoComplete="off" maxLength={18} />
        </Required>
      ) : mailed ? (
        <Required name="code" label={t('holder.code')}>
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
        </Required>
      ) : null}
      <ActButton type="primary" htmlType="submit" block busy={act.isPending || mail.isPending}>
        {t(way === 'mail' && !mailed ? 'holder.send' : 'holder.go')}
      </ActButton>
    </Form>
  );
}

function Required(props: { name: string; label: string; children: React.ReactNode }) {
  const { t } = useTexts();
  return (
    <Form.Item
      name={props.name}
      label={props.label}
      rules={[{ required: true, message: t('field.required') }]}
    >
      {props.children}
    </Form.Item>
  );
}

function given({ way, password = '', code = '', number = '' }: Values) {
  if (way === 'password') return { way, password };
  return way === 'mail' ? { way, code: code.trim() } : { way, number: number.trim() };
}
