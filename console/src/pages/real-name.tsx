import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { checkRealName } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { brandQuery, sessionQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Panel, SandboxNote, useSession } from '../ui/kit.tsx';
import { useGoOn } from '../ui/on-from.ts';

interface Values {
  name: string;
  id_number: string;
}

/** Name and number go to the check and are forgotten; the page keeps neither. */
export function RealNamePage() {
  const { t } = useTexts();
  const { back } = useSearch({ from: '/console/real-name' });
  const goOn = useGoOn(back);
  const queryClient = useQueryClient();
  const session = useSession();
  const brand = useSuspenseQuery(brandQuery).data;
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form);
  const act = useAct(checkRealName, {
    onSuccess: ({ result }) => {
      if (result === 'pass') form.resetFields();
      return queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
    onError: problem.show,
  });
  const passed = session.customer.real_name === 'passed';
  return (
    <Page title={t('realName.title')} lead={t('realName.lead')}>
      <div className="stack" style={{ maxWidth: 560 }}>
        {brand.sandbox.real_name && !passed ? <SandboxNote>{t('realName.sandbox')}</SandboxNote> : null}
        {passed ? (
          <Alert
            type="success"
            showIcon
            role="status"
            title={t('realName.pass')}
            description={session.customer.minor ? t('realName.minor') : t('realName.passDetail')}
            action={
              <Button type="primary" onClick={goOn}>
                {t('realName.next')}
              </Button>
            }
          />
        ) : (
          <Panel>
            {act.data?.result === 'fail' ? (
              <Alert
                type="error"
                showIcon
                role="alert"
                title={t('realName.fail')}
                description={t('realName.failDetail')}
                style={{ marginBottom: 16 }}
              />
            ) : null}
            <FormAlert trouble={problem.trouble} />
            <Form<Values>
              form={form}
              layout="vertical"
              autoComplete="off"
              onValuesChange={problem.clear}
              onFinish={(values) =>
                act.mutate({ name: values.name.trim(), id_number: values.id_number.trim().toUpperCase() })
              }
            >
              <Form.Item
                name="name"
                label={t('realName.name')}
                rules={[{ required: true, whitespace: true, message: t('field.required') }]}
              >
                <Input maxLength={50} />
              </Form.Item>
              <Form.Item
                name="id_number"
                label={t('realName.number')}
                rules={[
                  { required: true, message: t('field.required') },
                  { pattern: /^\s*\d{17}[\dXx]\s*$/, message: t('realName.numberInvalid') },
                ]}
                validateTrigger="onBlur"
              >
                <Input className="mono" maxLength={20} />
              </Form.Item>
              <ActButton type="primary" htmlType="submit" busy={act.isPending}>
                {t('realName.submit')}
              </ActButton>
            </Form>
          </Panel>
        )}
      </div>
    </Page>
  );
}
