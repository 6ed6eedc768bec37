import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { acceptOffer, type Offer } from '../api/pushes.ts';
import { useTexts } from '../i18n/texts.ts';
import { busyProps } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { AccessChoice, type OrderValues } from './order-place.tsx';

type Values = Pick<OrderValues, 'access' | 'public_key' | 'password'> & { code: string };

const PLACES = {
  names: { 'access.public_key': 'public_key', 'access.password': 'password', 'access.type': 'access' },
  codes: { 'push-code': 'code' },
};

/** A button that takes over what is offered, with the giver's code and a way in of one's own. */
export function PushAccept({ offer }: { offer: Offer }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        type="primary"
        disabled={offer.obstacles.length > 0}
        aria-label={t('pushes.acceptOf', { label: offer.label })}
        onClick={() => setOpen(true)}
      >
        {t('pushes.accept')}
      </Button>
      {open ? <AcceptDialog offer={offer} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function AcceptDialog({ offer, onClose }: { offer: Offer; onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  const access = Form.useWatch('access', form) ?? 'ssh_key';
  const problem = useFormProblem(form, PLACES);
  const act = useAct(
    ({ code, public_key = '', password = '', ...values }: Values, key: string) =>
      acceptOffer(
        offer.id,
        {
          code: code.trim(),
          as_shown: offer.as_shown,
          access:
            values.access === 'ssh_key'
              ? { type: 'ssh_key', public_key: public_key.trim() }
              : { type: 'password', password },
        },
        key,
      ),
    {
      onSuccess: async ({ service_id: id }) => {
        void message.success(t('pushes.accepted'));
        await queryClient.invalidateQueries();
        await navigate({ to: '/services/$id', params: { id } });
      },
      onError: problem.show,
    },
  );
  return (
    <Modal
      open
      title={t('pushes.acceptOf', { label: offer.label })}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('pushes.accept')}
      okButtonProps={busyProps(act.isPending)}
      cancelText={t('app.cancel')}
      width={560}
    >
      <p>{t('pushes.acceptText')}</p>
      <FormAlert trouble={problem.trouble} />
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ access: 'ssh_key' }}
        onValuesChange={problem.clear}
        onFinish={(values) => act.isPending || act.mutate(values)}
      >
        <Form.Item
          name="code"
          label={t('pushes.codeAsk')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input maxLength={12} inputMode="numeric" autoComplete="off" />
        </Form.Item>
        <AccessChoice access={access} />
      </Form>
    </Modal>
  );
}
