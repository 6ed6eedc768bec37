import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Checkbox } from 'antd';
import { useState } from 'react';
import { catalogueQuery, servicesQuery, termsQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Page, Panel, Quiet, SimulatedLabel } from '../../ui/kit.tsx';
import { Needs } from '../../ui/may.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { PowerTag, ServiceStateTag } from '../../ui/state.tsx';
import { type Column, PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { OnlyByUse } from '../usage/only-by-use.tsx';
import { TimeLeft } from './time-left.tsx';

export function ServicesPage() {
  const { t } = useTexts();
  const [all, setAll] = useState(false);
  const services = useInfiniteQuery({ ...servicesQuery, refetchInterval: 15_000 });
  const columns = useColumns();
  const byUse = useSuspenseQuery(catalogueQuery).data.products.length === 0;
  const pushable = useSuspenseQuery(termsQuery).data.parameters.push !== undefined;
  const count = services.data?.pages.flatMap((page) => page.items).length ?? 0;
  return (
    <Page
      title={t('services.title')}
      actions={
        <>
          {pushable ? (
            <Link to="/pushes" className="button">
              {t('pushes.open')}
            </Link>
          ) : null}
          <Needs area="money" quiet>
            <Link to="/billing" search={{ tab: 'ahead' }} className="button">
              {t('ahead.title')}
            </Link>
            {count > 1 ? (
              <Link to="/services/align" className="button">
                {t('align.open')}
              </Link>
            ) : null}
            {byUse ? null : (
              <Link to="/order" className="button button-strong">
                {t('services.buy')}
              </Link>
            )}
          </Needs>
        </>
      }
    >
      <QueryState query={services}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          const gone = items.filter((service) => service.state === 'deleted').length;
          if (items.length === 0 && byUse) return <OnlyByUse />;
          if (items.length === 0) {
            return (
              <Quiet title={t('services.empty')}>
                <Needs area="money" quiet>
                  <p>{t('services.emptyText')}</p>
                  <Link to="/" hash="plans" className="button">
                    {t('nav.plans')}
                  </Link>
                </Needs>
              </Quiet>
            );
          }
          const shown = data.pages.map((page) => ({
            items: page.items.filter((service) => all || service.state !== 'deleted'),
          }));
          return (
            <Panel>
              <PagedTable
                query={{ ...services, data: { ...data, pages: shown } } as never}
                label={t('services.title')}
                empty={t('services.gone', { count: gone })}
                rowKey={(service: Service) => service.id}
                columns={columns}
              />
              {gone > 0 ? (
                <p style={{ marginTop: 10 }}>
                  <Checkbox checked={all} onChange={(event) => setAll(event.target.checked)}>
                    {t('services.showGone')} <span className="faint">({gone})</span>
                  </Checkbox>
                </p>
              ) : null}
            </Panel>
          );
        }}
      </QueryState>
    </Page>
  );
}

function useColumns(): Column<Service>[] {
  const { t, pick } = useTexts();
  return [
    {
      title: t('services.name'),
      cell: (service) => (
        <>
          <Link to="/services/$id" params={{ id: service.id }}>
            <strong>{service.label}</strong>
          </Link>{' '}
          {service.instance?.simulated ? <SimulatedLabel /> : null}
        </>
      ),
    },
    {
      title: t('services.state'),
      cell: (service) =>
        service.state === 'active' && service.instance ? (
          <PowerTag instance={service.instance} />
        ) : (
          <ServiceStateTag state={service.state} />
        ),
    },
    {
      title: t('services.plan'),
      cell: (service) => (
        <>
          {pick(service.plan_name)} <span className="faint">{pick(service.region_name)}</span>
        </>
      ),
    },
    {
      title: t('services.address'),
      cell: (service) => {
        const ssh = service.state === 'active' ? service.instance?.ssh : null;
        if (!ssh) return <span className="faint">—</span>;
        return (
          <>
            <code>
              {ssh.host}:{ssh.port}
            </code>{' '}
            <CopyButton text={ssh.command} label={t('service.copySsh')} />
          </>
        );
      },
    },
    {
      title: t('services.expires'),
      keep: true,
      cell: (service) =>
        service.state === 'active' || service.state === 'suspended' ? (
          <>
            <When at={service.period_end} parts="date" /> <TimeLeft service={service} />
          </>
        ) : (
          <span className="faint">—</span>
        ),
    },
  ];
}
