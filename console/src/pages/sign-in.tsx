import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Form, Input } from 'antd';
import { useState } from 'react';
import { mainlandPhone } from '#kernel/phone.ts';
import { signIn } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { signInByPasskey } from '../api/factors.ts';
import { ApiProblem } from '../api/problem.ts';
import { PhoneEntrance } from '../forms/phone-entrance.tsx';
import { SecondFactorForm, type Waiting } from '../forms/second-factor.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { type EntranceWay, EntranceWays } from '../ui/entrance-ways.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { useBeginSession } from '../ui/on-from.ts';
import { ProviderButtons } from '../ui/providers.tsx';
import { rememberPassword } from '../ui/typed-password.ts';

interface Values {
  /** A mailbox or a mainland number. */
  name: string;
  password: string;
}

/** As the API takes what was typed. */
function named(name: string): { email: string } | { phone: string } {
  const phone = mainlandPhone(name);
  return phone ? { phone } : { email: name.trim() };
}

const FIELDS = { names: { email: 'name', phone: 'name' } };

export function SignInPage() {
  const { t } = useTexts();
  const { back, expired } = useSearch({ from: '/store/entrance/sign-in' });
  const navigate = useNavigate();
  const begin = useBeginSession(back);
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, FIELDS);
  const door = back ? { back } : {};
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [way, setWay] = useState<EntranceWay>('email');
  const goOn = (answer: Waiting | undefined) => (answer ? setWaiting(answer) : begin());
  const byPasskey = useAct(signInByPasskey, { onSuccess: goOn, onError: problem.show });
  const act = useAct(({ name, password }: Values) => signIn({ ...named(name), password }), {
    onSuccess: goOn,
    onError: (error) => {
      if (!(error instanceof ApiProblem) || error.code !== 'email-unverified') return problem.show(error);
      const email = String(form.getFieldValue('name')).trim();
      rememberPassword(email, form.getFieldValue('password'));
      return navigate({ to: '/verify', search: { ...door, email } });
    },
  });
  if (waiting)
    return (
      <Page title={t('signIn.title')}>
        <SecondFactorForm waiting={waiting} onDone={begin} onAgain={() => setWaiting(null)} />
      </Page>
    );
  return (
    <Page title={t('signIn.title')}>
      <Panel>
        {expired ? <Alert type="info" title={t('problem.expired')} style={{ marginBottom: 16 }} /> : null}
        <EntranceWays way={way} onWay={setWay} />
        {way === 'phone' ? (
          <PhoneEntrance for="sign-in" onEnd={goOn} />
        ) : (
          <>
            <FormAlert trouble={problem.trouble} />
            <Form<Values>
              form={form}
              layout="vertical"
              onValuesChange={problem.clear}
              onFinish={(values) => act.mutate(values)}
            >
              <Form.Item
                name="name"
                label={t('signIn.name')}
                rules={[{ required: true, message: t('field.required') }]}
              >
                <Input autoComplete="username" inputMode="email" maxLength={254} />
              </Form.Item>
              <Form.Item
                name="password"
                label={t('field.password')}
                rules={[{ required: true, message: t('field.required') }]}
              >
                <Input.Password autoComplete="current-password" maxLength={200} />
              </Form.Item>
              <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
                {t('signIn.submit')}
              </ActButton>
            </Form>
            <ActButton
              block
              style={{ marginTop: 12 }}
              busy={byPasskey.isPending}
              onClick={() => byPasskey.mutate(undefined)}
            >
              {t('factors.signInByPasskey')}
            </ActButton>
          </>
        )}
        <ProviderButtons back={back} />
      </Panel>
      <p className="page-links">
        <Link to="/sign-up" search={door}>
          {t('signIn.noAccount')}
        </Link>
        <Link to="/recover">{t('recovery.forgot')}</Link>
      </p>
    </Page>
  );
}
