import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { App, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { resendCode, verifyEmail } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Panel, SandboxNote } from '../ui/kit.tsx';
import { useBeginSession } from '../ui/on-from.ts';
import { NewPasswordField } from '../ui/password-field.tsx';
import { forgetPassword, rememberedPassword } from '../ui/typed-password.ts';

/** Fields that problems of these codes are about. */
const PROBLEM_FIELDS = { 'wrong-code': 'code' };

interface Values {
  email: string;
  code: string;
  password?: string;
}

export function VerifyPage() {
  const { t } = useTexts();
  const { email = '', ...door } = useSearch({ from: '/store/entrance/verify' });
  const brand = useSuspenseQuery(brandQuery).data;
  const begin = useBeginSession(door.back);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, { codes: PROBLEM_FIELDS });
  const [known] = useState(() => rememberedPassword(email));
  const act = useAct(verifyEmail, {
    onSuccess: () => {
      forgetPassword();
      return begin();
    },
    onError: problem.show,
  });
  return (
    <Page title={t('verify.title')} lead={email ? t('verify.lead', { email }) : undefined}>
      <Panel>
        <div className="stack">
          {brand.sandbox.mail ? (
            <SandboxNote>
              {t('verify.mailboxNote')}{' '}
              <Link to="/dev/mailbox" target="_blank">
                {t('verify.mailbox')}
              </Link>
            </SandboxNote>
          ) : null}
          <Form<Values>
            form={form}
            layout="vertical"
            initialValues={{ email }}
            onValuesChange={problem.clear}
            onFinish={({ email, code, password = known ?? '' }) =>
              act.mutate({ email: email.trim(), code: code.trim(), password })
            }
          >
            <FormAlert trouble={problem.trouble} />
            <Form.Item
              name="email"
              label={t('field.email')}
              hidden={email !== ''}
              rules={[{ required: true, message: t('field.required') }]}
            >
              <Input type="email" autoComplete="email" />
            </Form.Item>
            <Form.Item
              name="code"
              label={t('verify.code')}
              rules={[
                { required: true, message: t('field.required') },
                { pattern: /^\s*\d{6}\s*$/, message: t('verify.codeInvalid') },
              ]}
              validateTrigger="onBlur"
            >
              <Input
                className="mono"
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={8}
                style={{ fontSize: 22, letterSpacing: '0.3em' }}
              />
            </Form.Item>
            {known === null ? (
              <NewPasswordField name="password" label={t('field.password')} hint={t('verify.passwordHint')} />
            ) : null}
            <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
              {t('verify.submit')}
            </ActButton>
          </Form>
          <p style={{ display: 'flex', justifyContent: 'space-between', gap: 12 }}>
            <Resend email={email} onError={problem.show} />
            <Link to="/sign-up" search={door}>
              {t('verify.otherEmail')}
            </Link>
          </p>
        </div>
      </Panel>
    </Page>
  );
}

const RESEND_AFTER_S = 60;

function Resend({ email, onError }: { email: string; onError: (error: Error) => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const [left, setLeft] = useState(RESEND_AFTER_S);
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  const act = useAct(resendCode, {
    onSuccess: () => {
      setLeft(RESEND_AFTER_S);
      void message.success(t('verify.resent'));
    },
    onError,
  });
  if (!email) return <span />;
  return (
    <button
      type="button"
      className="link-button"
      disabled={left > 0 || act.isPending}
      onClick={() => act.mutate({ email })}
    >
      {left > 0 ? t('verify.resendIn', { count: left }) : t('verify.resend')}
    </button>
  );
}
