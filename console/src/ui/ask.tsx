import './money.css';
import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Select } from 'antd';
import { type ReactNode, use, useState } from 'react';
import { useAct } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';
import { busyProps } from './act-button.tsx';
import { ActsOffered } from './acts-offered.ts';
import { FileField } from './file-field.tsx';
import { FormAlert } from './form-alert.tsx';
import { useFormProblem } from './form-problem.ts';
import { typedYuan } from './format.ts';

export interface AskField {
  name: string;
  label: string;
  kind?: 'text' | 'area' | 'money' | 'date' | 'file' | 'choice';
  /** What a file may be, or what can be chosen. */
  accept?: string;
  choices?: { value: string; label: string }[];
  optional?: boolean;
  hint?: string;
  initial?: string;
}

interface AskProps {
  /** On the button that opens it, and on the one that does it. */
  label: string;
  /** For assistive technology, where several buttons have one label. */
  name?: string;
  title?: string;
  text?: ReactNode;
  fields?: AskField[];
  danger?: boolean;
  strong?: boolean;
  disabled?: boolean;
  act: (values: Record<string, string>, key: string) => Promise<unknown>;
  done?: string;
  /** What is read again afterwards. */
  refresh: QueryKey[];
}

/** A button that asks once more, with whatever else has to be said, and does it. */
export function AskButton(props: AskProps) {
  const [open, setOpen] = useState(false);
  if (!use(ActsOffered)) return null;
  return (
    <>
      <Button
        size={props.strong ? 'middle' : 'small'}
        type={props.strong ? 'primary' : 'default'}
        danger={props.danger === true && !props.strong}
        disabled={props.disabled === true}
        aria-label={props.name ?? props.label}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </Button>
      {open ? <AskDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function AskDialog({ onClose, fields = [], ...props }: AskProps & { onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Record<string, string>>();
  const problem = useFormProblem(form);
  const act = useAct(props.act, {
    onSuccess: async () => {
      onClose();
      if (props.done) void message.success(props.done);
      await Promise.all(props.refresh.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
    onError: problem.show,
  });
  return (
    <Modal
      open
      title={props.title ?? props.name ?? props.label}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={props.label}
      okButtonProps={{ ...busyProps(act.isPending), danger: props.danger === true }}
      cancelText={t('app.cancel')}
      width={480}
    >
      {props.text ? <div style={{ marginBottom: 14 }}>{props.text}</div> : null}
      <FormAlert trouble={problem.trouble} />
      <Form
        form={form}
        layout="vertical"
        initialValues={Object.fromEntries(fields.map((field) => [field.name, field.initial ?? '']))}
        onValuesChange={problem.clear}
        onFinish={(values) => act.isPending || act.mutate(filled(values, fields))}
      >
        {fields.map((field) => (
          <AskItem key={field.name} field={field} />
        ))}
      </Form>
    </Modal>
  );
}

/** What was said, trimmed; nothing for what was left open. */
function filled(values: Record<string, string>, fields: AskField[]): Record<string, string> {
  const said = fields.map(({ name, kind }): [string, string] => {
    const value = (values[name] ?? '').trim();
    return [name, kind === 'money' ? (typedYuan(value) ?? value) : value];
  });
  return Object.fromEntries(said.filter(([, value]) => value !== ''));
}

function AskItem({ field }: { field: AskField }) {
  const { t } = useTexts();
  const { kind = 'text' } = field;
  const money = {
    validator: (_: unknown, value: string | undefined) =>
      !value || typedYuan(value) ? Promise.resolve() : Promise.reject(new Error(t('topUp.amountInvalid'))),
  };
  return (
    <Form.Item
      name={field.name}
      label={field.label}
      {...(field.hint ? { extra: field.hint } : {})}
      validateTrigger="onBlur"
      rules={[
        ...(field.optional ? [] : [{ required: true, message: t('field.required') }]),
        ...(kind === 'money' ? [money] : []),
      ]}
    >
      {kind === 'area' ? (
        <Input.TextArea rows={3} maxLength={1000} />
      ) : kind === 'money' ? (
        <Input prefix="¥" inputMode="decimal" maxLength={14} style={{ maxWidth: 220 }} />
      ) : kind === 'date' ? (
        <Input type="date" style={{ maxWidth: 220 }} />
      ) : kind === 'file' ? (
        <FileField accept={field.accept ?? '*'} />
      ) : kind === 'choice' ? (
        <Select options={field.choices ?? []} />
      ) : (
        <Input maxLength={200} />
      )}
    </Form.Item>
  );
}
