import { Form, Input } from 'antd';
import { useAct } from '../api/client.ts';
import { beginTotp, confirmTotp } from '../api/factors.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QrCode } from '../ui/qr-code.tsx';

/** An authenticator is on once it has shown a code of the new secret. */
export function TotpBegin({ onOn }: { onOn: (made: { recovery_codes: string[] | null }) => Promise<void> }) {
  const { t } = useTexts();
  const begin = useAct(beginTotp);
  const [form] = Form.useForm<{ code: string }>();
  const problem = useFormProblem(form, { codes: { 'wrong-factor': 'code' } });
  const confirm = useAct(confirmTotp, { onSuccess: onOn, onError: problem.show });
  if (!begin.data)
    return (
      <>
        {begin.error ? <ProblemAlert error={begin.error} /> : null}
        <ActButton busy={begin.isPending} onClick={() => begin.mutate(undefined)}>
          {t('security.totpBegin')}
        </ActButton>
      </>
    );
  const { uri, secret } = begin.data;
  return (
    <div className="stack">
      <p>{t('security.totpScan')}</p>
      <QrCode text={uri} name={t('security.totpSecret')} />
      <p>
        {t('security.totpSecret')} <code data-testid="totp-secret">{secret}</code>
      </p>
      <Form<{ code: string }>
        form={form}
        layout="vertical"
        style={{ maxWidth: 380 }}
        onValuesChange={problem.clear}
        onFinish={({ code }) => confirm.mutate(code.trim())}
      >
        <FormAlert trouble={problem.trouble} />
        <Form.Item
          name="code"
          label={t('security.totpCode')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
        </Form.Item>
        <ActButton type="primary" htmlType="submit" busy={confirm.isPending}>
          {t('security.totpConfirm')}
        </ActButton>
      </Form>
    </div>
  );
}
