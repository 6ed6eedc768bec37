import { Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useAct } from '../../api/client.ts';
import {
  askReset,
  confirmTotp,
  enrolTotp,
  makePasskey,
  type StaffSession,
  showCode,
  showPasskey,
} from '../../api/team.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QrCode } from '../../ui/qr-code.tsx';

/** The second step of a sign-in: a code, a passkey, or a recovery code where the phone is lost. */
export function SecondFactorForm({ session, onDone }: { session: StaffSession; onDone: () => unknown }) {
  const { t } = useTexts();
  const [recovery, setRecovery] = useState(!session.factors.includes('totp'));
  const [lost, setLost] = useState(false);
  const code = useAct(showCode, { onSuccess: onDone });
  const passkey = useAct(() => showPasskey(), { onSuccess: onDone });
  const codes = session.factors.includes('totp') || session.factors.includes('recovery-code');
  if (lost) return <AskReset onBack={() => setLost(false)} />;
  return (
    <>
      <p>{t('team.showFactor', { name: session.staff.name })}</p>
      {code.error ? <ProblemAlert error={code.error} /> : null}
      {passkey.error ? <ProblemAlert error={passkey.error} /> : null}
      {session.factors.includes('passkey') ? (
        <ActButton block type="primary" busy={passkey.isPending} onClick={() => passkey.mutate(undefined)}>
          {t('team.usePasskey')}
        </ActButton>
      ) : null}
      {codes ? (
        <Form<{ code: string }>
          layout="vertical"
          key={String(recovery)}
          onFinish={(values) => code.mutate({ ...values, recovery })}
        >
          <Form.Item
            name="code"
            label={t(recovery ? 'team.recoveryCode' : 'team.code')}
            rules={[{ required: true, message: t('field.required') }]}
          >
            <Input autoFocus inputMode={recovery ? 'text' : 'numeric'} autoComplete="one-time-code" />
          </Form.Item>
          <ActButton type="primary" htmlType="submit" block busy={code.isPending}>
            {t('team.show')}
          </ActButton>
        </Form>
      ) : null}
      <p className="small">
        {session.factors.includes('recovery-code') && session.factors.includes('totp') ? (
          <Button type="link" size="small" onClick={() => setRecovery(!recovery)}>
            {t(recovery ? 'team.useCode' : 'team.useRecovery')}
          </Button>
        ) : null}
        <Button type="link" size="small" onClick={() => setLost(true)}>
          {t('team.lost')}
        </Button>
      </p>
    </>
  );
}

/** Whoever lost everything asks a colleague. */
function AskReset({ onBack }: { onBack: () => void }) {
  const { t } = useTexts();
  const act = useAct(askReset);
  if (act.isSuccess) return <p role="status">{t('team.resetAsked')}</p>;
  return (
    <Form<{ reason: string }> layout="vertical" onFinish={({ reason }) => act.mutate(reason)}>
      <p>{t('team.lostLead')}</p>
      {act.error ? <ProblemAlert error={act.error} /> : null}
      <Form.Item
        name="reason"
        label={t('team.reason')}
        rules={[{ required: true, message: t('field.required') }]}
      >
        <Input maxLength={500} />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
        {t('team.askReset')}
      </ActButton>
      <Button type="link" size="small" onClick={onBack}>
        {t('team.back')}
      </Button>
    </Form>
  );
}

/** The first sign-in sets up a second factor, and shows the recovery codes that come with it once. */
export function EnrolForm({ onDone }: { onDone: () => unknown }) {
  const { t } = useTexts();
  const [codes, setCodes] = useState<string[] | null>(null);
  const done = ({ recovery_codes }: { recovery_codes: string[] | null }) =>
    recovery_codes ? setCodes(recovery_codes) : onDone();
  const passkey = useAct(() => makePasskey(t('team.passkeyName')), { onSuccess: done });
  if (codes) return <RecoveryCodes codes={codes} onDone={onDone} />;
  return (
    <>
      <p>{t('team.enrolLead')}</p>
      <TotpEnrol onDone={done} />
      <p className="small faint">{t('team.orPasskey')}</p>
      {passkey.error ? <ProblemAlert error={passkey.error} /> : null}
      <ActButton block busy={passkey.isPending} onClick={() => passkey.mutate(undefined)}>
        {t('team.makePasskey')}
      </ActButton>
    </>
  );
}

export function TotpEnrol({ onDone }: { onDone: (made: { recovery_codes: string[] | null }) => unknown }) {
  const { t } = useTexts();
  const begin = useAct(() => enrolTotp());
  const confirm = useAct(confirmTotp, { onSuccess: onDone });
  const start = begin.mutate;
  useEffect(() => start(undefined), [start]);
  if (begin.error) return <ProblemAlert error={begin.error} />;
  if (!begin.data) return null;
  return (
    <>
      <QrCode text={begin.data.uri} name={t('team.qr')} />
      <p className="small">
        {t('team.secret')} <code>{begin.data.secret}</code>
        <CopyButton text={begin.data.secret} label={t('team.copySecret')} />
      </p>
      {confirm.error ? <ProblemAlert error={confirm.error} /> : null}
      <Form<{ code: string }> layout="vertical" onFinish={({ code }) => confirm.mutate(code)}>
        <Form.Item
          name="code"
          label={t('team.code')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={10} />
        </Form.Item>
        <ActButton type="primary" htmlType="submit" block busy={confirm.isPending}>
          {t('team.confirm')}
        </ActButton>
      </Form>
    </>
  );
}

export function RecoveryCodes(props: { codes: string[]; done?: string; onDone: () => unknown }) {
  const { t } = useTexts();
  const { codes, onDone } = props;
  return (
    <>
      <p>{t('team.codesLead')}</p>
      <ul aria-label={t('team.codes')} className="plain">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <CopyButton text={codes.join('\n')} label={t('team.copyCodes')} />
      </p>
      <Button type="primary" block onClick={() => void onDone()}>
        {props.done ?? t('team.codesKept')}
      </Button>
    </>
  );
}
