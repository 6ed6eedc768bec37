import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { useAct } from '../../api/client.ts';
import { staffSessionQuery, staffSignIn, staffSignOut } from '../../api/staff.ts';
import { chooseOwnPassword } from '../../api/team.ts';
import { PasswordChangeForm } from '../../forms/password-change.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { AntdFrame } from '../../ui/antd-frame.tsx';
import { PageTitle } from '../../ui/brand.tsx';
import { FormAlert } from '../../ui/form-alert.tsx';
import { useFormProblem } from '../../ui/form-problem.ts';
import { STAFF_INK } from '../../ui/staff-layout.tsx';
import { EnrolForm, SecondFactorForm } from './second-factor.tsx';

interface Values {
  email: string;
  password: string;
}

export function StaffSignInPage() {
  return (
    <AntdFrame primary={STAFF_INK}>
      <main id="main" className="back-office back-door">
        <div className="panel">
          <SignIn />
        </div>
      </main>
    </AntdFrame>
  );
}

/** The password first, then the second factor; who has none yet sets one up, and who was given a password chooses one. */
function SignIn() {
  const { t } = useTexts();
  const { back } = useSearch({ from: '/staff/sign-in' });
  const router = useRouter();
  const queryClient = useQueryClient();
  const session = useQuery({ ...staffSessionQuery, staleTime: 0 }).data;
  // One that is on its way was sent before the sign-in.
  const again = async () => {
    await queryClient.cancelQueries({ queryKey: staffSessionQuery.queryKey });
    return queryClient.fetchQuery({ ...staffSessionQuery, staleTime: 0 });
  };
  const goOn = async () => {
    if ((await again())?.stage === 'done') router.history.push(back ?? '/staff');
  };
  if (!session || session.stage === 'done') return <SignInForm onDone={goOn} />;
  return (
    <>
      <PageTitle title={t('staff.signInTitle')} />
      <h1 style={{ fontSize: 21 }}>
        {t(session.stage === 'password' ? 'team.ownPassword' : 'team.secondFactor')}
      </h1>
      {session.stage === 'enrol' ? <EnrolForm onDone={goOn} /> : null}
      {session.stage === 'second-factor' ? <SecondFactorForm session={session} onDone={goOn} /> : null}
      {session.stage === 'password' ? (
        <>
          <p className="faint small">{t('team.ownPasswordFirst')}</p>
          <PasswordChangeForm change={chooseOwnPassword} onDone={goOn} />
        </>
      ) : null}
      <Button
        type="link"
        size="small"
        onClick={async () => {
          await staffSignOut();
          queryClient.setQueryData(staffSessionQuery.queryKey, null);
        }}
      >
        {t('team.other')}
      </Button>
    </>
  );
}

function SignInForm({ onDone }: { onDone: () => Promise<unknown> }) {
  const { t } = useTexts();
  const { expired } = useSearch({ from: '/staff/sign-in' });
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  const act = useAct((values: Values) => staffSignIn({ ...values, email: values.email.trim() }), {
    onSuccess: onDone,
    onError: problem.show,
  });
  return (
    <>
      <PageTitle title={t('staff.signInTitle')} />
      <h1 style={{ fontSize: 21 }}>{t('staff.signInTitle')}</h1>
      <p className="faint small">{t('staff.signInLead')}</p>
      {expired ? <Alert type="info" title={t('problem.expired')} style={{ marginBottom: 16 }} /> : null}
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
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input type="email" autoComplete="username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('field.password')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
          {t('signIn.submit')}
        </ActButton>
      </Form>
    </>
  );
}
