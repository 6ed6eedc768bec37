import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { changeMember, invite, type Member, membersQuery } from '../api/members.ts';
import { useTexts } from '../i18n/texts.ts';
import { busyProps } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { GivenFields, type GivenValues, givenOf } from './given-fields.tsx';

type Values = GivenValues & { email?: string };

/** A button that invites somebody, or gives a member another role. */
export function MemberGive({ member }: { member?: Member }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const label = member ? t('members.change') : t('members.invite');
  return (
    <>
      <Button
        size={member ? 'small' : 'middle'}
        type={member ? 'default' : 'primary'}
        aria-label={member ? t('members.changeOf', { who: member.shown }) : label}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {open ? <GiveDialog {...(member ? { member } : {})} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function GiveDialog({ member, onClose }: { member?: Member; onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, { codes: { 'member-already': 'email' } });
  const act = useAct(
    async (values: Values, key: string) => {
      const given = givenOf(values);
      if (member) await changeMember({ id: member.id, given });
      else await invite({ email: (values.email ?? '').trim(), given }, key);
    },
    {
      onSuccess: () => {
        onClose();
        void message.success(t(member ? 'members.changed' : 'members.sent'));
        return queryClient.invalidateQueries({ queryKey: membersQuery.queryKey });
      },
      onError: problem.show,
    },
  );
  const title = member ? t('members.changeOf', { who: member.shown }) : t('members.invite');
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t(member ? 'members.change' : 'members.send')}
      okButtonProps={busyProps(act.isPending)}
      cancelText={t('app.cancel')}
      width={520}
    >
      <FormAlert trouble={problem.trouble} />
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={initialOf(member)}
        onValuesChange={problem.clear}
        onFinish={(values) => act.isPending || act.mutate(values)}
      >
        {member ? null : (
          <Form.Item
            name="email"
            label={t('members.email')}
            extra={t('members.emailHint')}
            rules={[{ required: true, message: t('field.required') }]}
          >
            <Input type="email" inputMode="email" autoComplete="off" maxLength={254} />
          </Form.Item>
        )}
        <GivenFields />
      </Form>
    </Modal>
  );
}

function initialOf(member: Member | undefined): Partial<Values> {
  if (!member || member.role === 'owner') return { role: 'technical' };
  return { role: member.role, areas: member.areas ?? {}, services: member.services ?? [] };
}
