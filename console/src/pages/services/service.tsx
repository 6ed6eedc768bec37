import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Alert, Tabs } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { serviceQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Page, Panel, SimulatedLabel } from '../../ui/kit.tsx';
import { Needs, useMay } from '../../ui/may.tsx';
import { LoadingPage } from '../../ui/page-states.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { PowerTag, ServiceStateTag } from '../../ui/state.tsx';
import { HistoryTab } from './history-tab.tsx';
import { useLiveService } from './live.ts';
import { OutagesTab } from './outages-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PlanTab } from './plan-tab.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { PortsTab } from './ports-tab.tsx';
import { PowerButtons } from './power-buttons.tsx';
import { PushPanel } from './push-panel.tsx';
import { RenewButton } from './renew-dialog.tsx';
import './service.css';
import { LifePanel } from './life-panel.tsx';
import { Lifeline } from './lifeline.tsx';
import { StepsPanel } from './steps-panel.tsx';

const TerminalTab = lazy(() => import('./terminal-tab.tsx').then((m) => ({ default: m.TerminalTab })));

export function ServicePage() {
  const { id } = useParams({ from: '/console/services/$id' });
  useLiveService(id);
  const service = useQuery({
    ...serviceQuery(id),
    // The stream says when to look; this is for when it can't be had.
    refetchInterval: (query) => (query.state.data?.state === 'preparing' ? 2_000 : 20_000),
  });
  const acts = useMay('services');
  const spends = useMay('money');
  return (
    <QueryState query={service}>
      {(found) => {
        const { power, terminal, mappings, renew } = found.actions;
        // What the role doesn't allow isn't offered, as if the service's state didn't.
        const actions = {
          ...found.actions,
          power: power && acts,
          terminal: terminal && acts,
          mappings: mappings && acts,
          renew: renew && spends,
        };
        return <ServiceView key={found.id} service={{ ...found, actions }} />;
      }}
    </QueryState>
  );
}

function ServiceView({ service }: { service: Service }) {
  const { t, pick } = useTexts();
  const { instance, actions } = service;
  // Whoever ordered it, or saw it being made, also sees how that went.
  const { watch = false, tab = 'overview' } = useSearch({ from: '/console/services/$id' });
  const [watched, setWatched] = useState(watch);
  useEffect(() => {
    if (service.state === 'preparing') setWatched(true);
  }, [service.state]);
  const making =
    service.state === 'preparing' || service.state === 'failed' || (watched && tab === 'overview');
  return (
    <Page
      title={service.label}
      lead={
        <span className="service-lead">
          {service.state === 'active' && instance ? (
            <PowerTag instance={instance} />
          ) : (
            <ServiceStateTag state={service.state} />
          )}
          <span>{pick(service.plan_name)}</span>
          <span>{pick(service.region_name)}</span>
          {instance?.simulated ? <SimulatedLabel /> : null}
        </span>
      }
      actions={
        <>
          {actions.power && instance ? <PowerButtons service={service} instance={instance} /> : null}
          {actions.renew ? <RenewButton service={service} /> : null}
        </>
      }
    >
      <div className="stack">
        <Needs area="services">{null}</Needs>
        {actions.power ? <p className="service-billing">{t('service.powerNoBilling')}</p> : null}
        {instance && service.state === 'active' && (instance.trouble || instance.passing) ? (
          <Alert
            type={instance.trouble ? 'warning' : 'info'}
            showIcon
            title={t(instance.passing ? 'service.passing' : 'service.trouble')}
          />
        ) : null}
        <Lifeline service={service} />
        <LifePanel service={service} />
        <PushPanel service={service} />
        {making ? <StepsPanel service={service} /> : null}
        {service.state === 'preparing' || service.state === 'failed' ? null : (
          <ServiceTabs service={service} />
        )}
      </div>
    </Page>
  );
}

function ServiceTabs({ service }: { service: Service }) {
  const { t } = useTexts();
  const { tab = 'overview' } = useSearch({ from: '/console/services/$id' });
  const navigate = useNavigate();
  const { instance, actions } = service;
  const mayAct = useMay('services');
  const items = [
    { key: 'overview', label: t('service.overview'), children: <OverviewTab service={service} /> },
    ...(instance && service.state !== 'deleted'
      ? [
          {
            key: 'ports',
            label: t('service.ports'),
            children: <PortsTab service={service} instance={instance} />,
          },
          {
            key: 'terminal',
            label: t('service.terminal'),
            disabled: service.state !== 'active' || !mayAct,
            children: (
              <Panel>
                {actions.terminal ? (
                  <Suspense fallback={<LoadingPage />}>
                    <TerminalTab serviceId={service.id} />
                  </Suspense>
                ) : (
                  <p className="quiet">{t('terminal.off')}</p>
                )}
              </Panel>
            ),
          },
        ]
      : []),
    ...(actions.renew
      ? [{ key: 'plan', label: t('plan.tab'), children: <PlanTab service={service} /> }]
      : []),
    { key: 'outages', label: t('outages.tab'), children: <OutagesTab service={service} /> },
    {
      key: 'policy',
      label: t('policy.tab'),
      children: <PolicyPanel serviceId={service.id} side="customer" />,
    },
    { key: 'history', label: t('service.history'), children: <HistoryTab serviceId={service.id} /> },
  ];
  return (
    <Tabs
      activeKey={items.some((item) => item.key === tab) ? tab : 'overview'}
      destroyOnHidden
      onChange={(next) =>
        navigate({ to: '/services/$id', params: { id: service.id }, search: { tab: next }, replace: true })
      }
      items={items}
    />
  );
}
