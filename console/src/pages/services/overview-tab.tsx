import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { catalogueQuery } from '../../api/queries.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { megabytes, yuan } from '../../ui/format.ts';
import { Facts, Panel, SimulatedLabel } from '../../ui/kit.tsx';
import { LoadingPage } from '../../ui/page-states.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';
import { BackupNote } from './backup-note.tsx';
import { PushOffer } from './push-panel.tsx';

const Charts = lazy(() => import('./charts.tsx').then((m) => ({ default: m.Charts })));

export function OverviewTab({ service }: { service: Service }) {
  const gone = service.state === 'deleted';
  return (
    <div className="overview">
      <div className="stack">
        {gone ? null : <Connect service={service} />}
        <Specification service={service} />
        {gone ? null : <BackupNote service={service} />}
        <PushOffer service={service} />
      </div>
      {gone ? null : (
        <Suspense fallback={<LoadingPage />}>
          <Charts serviceId={service.id} running={service.instance?.power === 'running'} />
        </Suspense>
      )}
    </div>
  );
}

function Connect({ service }: { service: Service }) {
  const { t } = useTexts();
  const { instance } = service;
  return (
    <Panel title={t('service.connect')}>
      {instance?.ssh ? (
        <p className="ssh-line">
          <span className="sr">{t('service.ssh')}</span>
          <code data-testid="ssh">{instance.ssh.command}</code>
          <CopyButton text={instance.ssh.command} label={t('service.copySsh')} />
        </p>
      ) : null}
      <Facts
        items={[
          [t('service.publicAddress'), <code key="public">{instance?.public_address ?? '—'}</code>],
          [
            t('service.portRange'),
            <code key="range">
              {instance?.port_range ? `${instance.port_range.from}–${instance.port_range.to}` : '—'}
            </code>,
          ],
          [t('service.privateAddress'), <code key="private">{instance?.private_address ?? '—'}</code>],
        ]}
      />
    </Panel>
  );
}

/** By its name, as it was bought; one that is no longer sold by its code. */
function ImageName({ id }: { id: string }) {
  const { pick } = useTexts();
  const image = useQuery(catalogueQuery).data?.images.find((each) => each.id === id);
  return image ? pick(image.name) : id;
}

function Specification({ service }: { service: Service }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { instance } = service;
  return (
    <Panel title={t('service.specs')}>
      <Facts
        items={[
          ...(instance
            ? ([
                [
                  t('service.size'),
                  <span key="size" className="spaced">
                    <span>{t('unit.core', { count: instance.cpus })}</span>
                    <span>{megabytes(instance.memory_mb)}</span>
                    <span>{instance.disk_gb} GB</span>
                    <span>{instance.bandwidth_mbps} Mbps</span>
                  </span>,
                ],
                [t('service.image'), <ImageName key="image" id={instance.image} />],
                [
                  t('service.node'),
                  <span key="node">
                    {instance.node_product ?? '—'} {instance.simulated ? <SimulatedLabel /> : null}
                  </span>,
                ],
              ] as [string, ReactNode][])
            : []),
          [
            t('service.price'),
            <span key="price" className="spaced">
              <span>
                {yuan(service.price)} {t('unit.perMonth')}
              </span>
              {service.price_ahead ? (
                <Link to="/billing/prices">
                  {t('prices.ahead', {
                    price: yuan(service.price_ahead.price),
                    at: instant(service.price_ahead.from, 'date'),
                  })}
                </Link>
              ) : null}
            </span>,
          ],
          [t('service.created'), <When key="created" at={service.created_at} />],
        ]}
      />
    </Panel>
  );
}
