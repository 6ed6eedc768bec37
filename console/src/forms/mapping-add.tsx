import { useQueryClient } from '@tanstack/react-query';
import { App, AutoComplete, Form, Input, Radio } from 'antd';
import { addMapping } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { mappingsQuery } from '../api/queries.ts';
import type { Mappings } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';

interface Values {
  protocol: 'tcp' | 'udp';
  listen_port?: string;
  target_port: string;
}

interface MappingAddProps {
  serviceId: string;
  free: Mappings['free'];
  range: { from: number; to: number } | null;
}

/** Fields that problems of these codes are about. */
const PROBLEM_FIELDS = { 'port-outside-range': 'listen_port', 'port-taken': 'listen_port' };

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 65_535;
}

export function MappingAddForm({ serviceId, free, range }: MappingAddProps) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const protocol = Form.useWatch('protocol', form) ?? 'tcp';
  const problem = useFormProblem(form, { codes: PROBLEM_FIELDS });
  const act = useAct(addMapping, {
    onSuccess: () => {
      form.resetFields();
      void message.success(t('ports.added'));
      return queryClient.invalidateQueries({ queryKey: mappingsQuery(serviceId).queryKey });
    },
    onError: problem.show,
  });
  const port = {
    validator: (_: unknown, value: string | undefined) =>
      !value || isPort(value) ? Promise.resolve() : Promise.reject(new Error(t('ports.targetInvalid'))),
  };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      className="mapping-add"
      initialValues={{ protocol: 'tcp' }}
      onValuesChange={problem.clear}
      onFinish={({ protocol, listen_port: listen, target_port: target }) =>
        act.mutate({
          id: serviceId,
          protocol,
          target_port: Number(target),
          ...(listen ? { listen_port: Number(listen) } : {}),
        })
      }
    >
      <h3>{t('ports.add')}</h3>
      <FormAlert trouble={problem.trouble} />
      <div className="mapping-line">
        <Form.Item name="protocol" label={t('ports.protocol')}>
          <Radio.Group
            aria-label={t('ports.protocol')}
            optionType="button"
            options={[
              { value: 'tcp', label: 'TCP' },
              { value: 'udp', label: 'UDP' },
            ]}
          />
        </Form.Item>
        <Form.Item name="listen_port" label={t('ports.listen')} rules={[port]} validateTrigger="onBlur">
          <AutoComplete
            options={free[protocol].map((each) => ({ value: String(each) }))}
            placeholder={t('ports.auto')}
            aria-label={range ? `${t('ports.listen')} ${range.from}–${range.to}` : t('ports.listen')}
          />
        </Form.Item>
        <Form.Item
          name="target_port"
          label={t('ports.target')}
          rules={[{ required: true, message: t('field.required') }, port]}
          validateTrigger="onBlur"
        >
          <Input inputMode="numeric" maxLength={5} placeholder="80" />
        </Form.Item>
        <Form.Item label=" " colon={false}>
          <ActButton htmlType="submit" type="primary" busy={act.isPending}>
            {t('ports.add')}
          </ActButton>
        </Form.Item>
      </div>
    </Form>
  );
}
