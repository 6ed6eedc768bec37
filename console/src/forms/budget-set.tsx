import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Select, Switch } from 'antd';
import { useAct } from '../api/client.ts';
import { type Budget, budgetsQuery, setBudget } from '../api/usage.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { typedYuan } from '../ui/format.ts';

interface Values {
  name: string;
  product: string;
  amount: string;
  percents: string;
  stop: boolean;
}

interface BudgetSetProps {
  budget: Budget | null;
  products: [id: string, name: string][];
  onDone: () => void;
}

const ALL = 'all';

function typedPercents(text: string): number[] | null {
  const parts = text.split(/[,，\s]+/).filter(Boolean);
  const numbers = parts.map(Number);
  const good = parts.every((part) => /^\d{1,4}$/.test(part)) && numbers.every((n) => n >= 1 && n <= 1000);
  return good && numbers.length > 0 ? numbers.toSorted((a, b) => a - b) : null;
}

export function BudgetSetForm({ budget, products, onDone }: BudgetSetProps) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  const act = useAct(setBudget, {
    onSuccess: async () => {
      void message.success(t('usage.budgetSaved'));
      onDone();
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey });
    },
    onError: problem.show,
  });
  const required = { required: true, whitespace: true, message: t('field.required') };
  const check = (read: (text: string) => unknown, message: string) => ({
    validator: (_: unknown, value: string) =>
      !value || read(value) ? Promise.resolve() : Promise.reject(new Error(message)),
  });
  const save = ({ name, product, amount, percents, stop }: Values) =>
    act.mutate({
      ...(budget ? { id: budget.id } : {}),
      ...(product === ALL ? {} : { product }),
      name: name.trim(),
      amount: typedYuan(amount) ?? amount,
      percents: typedPercents(percents) ?? [],
      stop,
    });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      initialValues={{
        name: budget?.name ?? '',
        product: budget?.product ?? ALL,
        amount: budget?.amount ?? '',
        percents: (budget?.percents ?? [50, 80, 100]).join(', '),
        stop: budget?.stop ?? false,
      }}
      onValuesChange={problem.clear}
      onFinish={save}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item name="name" label={t('usage.budgetName')} rules={[required]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="product" label={t('usage.budgetProduct')}>
        <Select
          options={[
            { value: ALL, label: t('usage.budgetAll') },
            ...products.map(([value, label]) => ({ value, label })),
          ]}
        />
      </Form.Item>
      <Form.Item
        name="amount"
        label={t('usage.budgetAmount')}
        validateTrigger="onBlur"
        rules={[required, check(typedYuan, t('topUp.amountInvalid'))]}
      >
        <Input prefix="¥" inputMode="decimal" maxLength={12} style={{ maxWidth: 220 }} />
      </Form.Item>
      <Form.Item
        name="percents"
        label={t('usage.budgetPercents')}
        extra={t('usage.budgetPercentsInvalid')}
        validateTrigger="onBlur"
        rules={[required, check(typedPercents, t('usage.budgetPercentsInvalid'))]}
      >
        <Input style={{ maxWidth: 220 }} />
      </Form.Item>
      <Form.Item name="stop" label={t('usage.budgetStop')} valuePropName="checked">
        <Switch />
      </Form.Item>
      <ActButton type="primary" htmlType="submit" busy={act.isPending}>
        {t('app.save')}
      </ActButton>
    </Form>
  );
}
