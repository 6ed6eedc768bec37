import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Form, Input } from 'antd';
import { useState } from 'react';
import { mainlandPhone } from '#kernel/phone.ts';
import { useAct } from '../api/client.ts';
import { askRecovery, giveRecoveryCode, type RecoveryBegun, recover } from '../api/factors.ts';
import {
  askPhoneCode,
  asksHolder,
  type HolderAsked,
  type PhoneCode,
  phoneRecover,
} from '../api/federation.ts';
import { brandQuery } from '../api/queries.ts';
import { FactorFields, type FactorValues } from '../forms/factor-fields.tsx';
import { HolderForm } from '../forms/holder.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Panel, SandboxNote } from '../ui/kit.tsx';
import { NewPasswordField } from '../ui/password-field.tsx';
import { PHONE_PROBLEMS, PhoneCodeField } from '../ui/phone-fields.tsx';

const CODE_FIELD = { 'wrong-code': 'code' };

/** Where a code went. */
type Sent = { email: string } | { phone: PhoneCode };

/**
 * A lost password: the address or the number, the code that went there, what else is asked of an old number, a second
 * step if there is one, a new password.
 */
export function RecoverPage() {
  const { t } = useTexts();
  const [sent, setSent] = useState<Sent | null>(null);
  const [asked, setAsked] = useState<HolderAsked | null>(null);
  const [begun, setBegun] = useState<RecoveryBegun | null>(null);
  const [done, setDone] = useState(false);
  const again = () => {
    setSent(null);
    setAsked(null);
    setBegun(null);
  };
  return (
    <Page title={t('recovery.title')} lead={sent || done ? undefined : t('recovery.lead')}>
      <Panel>
        {done ? (
          <Alert type="success" title={t('recovery.done')} />
        ) : begun ? (
          <PasswordStep begun={begun} onDone={() => setDone(true)} />
        ) : asked ? (
          <HolderForm asked={asked} onEnd={(answer) => setBegun(answer as RecoveryBegun)} />
        ) : sent && 'phone' in sent ? (
          <PhoneStep sent={sent.phone} onAsked={setAsked} onBegun={setBegun} />
        ) : sent ? (
          <CodeStep email={sent.email} onBegun={setBegun} />
        ) : (
          <NameStep onSent={setSent} />
        )}
      </Panel>
      <p className="page-links">
        {sent && !done ? (
          <button type="button" className="link-button" onClick={again}>
            {t('recovery.restart')}
          </button>
        ) : null}
        <Link to="/sign-in">{t('signIn.title')}</Link>
      </p>
    </Page>
  );
}

const NAME_FIELDS = { names: { email: 'name', phone: 'name' } };

function NameStep({ onSent }: { onSent: (sent: Sent) => void }) {
  const { t, locale } = useTexts();
  const [form] = Form.useForm<{ name: string }>();
  const problem = useFormProblem(form, NAME_FIELDS);
  const ask = async (name: string): Promise<Sent> => {
    const phone = mainlandPhone(name);
    return phone ? { phone: await askPhoneCode({ phone, locale }) } : askRecovery({ email: name.trim() });
  };
  const act = useAct(ask, { onSuccess: onSent, onError: problem.show });
  return (
    <Form<{ name: string }>
      form={form}
      layout="vertical"
      onValuesChange={problem.clear}
      onFinish={({ name }) => act.mutate(name)}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item
        name="name"
        label={t('signIn.name')}
        rules={[{ required: true, message: t('field.required') }]}
      >
        <Input autoComplete="username" inputMode="email" maxLength={254} />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
        {t('recovery.send')}
      </ActButton>
    </Form>
  );
}

function PhoneStep(props: {
  sent: PhoneCode;
  onAsked: (asked: HolderAsked) => void;
  onBegun: (begun: RecoveryBegun) => void;
}) {
  const { t } = useTexts();
  const brand = useSuspenseQuery(brandQuery).data;
  const [form] = Form.useForm<{ code: string }>();
  const problem = useFormProblem(form, PHONE_PROBLEMS);
  const act = useAct(phoneRecover, {
    onSuccess: (answer) =>
      asksHolder(answer) ? props.onAsked(answer) : props.onBegun(answer as RecoveryBegun),
    onError: problem.show,
  });
  return (
    <Form<{ code: string }>
      form={form}
      layout="vertical"
      onValuesChange={problem.clear}
      onFinish={({ code }) => act.mutate({ id: props.sent.id, code: code.trim() })}
    >
      <FormAlert trouble={problem.trouble} />
      {brand.sandbox.sms ? <SandboxNote>{t('phone.sandbox')}</SandboxNote> : null}
      <PhoneCodeField shown={props.sent.shown} />
      <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
        {t('recovery.check')}
      </ActButton>
    </Form>
  );
}

function CodeStep({ email, onBegun }: { email: string; onBegun: (begun: RecoveryBegun) => void }) {
  const { t } = useTexts();
  const brand = useSuspenseQuery(brandQuery).data;
  const [form] = Form.useForm<{ code: string }>();
  const problem = useFormProblem(form, { codes: CODE_FIELD });
  const act = useAct(giveRecoveryCode, { onSuccess: onBegun, onError: problem.show });
  return (
    <div className="stack">
      <p role="status">{t('recovery.sent', { email })}</p>
      {brand.sandbox.mail ? (
        <SandboxNote>
          {t('verify.mailboxNote')}{' '}
          <Link to="/dev/mailbox" target="_blank">
            {t('verify.mailbox')}
          </Link>
        </SandboxNote>
      ) : null}
      <Form<{ code: string }>
        form={form}
        layout="vertical"
        onValuesChange={problem.clear}
        onFinish={({ code }) => act.mutate({ email, code: code.trim() })}
      >
        <FormAlert trouble={problem.trouble} />
        <Form.Item
          name="code"
          label={t('recovery.code')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
        </Form.Item>
        <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
          {t('recovery.check')}
        </ActButton>
      </Form>
    </div>
  );
}

interface PasswordValues extends FactorValues {
  password: string;
}

function PasswordStep({ begun, onDone }: { begun: RecoveryBegun; onDone: () => void }) {
  const { t } = useTexts();
  const { challenge, factors, question } = begun;
  const [form] = Form.useForm<PasswordValues>();
  const problem = useFormProblem(form);
  const act = useAct(recover, { onSuccess: onDone, onError: problem.show });
  return (
    <Form<PasswordValues>
      form={form}
      layout="vertical"
      initialValues={{ factor: factors[0] }}
      onValuesChange={problem.clear}
      onFinish={({ password, ...typed }) =>
        act.mutate({ challenge, password, typed: factors.length > 0 ? typed : null })
      }
    >
      <FormAlert trouble={problem.trouble} />
      {factors.length > 0 ? (
        <>
          <p>{t('recovery.secondStep')}</p>
          <FactorFields factors={factors} question={question} />
        </>
      ) : null}
      <NewPasswordField name="password" label={t('recovery.password')} hint={t('signUp.passwordHint')} />
      <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
        {t('recovery.set')}
      </ActButton>
    </Form>
  );
}
