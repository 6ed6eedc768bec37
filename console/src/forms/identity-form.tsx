import { Checkbox, Form, Input, Select } from 'antd';
import type { Rule } from 'antd/es/form/index.js';
import type { ReactNode } from 'react';
import { useAct } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { base64Bytes, FileField } from '../ui/file-field.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

export interface IdentityField {
  name: string;
  label: string;
  kind?: 'text' | 'number' | 'file' | 'choice';
  choices?: { value: string; label: string }[];
  /** What a number looks like, and what is said of others. */
  pattern?: RegExp;
  wrong?: string;
  hint?: string;
}

type Said = Record<string, string>;

/** What is said of an identity goes to the check and is forgotten: nothing of it stays in the page. */
export function IdentityForm<T>(props: {
  fields: IdentityField[];
  submit: string;
  /** Yuan of this attempt; null: it is free. */
  fee: string | null;
  send: (said: Said & { accept_fee?: string }, key: string) => Promise<T>;
  answered: (answer: T) => Promise<unknown> | undefined;
  /** Above the fields. */
  children?: ReactNode;
}) {
  const { t } = useTexts();
  const [form] = Form.useForm<Said & { agreed?: boolean }>();
  const problem = useFormProblem(form);
  const { fee } = props;
  const act = useAct(props.send, {
    onSuccess: async (answer) => {
      await props.answered(answer);
      form.resetFields();
    },
    onError: problem.show,
  });
  const said = (values: Said): Said =>
    Object.fromEntries(props.fields.map(({ name }) => [name, (values[name] ?? '').trim()]));
  return (
    <>
      {props.children}
      <FormAlert trouble={problem.trouble} />
      <Form
        form={form}
        layout="vertical"
        autoComplete="off"
        onValuesChange={problem.clear}
        onFinish={(values) => act.mutate({ ...said(values), ...(fee === null ? {} : { accept_fee: fee }) })}
      >
        {props.fields.map((field) => (
          <Item key={field.name} field={field} />
        ))}
        {fee === null ? null : (
          <Form.Item
            name="agreed"
            valuePropName="checked"
            extra={t('identity.fee', { fee })}
            rules={[{ required: true, type: 'enum', enum: [true], message: t('field.required') }]}
          >
            <Checkbox>{t('identity.agreeFee', { fee })}</Checkbox>
          </Form.Item>
        )}
        <ActButton type="primary" htmlType="submit" busy={act.isPending}>
          {props.submit}
        </ActButton>
      </Form>
    </>
  );
}

const MOST_BYTES = 2 * 1_048_576;

function Item({ field }: { field: IdentityField }) {
  const { t } = useTexts();
  const { kind = 'text' } = field;
  const rules: Rule[] = [
    kind === 'text'
      ? { required: true, whitespace: true, message: t('field.required') }
      : { required: true, message: t('field.required') },
  ];
  if (field.pattern) rules.push({ pattern: field.pattern, message: field.wrong ?? t('field.required') });
  if (kind === 'file')
    rules.push({
      validator: (_, value: string | undefined) =>
        base64Bytes(value ?? '') <= MOST_BYTES
          ? Promise.resolve()
          : Promise.reject(new Error(t('topUp.fileTooLarge', { size: 2 }))),
    });
  return (
    <Form.Item
      name={field.name}
      label={field.label}
      rules={rules}
      validateTrigger="onBlur"
      {...(field.hint ? { extra: field.hint } : {})}
    >
      {kind === 'file' ? (
        <FileField accept="image/png,image/jpeg,application/pdf" />
      ) : kind === 'choice' ? (
        <Select options={field.choices ?? []} />
      ) : (
        <Input
          maxLength={kind === 'number' ? 40 : 100}
          {...(kind === 'number' ? { className: 'mono' } : {})}
        />
      )}
    </Form.Item>
  );
}
