import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Form, Radio } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import {
  askPhoneCode,
  asksHolder,
  type HolderAsked,
  type PhoneCode,
  phoneSignIn,
  phoneSignUp,
} from '../api/federation.ts';
import { problemOf } from '../api/problem.ts';
import { brandQuery, termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { SandboxNote } from '../ui/kit.tsx';
import { PHONE_PROBLEMS, PhoneCodeField, PhoneField } from '../ui/phone-fields.tsx';
import { HolderForm } from './holder.tsx';
import type { Waiting } from './second-factor.tsx';

interface Values {
  phone: string;
  code?: string;
  minor?: boolean;
}

interface Entrance {
  for: 'sign-in' | 'sign-up';
  onEnd: (answer: Waiting | undefined) => unknown;
}

/** In by a mainland number: the code that goes there says whose account it is, or that there is none yet. */
export function PhoneEntrance(props: Entrance) {
  const [sent, setSent] = useState<(PhoneCode & { phone: string }) | null>(null);
  const [asked, setAsked] = useState<HolderAsked | null>(null);
  if (asked)
    return <HolderForm asked={asked} onEnd={(answer) => props.onEnd(answer as Waiting | undefined)} />;
  return sent ? (
    <CodeStep {...props} sent={sent} onOther={() => setSent(null)} onAsked={setAsked} />
  ) : (
    <NumberStep onSent={setSent} />
  );
}

function NumberStep({ onSent }: { onSent: (sent: PhoneCode & { phone: string }) => void }) {
  const { t, locale } = useTexts();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, PHONE_PROBLEMS);
  const act = useAct(({ phone }: Values) => askPhoneCode({ phone, locale }), {
    onSuccess: (sent, { phone }) => onSent({ ...sent, phone }),
    onError: problem.show,
  });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      onValuesChange={problem.clear}
      onFinish={(values) => act.mutate(values)}
    >
      <FormAlert trouble={problem.trouble} />
      <PhoneField />
      <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
        {t('phone.send')}
      </ActButton>
    </Form>
  );
}

function CodeStep(
  props: Entrance & { sent: PhoneCode; onOther: () => void; onAsked: (asked: HolderAsked) => void },
) {
  const { t, locale } = useTexts();
  const { id, shown } = props.sent;
  const { sandbox } = useSuspenseQuery(brandQuery).data;
  const asksAge = useSuspenseQuery(termsQuery).data.parameters.minors !== undefined;
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, PHONE_PROBLEMS);
  /** What the right code said against what was wanted. */
  const [other, setOther] = useState<'phone-unknown' | 'phone-known' | null>(null);
  const signsUp = (props.for === 'sign-up' && other === null) || other === 'phone-unknown';
  const onError = (error: Error) => {
    const { code } = problemOf(error);
    if (code === 'phone-unknown' || code === 'phone-known') setOther(code);
    else problem.show(error);
  };
  const signIn = useAct(phoneSignIn, {
    onSuccess: (answer) => (asksHolder(answer) ? props.onAsked(answer) : props.onEnd(answer as Waiting)),
    onError,
  });
  const signUp = useAct(phoneSignUp, { onSuccess: props.onEnd, onError });
  const busy = signIn.isPending || signUp.isPending;
  const go = (what: 'sign-in' | 'sign-up' | 'newly-mine') => {
    const { code = '', minor = false } = form.getFieldsValue();
    const given = { id, code: code.trim() };
    if (what === 'sign-in') signIn.mutate(given);
    else signUp.mutate({ ...given, locale, minor, newly_mine: what === 'newly-mine' });
  };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      onValuesChange={problem.clear}
      onFinish={() => go(signsUp ? 'sign-up' : 'sign-in')}
    >
      <p role="status">{t('phone.sent', { shown })}</p>
      {sandbox.sms ? (
        <SandboxNote>
          {t('phone.sandbox')}{' '}
          <Link to="/dev/mailbox" target="_blank">
            {t('verify.mailbox')}
          </Link>
        </SandboxNote>
      ) : null}
      <FormAlert trouble={problem.trouble} />
      {other ? (
        <Alert
          type="info"
          role="status"
          title={t(other === 'phone-unknown' ? 'phone.unknown' : 'phone.known')}
          description={other === 'phone-known' ? t('phone.newlyMineText') : undefined}
          style={{ marginBottom: 16 }}
        />
      ) : null}
      <PhoneCodeField />
      <Form.Item
        hidden={!asksAge || !(signsUp || other === 'phone-known')}
        name="minor"
        label={t('signUp.age')}
        rules={[{ required: asksAge && signsUp, message: t('signUp.ageRequired') }]}
      >
        <Radio.Group
          aria-label={t('signUp.age')}
          options={[
            { value: false, label: t('signUp.adult') },
            { value: true, label: t('signUp.minor') },
          ]}
        />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" block busy={busy}>
        {t(
          other === 'phone-unknown'
            ? 'phone.signUpWithIt'
            : other === 'phone-known'
              ? 'phone.signInWithIt'
              : props.for === 'sign-up'
                ? 'phone.signUp'
                : 'phone.signIn',
        )}
      </ActButton>
      {other === 'phone-known' ? (
        <ActButton block style={{ marginTop: 12 }} busy={busy} onClick={() => go('newly-mine')}>
          {t('phone.newlyMine')}
        </ActButton>
      ) : null}
      <p style={{ marginTop: 12 }}>
        <button type="button" className="link-button" onClick={props.onOther}>
          {t('phone.other')}
        </button>
      </p>
    </Form>
  );
}
