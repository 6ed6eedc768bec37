import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Select } from 'antd';
import { type ReactNode, use, useState } from 'react';
import { STAFF_ROLE_AREAS } from '#kernel/grant.ts';
import { useAct } from '../api/client.ts';
import {
  addTeammate,
  changeRole,
  type Does,
  defineRole,
  setRoles,
  type Team,
  type Teammate,
  type TeamRole,
  teamQuery,
} from '../api/team.ts';
import { useTexts } from '../i18n/texts.ts';
import { areaName, useRoleName } from '../pages/staff/team.tsx';
import { ActsOffered } from '../ui/acts-offered.ts';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

/** A role on one site or on all, as one choice: `finance@` or `finance@lantian`. */
const choiceOf = ({ role, brand }: Teammate['holdings'][number]) => `${role}@${brand ?? ''}`;
function holdingOf(choice: string): Teammate['holdings'][number] {
  const [role = '', brand = ''] = choice.split('@');
  return { role, brand: brand || null };
}

function RolesField({ team }: { team: Team }) {
  const { t } = useTexts();
  const name = useRoleName(team.roles);
  const options = team.roles.flatMap(({ id }) =>
    [null, ...team.brands].map((brand) => ({
      value: choiceOf({ role: id, brand }),
      label: `${name(id)} · ${brand ?? t('team.everywhere')}`,
    })),
  );
  return (
    <Form.Item name="choices" label={t('team.roles')}>
      <Select mode="multiple" options={options} optionFilterProp="label" />
    </Form.Item>
  );
}

interface DialogProps<T extends object> {
  label: string;
  title: string;
  strong?: boolean;
  initial?: Partial<T>;
  act: (values: T) => Promise<unknown>;
  onDone?: (out: unknown) => void;
  children: ReactNode;
}

function DialogButton<T extends object>(props: DialogProps<T>) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<T>();
  const problem = useFormProblem(form);
  const offered = use(ActsOffered);
  const act = useAct(props.act, {
    onSuccess: async (out) => {
      setOpen(false);
      if (props.onDone) props.onDone(out);
      else void message.success(t('team.done'));
      await queryClient.invalidateQueries({ queryKey: teamQuery.queryKey });
    },
    onError: problem.show,
  });
  if (!offered) return null;
  return (
    <>
      <Button
        size={props.strong ? 'middle' : 'small'}
        type={props.strong ? 'primary' : 'default'}
        aria-label={props.title}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </Button>
      <Modal
        open={open}
        title={props.title}
        onCancel={() => setOpen(false)}
        okText={t('team.show')}
        okButtonProps={{ disabled: act.isPending }}
        onOk={() => form.submit()}
        destroyOnHidden
      >
        <FormAlert trouble={problem.trouble} />
        <Form<T>
          form={form}
          layout="vertical"
          initialValues={props.initial as object}
          onValuesChange={problem.clear}
          onFinish={(values) => act.mutate(values)}
          preserve={false}
        >
          {props.children}
        </Form>
      </Modal>
    </>
  );
}

/** The roles of one member. */
export function TeamRolesForm({ row, team }: { row: Teammate; team: Team }) {
  const { t } = useTexts();
  return (
    <DialogButton<{ choices?: string[] }>
      label={t('team.setRoles')}
      title={t('team.rolesOf', { name: row.name })}
      initial={{ choices: row.holdings.map(choiceOf) }}
      act={({ choices = [] }) => setRoles(row.id, choices.map(holdingOf))}
    >
      <RolesField team={team} />
    </DialogButton>
  );
}

interface NewTeammate {
  email: string;
  name: string;
  choices?: string[];
}

/** Somebody new, whose first password is shown once. */
export function TeammateForm({ team }: { team: Team }) {
  const { t } = useTexts();
  const { modal } = App.useApp();
  const required = [{ required: true, whitespace: true, message: t('field.required') }];
  return (
    <DialogButton<NewTeammate>
      label={t('team.add')}
      title={t('team.add')}
      strong
      act={({ email, name, choices = [] }) =>
        addTeammate({ email: email.trim(), name: name.trim(), holdings: choices.map(holdingOf) })
      }
      onDone={(out) => {
        const { password } = out as { password: string };
        modal.info({ title: t('team.add'), content: t('team.added', { password }) });
      }}
    >
      <Form.Item name="email" label={t('field.email')} rules={required}>
        <Input type="email" autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t('team.name')} rules={required}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <RolesField team={team} />
    </DialogButton>
  );
}

/** A role of one's own: what it may do in each area. With `role`, changes that one, for whoever holds it at once. */
export function RoleForm({ role }: { role?: TeamRole }) {
  const { t } = useTexts();
  const options = [
    { value: '', label: t('team.nothing') },
    { value: 'read', label: t('team.reads') },
    { value: 'write', label: t('team.writes') },
  ];
  return (
    <DialogButton<{ name: string } & Record<string, string>>
      label={t(role ? 'app.edit' : 'team.defineRole')}
      title={role ? t('team.roleOf', { name: role.name ?? '' }) : t('team.defineRole')}
      initial={role ? { name: role.name ?? '', ...role.areas } : {}}
      act={({ name, ...chosen }) => {
        const areas = Object.fromEntries(
          STAFF_ROLE_AREAS.flatMap((area) => (chosen[area] ? [[area, chosen[area] as Does]] : [])),
        );
        const body = { name: String(name).trim(), areas };
        return role ? changeRole(role.id, body) : defineRole(body);
      }}
    >
      {role ? <p>{t('team.roleText')}</p> : null}
      <Form.Item
        name="name"
        label={t('team.roleName')}
        rules={[{ required: true, whitespace: true, message: t('field.required') }]}
      >
        <Input maxLength={40} />
      </Form.Item>
      {STAFF_ROLE_AREAS.map((area) => (
        <Form.Item key={area} name={area} label={areaName(t, area)} {...(role ? {} : { initialValue: '' })}>
          <Select options={options} placeholder={t('team.nothing')} />
        </Form.Item>
      ))}
    </DialogButton>
  );
}
