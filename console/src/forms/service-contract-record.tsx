import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { type Contract, recordContract } from '../api/gates.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton, busyProps } from '../ui/act-button.tsx';
import { FileField } from '../ui/file-field.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

interface Props {
  customerId: string;
  /** Those that an attachment may belong to. */
  contracts: Contract[];
}

interface Values {
  number: string;
  title: string;
  parent?: string;
  service?: string;
  from: string;
  to?: string;
  parameters: string;
  clauses: string;
  file: string;
  reason: string;
}

/** Records a negotiated contract or an attachment to one, with its signed file. */
export function ServiceContractForm(props: Props) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <ActButton size="small" busy={false} onClick={() => setOpen(true)}>
        {t('contracts.record')}
      </ActButton>
      {open ? <Dialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Dialog({ customerId, contracts, onClose }: Props & { onClose: () => void }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  const act = useAct(recordContract, {
    onSuccess: async () => {
      onClose();
      void message.success(t('contracts.recorded'));
      await queryClient.invalidateQueries({ queryKey: ['staff'] });
    },
    onError: problem.show,
  });
  const required = [{ required: true, message: t('field.required') }];
  const readable = (reads: (text: string) => unknown, told: string) => ({
    validator: (_: unknown, text: string | undefined) =>
      !text || reads(text) ? Promise.resolve() : Promise.reject(new Error(told)),
  });
  return (
    <Modal
      open
      title={t('contracts.record')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('contracts.record')}
      okButtonProps={busyProps(act.isPending)}
      cancelText={t('app.cancel')}
      width={640}
    >
      <p>{t('contracts.recordLead')}</p>
      <FormAlert trouble={problem.trouble} />
      <Form<Values>
        form={form}
        layout="vertical"
        validateTrigger="onBlur"
        onValuesChange={problem.clear}
        onFinish={(values) => act.isPending || act.mutate({ id: customerId, ...bodyOf(values) })}
      >
        <Form.Item name="number" label={t('contracts.number')} rules={required}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="title" label={t('contracts.name')} rules={required}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="parent" label={t('contracts.parent')}>
          <Select
            allowClear
            placeholder={t('contracts.noParent')}
            options={contracts.map(({ id, number }) => ({ value: id, label: number }))}
          />
        </Form.Item>
        <Form.Item name="service" label={t('contracts.service')}>
          <Input maxLength={36} />
        </Form.Item>
        <Form.Item name="from" label={t('contracts.from')} rules={required}>
          <Input type="date" style={{ maxWidth: 220 }} />
        </Form.Item>
        <Form.Item name="to" label={t('contracts.to')}>
          <Input type="date" style={{ maxWidth: 220 }} />
        </Form.Item>
        <Form.Item
          name="parameters"
          label={t('contracts.parameters')}
          extra={t('contracts.parametersHint')}
          rules={[...required, readable(parametersOf, t('contracts.parametersBad'))]}
        >
          <Input.TextArea rows={4} maxLength={8_000} />
        </Form.Item>
        <Form.Item
          name="clauses"
          label={t('contracts.clauses')}
          extra={t('contracts.clausesHint')}
          rules={[...required, readable(clausesOf, t('contracts.clausesBad'))]}
        >
          <Input.TextArea rows={4} maxLength={20_000} />
        </Form.Item>
        <Form.Item name="file" label={t('contracts.file')} rules={required}>
          <FileField accept=".pdf,.ofd" />
        </Form.Item>
        <Form.Item name="reason" label={t('contracts.reason')} rules={required}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function bodyOf(values: Values) {
  const { number, title, parent, service, from, to, file, reason } = values;
  return {
    ...{ number: number.trim(), title: title.trim(), reason: reason.trim() },
    service_id: service?.trim() || null,
    parent_id: parent ?? null,
    valid_from: from,
    valid_to: to || null,
    parameters: parametersOf(values.parameters) ?? {},
    clauses: clausesOf(values.clauses) ?? [],
    file: { name: number.trim(), content: file },
  };
}

/** Null for what isn't an object in JSON. */
function parametersOf(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read)
      ? (read as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A clause and its words on each line; null where a line is something else. */
function clausesOf(text: string): { id: string; text: string }[] | null {
  const lines = text
    .split('\n')
    .map((each) => each.trim())
    .filter(Boolean);
  const read = lines.map((each) => /^([A-Za-z0-9][A-Za-z0-9.-]{0,39})\s+(\S.*)$/.exec(each));
  return read.every((match) => match !== null)
    ? read.map((match) => ({ id: match[1]!, text: match[2]! }))
    : null;
}
