import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input } from 'antd';
import { changePassword } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { factorsQuery } from '../api/factors.ts';
import { signInsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { NewPasswordField } from '../ui/password-field.tsx';

interface Values {
  current?: string;
  next: string;
}

/** Fields of the API beside the form's own names for them. */
const FIELD_NAMES = { password: 'next' };
/** Here wrong credentials can only be the current password. */
const PROBLEM_FIELDS = { 'wrong-credentials': 'current' };

interface Props {
  /** There is none yet, so that none is asked for. */
  first?: boolean;
  /** A customer's own, where nothing is said. */
  change?: (body: { current: string | null; next: string }) => Promise<unknown>;
  onDone?: () => unknown;
}

export function PasswordChangeForm({ first = false, change = changePassword, onDone }: Props) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, { names: FIELD_NAMES, codes: PROBLEM_FIELDS });
  const act = useAct(change, {
    onSuccess: () => {
      form.resetFields();
      void message.success(t(first ? 'account.passwordSet' : 'account.changed'));
      if (onDone) return onDone();
      return Promise.all(
        [signInsQuery, factorsQuery].map(({ queryKey }) => queryClient.invalidateQueries({ queryKey })),
      );
    },
    onError: problem.show,
  });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      style={{ maxWidth: 380 }}
      onValuesChange={problem.clear}
      onFinish={({ current = null, next }) => act.mutate({ current, next })}
    >
      <FormAlert trouble={problem.trouble} />
      {first ? null : (
        <Form.Item
          name="current"
          label={t('account.current')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
      )}
      <NewPasswordField name="next" label={t('account.next')} hint={t('signUp.passwordHint')} />
      <ActButton htmlType="submit" busy={act.isPending}>
        {t(first ? 'account.passwordFirst' : 'account.change')}
      </ActButton>
    </Form>
  );
}
