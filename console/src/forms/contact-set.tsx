import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { askEmail, askPhone, verifyContact } from '../api/notices.ts';
import { useTexts } from '../i18n/texts.ts';
import { busyProps } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

interface Values {
  value: string;
  password?: string;
  code?: string;
}

interface ContactSetProps {
  kind: 'email' | 'phone';
  label: string;
  /** For assistive technology, where several buttons have one label. */
  name: string;
  refresh: readonly QueryKey[];
}

/** A phone or another mailbox: named first, and verified by the code that goes there. */
export function ContactSet(props: ContactSetProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" aria-label={props.name} onClick={() => setOpen(true)}>
        {props.label}
      </Button>
      {open ? <ContactDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** The API names the fields by what they hold. */
const NAMES = { phone: 'value', email: 'value' };
const CODES = { 'contact-form': 'value', 'password-wrong': 'password', 'contact-code-wrong': 'code' };

function ContactDialog({ kind, name, refresh, onClose }: ContactSetProps & { onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [asked, setAsked] = useState<{ id: string; shown: string } | null>(null);
  const problem = useFormProblem(form, { names: NAMES, codes: CODES });
  const ask = useAct(
    ({ value, password = '' }: Values) =>
      kind === 'phone' ? askPhone({ phone: value }) : askEmail({ email: value, password }),
    { onSuccess: setAsked, onError: problem.show },
  );
  const verify = useAct(verifyContact, {
    onSuccess: async () => {
      onClose();
      void message.success(t('contacts.saved'));
      await Promise.all(refresh.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
    onError: problem.show,
  });
  const busy = ask.isPending || verify.isPending;
  return (
    <Modal
      open
      title={name}
      width={440}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t(asked ? 'contacts.verify' : 'contacts.sendCode')}
      okButtonProps={busyProps(busy)}
      cancelText={t('app.cancel')}
    >
      <FormAlert trouble={problem.trouble} />
      <Form<Values>
        form={form}
        layout="vertical"
        onValuesChange={problem.clear}
        onFinish={(values) => {
          if (busy) return;
          if (asked) verify.mutate({ id: asked.id, code: (values.code ?? '').trim() });
          else ask.mutate(values);
        }}
      >
        {asked ? <CodeField shown={asked.shown} /> : <ContactFields kind={kind} />}
      </Form>
    </Modal>
  );
}

function ContactFields({ kind }: { kind: 'email' | 'phone' }) {
  const { t } = useTexts();
  const required = [{ required: true, message: t('field.required') }];
  return (
    <>
      <Form.Item
        name="value"
        label={t(kind === 'phone' ? 'contacts.phone' : 'contacts.newEmail')}
        extra={t(kind === 'phone' ? 'contacts.phoneHint' : 'contacts.emailHint')}
        rules={required}
      >
        <Input
          maxLength={254}
          inputMode={kind === 'phone' ? 'tel' : 'email'}
          autoComplete={kind === 'phone' ? 'tel' : 'email'}
        />
      </Form.Item>
      {kind === 'email' ? (
        <Form.Item name="password" label={t('contacts.password')} rules={required}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
      ) : null}
    </>
  );
}

function CodeField({ shown }: { shown: string }) {
  const { t } = useTexts();
  return (
    <Form.Item
      name="code"
      label={t('contacts.code')}
      extra={t('contacts.codeSent', { shown })}
      rules={[{ required: true, message: t('field.required') }]}
    >
      <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
    </Form.Item>
  );
}
