import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Checkbox, Select } from 'antd';
import { useState } from 'react';
import { endService, setAutoRenewal } from '../../api/acts.ts';
import { useAct } from '../../api/client.ts';
import { endQuery, sessionQuery, termsQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { ServiceChangeForm } from '../../forms/service-change.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { ClauseChip } from '../../ui/clause.tsx';
import { fenDown, parseYuan, yuan } from '../../ui/format.ts';
import { Facts, Panel } from '../../ui/kit.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { When } from '../../ui/time.tsx';
import '../../ui/money.css';

/** What is bought and how it goes on: renewal by itself, another plan, the end. */
export function PlanTab({ service }: { service: Service }) {
  const { t } = useTexts();
  return (
    <div className="stack">
      {service.auto_renew.offered ? <AutoRenewal service={service} /> : null}
      {service.state === 'active' ? (
        <Panel title={t('plan.change')} lead={t('plan.changeLead')}>
          <ServiceChangeForm key={`${service.plan} ${JSON.stringify(service.options)}`} service={service} />
        </Panel>
      ) : null}
      <EndPanel service={service} />
    </div>
  );
}

function AutoRenewal({ service }: { service: Service }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const rule = useQuery(termsQuery).data?.parameters.auto_renew;
  const { months, next } = service.auto_renew;
  const act = useAct(setAutoRenewal, {
    onSuccess: async (_, { months: set }) => {
      await queryClient.invalidateQueries({ queryKey: ['service', service.id] });
      void message.success(t(set === null ? 'plan.autoOffDone' : 'plan.autoOnDone'));
    },
  });
  const shown = act.isPending ? act.variables.months : months;
  return (
    <Panel title={t('plan.auto')} aside={rule ? <ClauseChip id={rule.clause} /> : null}>
      <p className="panel-lead">{t('plan.autoLead')}</p>
      <div className="line-filter" style={{ marginBottom: 0 }}>
        <Select
          aria-label={t('plan.auto')}
          style={{ width: 220 }}
          value={shown ?? 0}
          loading={act.isPending}
          onChange={(value) => act.mutate({ id: service.id, months: value === 0 ? null : value })}
          options={[
            { value: 0, label: t('plan.autoOff') },
            ...service.months.map((value) => ({ value, label: t('plan.autoOn', { count: value }) })),
          ]}
        />
        {next ? (
          <span className="soft">
            {t('plan.autoNext')} <When at={next} />
          </span>
        ) : null}
      </div>
      {act.error ? <ProblemAlert error={act.error} /> : null}
    </Panel>
  );
}

/** What would come back, by which clause, before it is done. */
function EndPanel({ service }: { service: Service }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const [sure, setSure] = useState(false);
  const act = useAct(endService, {
    onSuccess: async ({ refunded }) => {
      void message.success(t('plan.ended', { amount: yuan(refunded) }), 6);
      await queryClient.invalidateQueries({ queryKey: ['service', service.id] });
      await queryClient.invalidateQueries({ queryKey: ['services'] });
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  // What has ended has no end to preview: it isn't asked for again once this is under way.
  const preview = useQuery({ ...endQuery(service.id), enabled: act.isIdle || act.isError });
  return (
    <Panel title={t('plan.end')}>
      <QueryState query={preview}>
        {(found) => {
          const lost = parseYuan(found.left) - parseYuan(found.refund) > 0n;
          return (
            <div className="stack">
              <Facts
                items={[
                  [t('plan.endLeft'), yuan(fenDown(found.left))],
                  [
                    t('plan.endRefund'),
                    <span key="refund">
                      <strong>{yuan(found.refund)}</strong>{' '}
                      <ClauseChip id={found.clause.id} version={found.clause.version} />
                    </span>,
                  ],
                ]}
              />
              <Checkbox checked={sure} onChange={(event) => setSure(event.target.checked)}>
                {t(lost ? 'plan.endSureLost' : 'plan.endSure')}
              </Checkbox>
              {act.error ? <ProblemAlert error={act.error} /> : null}
              <div>
                <ActButton
                  danger
                  disabled={!sure}
                  busy={act.isPending}
                  onClick={() => act.mutate({ id: service.id, give_up: lost })}
                >
                  {t('plan.endNow')}
                </ActButton>
              </div>
            </div>
          );
        }}
      </QueryState>
    </Panel>
  );
}
