import { useQueryClient } from '@tanstack/react-query';
import { App, Checkbox, Form, Radio, Select } from 'antd';
import { formatYuan } from '#kernel/money.ts';
import { useAct } from '../api/client.ts';
import { type InvoiceTitle, requestTaxInvoice } from '../api/papers.ts';
import type { Answer } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { parseYuan, yuan } from '../ui/format.ts';

interface Values {
  title_id: string;
  type: 'ordinary' | 'special';
  invoices: string[];
}

interface ApplyProps {
  available: Answer<'/api/v1/tax-invoices/available', 'get'>;
  titles: InvoiceTitle[];
}

/** Which payments, to whom, and of which type. */
export function TaxInvoiceApplyForm({ available, titles }: ApplyProps) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const chosen = Form.useWatch('invoices', form) ?? [];
  const problem = useFormProblem(form, { names: { 'choice.invoices': 'invoices' } });
  const act = useAct(requestTaxInvoice, {
    onSuccess: () => {
      form.resetFields(['invoices']);
      void message.success(t('papers.applied'));
      return queryClient.invalidateQueries({ queryKey: ['tax-invoices'] });
    },
    onError: problem.show,
  });
  if (available.invoices.length === 0) return <p className="faint">{t('papers.nothingAvailable')}</p>;
  const sum = available.invoices
    .filter(({ id }) => chosen.includes(id))
    .reduce((total, each) => total + parseYuan(each.available), 0n);
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      style={{ maxWidth: 560 }}
      initialValues={{ title_id: titles[0]?.id, type: 'ordinary', invoices: [] }}
      onValuesChange={problem.clear}
      onFinish={({ title_id, type, invoices }) => act.mutate({ title_id, type, choice: { invoices } })}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item
        name="invoices"
        label={t('papers.whichInvoices')}
        rules={[{ required: true, type: 'array', min: 1, message: t('papers.chooseInvoices') }]}
      >
        <Checkbox.Group
          style={{ display: 'grid', gap: 4 }}
          options={available.invoices.map((invoice) => ({
            value: invoice.id,
            label: t('papers.availableOf', { number: invoice.number, amount: yuan(invoice.available) }),
          }))}
        />
      </Form.Item>
      <Form.Item name="title_id" label={t('papers.chooseTitle')}>
        <Select options={titles.map(({ id, name }) => ({ value: id, label: name }))} />
      </Form.Item>
      <Form.Item name="type" label={t('papers.type')}>
        <Radio.Group
          options={(['ordinary', 'special'] as const).map((value) => ({
            value,
            label: t(`papers.types.${value}`),
          }))}
        />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" busy={act.isPending}>
        {t('papers.apply')}
      </ActButton>{' '}
      {sum > 0n ? <span className="soft">{t('papers.sum', { amount: yuan(formatYuan(sum)) })}</span> : null}
    </Form>
  );
}
