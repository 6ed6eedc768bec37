import { Form } from 'antd';
import { useAct } from '../api/client.ts';
import { type Factor, secondFactor } from '../api/factors.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Panel } from '../ui/kit.tsx';
import { FactorFields, type FactorValues } from './factor-fields.tsx';

export interface Waiting {
  challenge: string;
  factors: Factor[];
}

/** A sign-in's second step. */
export function SecondFactorForm(props: { waiting: Waiting; onDone: () => unknown; onAgain: () => void }) {
  const { t } = useTexts();
  const { challenge, factors } = props.waiting;
  const [form] = Form.useForm<FactorValues>();
  const problem = useFormProblem(form);
  const act = useAct(secondFactor, { onSuccess: props.onDone, onError: problem.show });
  return (
    <Panel title={t('factors.title')} lead={t('factors.lead')}>
      <FormAlert trouble={problem.trouble} />
      <Form<FactorValues>
        form={form}
        layout="vertical"
        initialValues={{ factor: factors[0] }}
        onValuesChange={problem.clear}
        onFinish={(typed) => act.mutate({ challenge, typed })}
      >
        <FactorFields factors={factors} />
        <ActButton type="primary" htmlType="submit" block busy={act.isPending}>
          {t('factors.submit')}
        </ActButton>
      </Form>
      <p style={{ marginTop: 16 }}>
        <button type="button" className="link-button" onClick={props.onAgain}>
          {t('factors.again')}
        </button>
      </p>
    </Panel>
  );
}
