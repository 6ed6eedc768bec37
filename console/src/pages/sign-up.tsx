import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { signUp } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { termsQuery } from '../api/queries.ts';
import { PhoneEntrance } from '../forms/phone-entrance.tsx';
import { SecondFactorForm, type Waiting } from '../forms/second-factor.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { type EntranceWay, EntranceWays } from '../ui/entrance-ways.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { useBeginSession } from '../ui/on-from.ts';
import { NewPasswordField } from '../ui/password-field.tsx';
import { rememberPassword } from '../ui/typed-password.ts';

interface Values {
  email: string;
  password: string;
  /** Absent where it isn't asked. */
  minor?: boolean;
}

export function SignUpPage() {
  const { t, locale } = useTexts();
  const search = useSearch({ from: '/store/entrance/sign-up' });
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const minor = Form.useWatch('minor', form);
  // Only where the terms ask for a guardian is the age of any use.
  const asksAge = useSuspenseQuery(termsQuery).data.parameters.minors !== undefined;
  const problem = useFormProblem(form);
  const [way, setWay] = useState<EntranceWay>('email');
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const begin = useBeginSession(search.back);
  const act = useAct(
    (values: Values) =>
      signUp({ ...values, minor: values.minor ?? false, email: values.email.trim(), locale }),
    {
      onSuccess: ({ email }) => {
        rememberPassword(email, form.getFieldValue('password'));
        void navigate({ to: '/verify', search: { ...search, email } });
      },
      onError: problem.show,
    },
  );
  // Whose number has an account after all signs in to it, and may have a second factor.
  if (waiting)
    return (
      <Page title={t('signIn.title')}>
        <SecondFactorForm waiting={waiting} onDone={begin} onAgain={() => setWaiting(null)} />
      </Page>
    );
  return (
    <Page title={t('signUp.title')} lead={way === 'email' ? t('signUp.lead') : undefined}>
      <Panel>
        <EntranceWays way={way} onWay={setWay} />
        {way === 'phone' ? (
          <PhoneEntrance for="sign-up" onEnd={(answer) => (answer ? setWaiting(answer) : begin())} />
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
                name="email"
                label={t('field.email')}
                rules={[
                  { required: true, message: t('field.required') },
                  {
                    type: 'email',
                    transform: (value: string) => value?.trim(),
                    message: t('field.emailInvalid'),
                  },
                ]}
                validateTrigger="onBlur"
              >
                <Input type="email" autoComplete="email" inputMode="email" maxLength={254} />
              </Form.Item>
              <NewPasswordField name="password" label={t('field.password')} hint={t('signUp.passwordHint')} />
              <Form.Item
                hidden={!asksAge}
                name="minor"
                label={t('signUp.age')}
                rules={[{ required: asksAge, message: t('signUp.ageRequired') }]}
              >
                <Radio.Group
                  aria-label={t('signUp.age')}
                  options={[
                    { value: false, label: t('signUp.adult') },
                    { value: true, label: t('signUp.minor') },
                  ]}
                />
              </Form.Item>
              {minor ? (
                <Alert type="info" title={t('signUp.minorNote')} style={{ marginBottom: 20 }} />
              ) : null}
              <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
                {t('signUp.submit')}
              </ActButton>
            </Form>
          </>
        )}
        <p className="faint small" style={{ marginTop: 12 }}>
          {t('signUp.termsNote')} <Link to="/terms">{t('nav.terms')}</Link>
        </p>
      </Panel>
      <p style={{ marginTop: 16 }}>
        <Link to="/sign-in" search={search}>
          {t('signUp.haveAccount')}
        </Link>
      </p>
    </Page>
  );
}
