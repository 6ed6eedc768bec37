import { useQuery } from '@tanstack/react-query';
import { Form, Input, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useAct } from '../api/client.ts';
import { factorsQuery, proveByCode, proveByPasskey, proveByPassword } from '../api/factors.ts';
import { bindingsQuery } from '../api/federation.ts';
import { onProveAgain } from '../api/prove-again.ts';
import { ProvePhone } from '../forms/prove-phone.tsx';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from './act-button.tsx';
import { FormAlert } from './form-alert.tsx';
import { useFormProblem } from './form-problem.ts';

/** Asks whoever acts to show again that it is them, when an act asks for it; once on a page's frame. */
export function ProveAgain() {
  const [waiting, setWaiting] = useState<{ settle: (proved: boolean) => void } | null>(null);
  useEffect(() => onProveAgain(() => new Promise<boolean>((settle) => setWaiting({ settle }))), []);
  if (!waiting) return null;
  const settle = (proved: boolean) => {
    setWaiting(null);
    waiting.settle(proved);
  };
  return <ProveDialog onSettle={settle} />;
}

type Shown = { by: 'password'; password: string } | { by: 'totp'; code: string } | { by: 'passkey' };

function prove(shown: Shown) {
  if (shown.by === 'password') return proveByPassword(shown.password);
  return shown.by === 'totp' ? proveByCode(shown.code.trim()) : proveByPasskey();
}

/** `always`: a password will not do, which is so as well where the session owes a factor. */
export function ProveDialog({
  onSettle,
  factorOnly: always = false,
}: {
  onSettle: (proved: boolean) => void;
  factorOnly?: boolean;
}) {
  const { t } = useTexts();
  const factors = useQuery(factorsQuery).data;
  const factorOnly = always || factors?.factor_owed === true;
  const phone = useQuery({ ...bindingsQuery, enabled: !factorOnly }).data?.phone;
  const [form] = Form.useForm();
  const problem = useFormProblem(form);
  const act = useAct(prove, { onSuccess: () => onSettle(true), onError: problem.show });
  return (
    <Modal open title={t('factors.prove')} onCancel={() => onSettle(false)} footer={null} width={420}>
      <p>{t('factors.proveLead')}</p>
      <FormAlert trouble={problem.trouble} />
      <div className="stack">
        {factors?.passkeys.length ? (
          <ActButton block busy={act.isPending} onClick={() => act.mutate({ by: 'passkey' })}>
            {t('factors.usePasskey')}
          </ActButton>
        ) : null}
        {factors?.password && !factorOnly ? (
          <Form
            layout="vertical"
            onValuesChange={problem.clear}
            onFinish={({ password }: { password: string }) => act.mutate({ by: 'password', password })}
          >
            <Form.Item
              name="password"
              label={t('field.password')}
              rules={[{ required: true, message: t('field.required') }]}
            >
              <Input.Password autoComplete="current-password" maxLength={200} />
            </Form.Item>
            <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
              {t('factors.proveByPassword')}
            </ActButton>
          </Form>
        ) : null}
        {factors?.totp ? (
          <Form
            layout="vertical"
            onValuesChange={problem.clear}
            onFinish={({ code }: { code: string }) => act.mutate({ by: 'totp', code })}
          >
            <Form.Item
              name="code"
              label={t('factors.code')}
              rules={[{ required: true, message: t('field.required') }]}
            >
              <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
            </Form.Item>
            <ActButton htmlType="submit" block busy={act.isPending}>
              {t('factors.proveByCode')}
            </ActButton>
          </Form>
        ) : null}
        {phone && !factorOnly ? <ProvePhone onProved={() => onSettle(true)} /> : null}
      </div>
    </Modal>
  );
}
