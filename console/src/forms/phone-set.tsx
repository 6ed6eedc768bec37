import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { askOwnPhone, type PhoneCode, setOwnPhone } from '../api/federation.ts';
import { useTexts } from '../i18n/texts.ts';
import { busyProps } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { PHONE_PROBLEMS, PhoneCodeField, PhoneField } from '../ui/phone-fields.tsx';

interface Values {
  phone: string;
  code?: string;
}

/** The number that signs in: named first, and set by the code that goes there. */
export function PhoneSet({ label, refresh }: { label: string; refresh: readonly QueryKey[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open ? <PhoneDialog label={label} refresh={refresh} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function PhoneDialog(props: { label: string; refresh: readonly QueryKey[]; onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [sent, setSent] = useState<PhoneCode | null>(null);
  const problem = useFormProblem(form, PHONE_PROBLEMS);
  const ask = useAct(askOwnPhone, { onSuccess: setSent, onError: problem.show });
  const set = useAct(setOwnPhone, {
    onSuccess: async () => {
      props.onClose();
      void message.success(t('federation.phoneSet'));
      await Promise.all(props.refresh.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
    onError: problem.show,
  });
  const busy = ask.isPending || set.isPending;
  return (
    <Modal
      open
      title={props.label}
      width={440}
      onCancel={props.onClose}
      onOk={() => form.submit()}
      okText={t(sent ? 'contacts.verify' : 'phone.send')}
      okButtonProps={busyProps(busy)}
      cancelText={t('app.cancel')}
    >
      <FormAlert trouble={problem.trouble} />
      <Form<Values>
        form={form}
        layout="vertical"
        onValuesChange={problem.clear}
        onFinish={({ phone, code = '' }) => {
          if (busy) return;
          if (sent) set.mutate({ id: sent.id, code: code.trim() });
          else ask.mutate({ phone });
        }}
      >
        {sent ? <PhoneCodeField shown={sent.shown} /> : <PhoneField />}
      </Form>
    </Modal>
  );
}
