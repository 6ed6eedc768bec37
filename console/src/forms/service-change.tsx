import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Form, Radio } from 'antd';
import { useState } from 'react';
import { changeService } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { catalogueQuery, changeQuery, sessionQuery } from '../api/queries.ts';
import type { ChangeInput, ChangeShown, Service } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { fenDown, megabytes, parseYuan, yuan } from '../ui/format.ts';
import { Facts } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { When } from '../ui/time.tsx';
import '../pages/order.css';
import { chosenOptions, OptionFields, type OptionValues } from './options-field.tsx';

interface Values {
  plan: string;
  options?: OptionValues;
}

/** Another plan or other options, with what that costs now and from the next renewal on. */
export function ServiceChangeForm({ service }: { service: Service }) {
  const { t, pick } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const { products } = useSuspenseQuery(catalogueQuery).data;
  const product = products.find(({ id }) => id === service.product);
  const [form] = Form.useForm<Values>();
  const now: ChangeInput = { plan: service.plan, options: chosenOptions(service.options) };
  const [wanted, setWanted] = useState(now);
  const same = sameChoice(wanted, now);
  const problem = useFormProblem(form);
  const act = useAct(changeService, {
    onSuccess: async () => {
      void message.success(t('plan.changed'));
      await queryClient.invalidateQueries({ queryKey: ['service', service.id] });
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
    onError: problem.show,
  });
  // Once it is changed there is nothing to preview, until something else is chosen.
  const preview = useQuery({
    ...changeQuery(service.id, wanted),
    enabled: !same && (act.isIdle || act.isError),
  });
  const plans = (product?.plans ?? []).filter(({ regions }) => regions.includes(service.region));
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      initialValues={{ plan: service.plan, options: service.options }}
      onValuesChange={(_, { plan, options }) => {
        problem.clear();
        setWanted({ plan, options: chosenOptions(options) });
      }}
      onFinish={() => same || act.mutate({ id: service.id, ...wanted })}
    >
      <Form.Item name="plan" label={t('order.plan')}>
        <Radio.Group className="choices" aria-label={t('order.plan')}>
          {plans.map((plan) => (
            <Radio key={plan.id} value={plan.id} className="choice">
              <span className="choice-name">{pick(plan.name)}</span>
              <span className="choice-price">
                {yuan(plan.price)} <small>{t('unit.perMonth')}</small>
              </span>
              <span className="choice-spec">
                <span>{t('unit.core', { count: plan.cpus })}</span>
                <span>{megabytes(plan.memory_mb)}</span>
                <span>{plan.disk_gb} GB</span>
                <span>{plan.bandwidth_mbps} Mbps</span>
              </span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <OptionFields product={product} plan={wanted.plan} />
      {same ? (
        <p className="faint small">{t('plan.changeNone')}</p>
      ) : (
        <div className="stack">
          <QueryState query={preview}>
            {(found) => <ChangeCost found={found} serviceId={service.id} />}
          </QueryState>
          <FormAlert trouble={problem.trouble} />
          <ActButton
            type="primary"
            htmlType="submit"
            busy={act.isPending}
            disabled={!preview.data || parseYuan(preview.data.missing) > 0n}
          >
            {preview.data && parseYuan(preview.data.charge) > 0n
              ? t('plan.changePay', { amount: yuan(preview.data.charge) })
              : t('plan.changeNow')}
          </ActButton>
        </div>
      )}
    </Form>
  );
}

function sameChoice(a: ChangeInput, b: ChangeInput): boolean {
  const text = ({ plan, options }: ChangeInput) =>
    JSON.stringify([plan, Object.entries(options ?? {}).toSorted(([x], [y]) => (x < y ? -1 : 1))]);
  return text(a) === text(b);
}

function ChangeCost({ found, serviceId }: { found: ChangeShown; serviceId: string }) {
  const { t } = useTexts();
  const short = parseYuan(found.missing) > 0n;
  return (
    <div aria-live="polite">
      <Facts
        items={[
          [t('plan.changeCharge'), <strong key="charge">{yuan(found.charge)}</strong>],
          ...(parseYuan(found.left) > 0n
            ? ([
                [
                  t('plan.changeLeft'),
                  <span key="left">
                    {yuan(fenDown(found.left))} · {t(`plan.becomes.${found.becomes}`)}{' '}
                    <ClauseChip id={found.clause.id} version={found.clause.version} />
                  </span>,
                ],
              ] as [string, React.ReactNode][])
            : []),
          [t('service.price'), `${yuan(found.renewal_price)} ${t('unit.perMonth')}`],
          [t('service.expires'), <When key="end" at={found.period_end} />],
        ]}
      />
      {short ? (
        <p style={{ color: 'var(--bad)', marginTop: 8 }}>
          {t('renewal.short', { amount: yuan(found.missing) })}{' '}
          <Link to="/top-up" search={{ amount: found.missing, back: `/services/${serviceId}?tab=plan` }}>
            {t('nav.topUp')}
          </Link>
        </p>
      ) : null}
    </div>
  );
}
