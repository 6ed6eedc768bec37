import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, Form, Input } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { askRecovery, giveRecoveryCode, type RecoveryBegun, recover } from '../api/factors.ts';
import { brandQuery } from '../api/queries.ts';
import { FactorFields, type FactorValues } from '../forms/factor-fields.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Panel, SandboxNote } from '../ui/kit.tsx';
import { NewPasswordField } from '../ui/password-field.tsx';

const CODE_FIELD = { 'wrong-code': 'code' };

/** A lost password: the address, the code that was mailed there, a second step if there is one, a new password. */
export function RecoverPage() {
  const { t } = useTexts();
  const [email, setEmail] = useState<string | null>(null);
  const [begun, setBegun] = useState<RecoveryBegun | null>(null);
  const [done, setDone] = useState(false);
  const again = () => {
    setEmail(null);
    setBegun(null);
  };
  return (
    <Page title={t('recovery.title')} lead={email || done ? undefined : t('recovery.lead')}>
      <Panel>
        {done ? (
          <Alert type="success" title={t('recovery.done')} />
        ) : begun ? (
          <PasswordStep begun={begun} onDone={() => setDone(true)} />
        ) : email ? (
          <CodeStep email={email} onBegun={setBegun} />
        ) : (
          <AddressStep onAsked={setEmail} />
        )}
      </Panel>
      <p style={{ marginTop: 16 }}>
        {email && !done ? (
          <>
            <button type="button" className="link-button" onClick={again}>
              {t('recovery.restart')}
            </button>{' '}
          </>
        ) : null}
        <Link to="/sign-in">{t('signIn.title')}</Link>
      </p>
    </Page>
  );
}

function AddressStep({ onAsked }: { onAsked: (email: string) => void }) {
  const { t } = useTexts();
  const [form] = Form.useForm<{ email: string }>();
  const problem = useFormProblem(form);
  const act = useAct(askRecovery, { onSuccess: ({ email }) => onAsked(email), onError: problem.show });
  return (
    <Form<{ email: string }>
      form={form}
      layout="vertical"
      onValuesChange={problem.clear}
      onFinish={({ email }) => act.mutate({ email: email.trim() })}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item
        name="email"
        label={t('field.email')}
        rules={[{ required: true, message: t('field.required') }]}
      >
        <Input type="email" autoComplete="username" inputMode="email" maxLength={254} />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
        {t('recovery.send')}
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
