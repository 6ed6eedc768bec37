import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  announceEnd,
  askBreach,
  type Life,
  proposeEnd,
  staffLifeQuery,
  withdrawProposal,
} from '../../api/life.ts';
import { type StaffService, staffServiceQuery } from '../../api/staff.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { fenDown, yuan } from '../../ui/format.ts';
import { Facts, Page, Panel, SimulatedLabel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { StaffNeeds } from '../../ui/staff-may.tsx';
import { PowerTag, ServiceStateTag } from '../../ui/state.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';
import { LifeFacts } from '../services/life-facts.tsx';
import { PolicyPanel } from '../services/policy-panel.tsx';
import { AuditTable } from './audit-table.tsx';
import { CustomerLink } from './customer-link.tsx';
import { PushesOf } from './pushes.tsx';

/** One service in the back office: what holds it, how it may be ended, what remains of it. */
export function StaffServicePage() {
  const { t } = useTexts();
  const { id } = useParams({ from: '/staff/services/$id' });
  const life = useQuery(staffLifeQuery(id));
  const service = useQuery(staffServiceQuery(id));
  return (
    <Page title={service.data?.label ?? t('staff.service')} lead={<code>{id}</code>}>
      <QueryState query={service}>{(found) => <What service={found} />}</QueryState>
      <QueryState query={life}>{(found) => <Ends id={id} life={found} />}</QueryState>
      <PolicyPanel serviceId={id} side="staff" />
      <PushesOf filter={{ service: id }} />
      <StaffNeeds area="audit">
        <Panel title={t('life.history')}>
          <AuditTable filter={{ subject: id }} />
        </Panel>
      </StaffNeeds>
    </Page>
  );
}

/** Whose it is, and how it stands. */
function What({ service }: { service: StaffService }) {
  const { t, pick } = useTexts();
  const { instance } = service;
  return (
    <Panel title={t('staff.service')}>
      <Facts
        items={[
          [t('staff.customer'), <CustomerLink key="customer" id={service.customer_id} />],
          [
            t('staff.state'),
            <span key="state" className="spaced">
              <ServiceStateTag state={service.state} />
              {instance ? <PowerTag instance={instance} /> : null}
              {instance?.simulated ? <SimulatedLabel /> : null}
            </span>,
          ],
          [t('staff.plan'), `${pick(service.plan_name)} · ${pick(service.region_name)}`],
          [t('service.price'), `${yuan(service.price)} ${t('unit.perMonth')}`],
          [t('staff.expires'), <When key="expires" at={service.period_end} />],
          ...(instance?.ssh
            ? [
                [
                  t('service.connect'),
                  <code key="ssh">{`${instance.ssh.host}:${instance.ssh.port}`}</code>,
                ] satisfies [string, ReactNode],
              ]
            : []),
          [t('staff.created'), <When key="created" at={service.created_at} />],
        ]}
      />
    </Panel>
  );
}

function Ends({ id, life }: { id: string; life: Life }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { may, proposal, announced, end } = life;
  const refresh = [['staff', 'life', id]];
  const reason = { name: 'reason', label: t('life.reason'), kind: 'area' as const };
  const said = (values: Record<string, string>) => values.reason ?? '';
  return (
    <div className="stack">
      <LifeFacts life={life} certificate={`/staff/services/${id}/certificate`} />
      {end ? null : (
        <Panel title={t('life.title')}>
          <Facts
            items={[
              [t('life.left'), yuan(fenDown(life.left))],
              ...(announced
                ? [[t('life.announced', { at: instant(announced.at) }), announced.reason] as [string, string]]
                : []),
              ...(proposal
                ? [
                    [t('life.waiting', { refund: yuan(proposal.refund) }), proposal.reason] as [
                      string,
                      string,
                    ],
                  ]
                : []),
            ]}
          />
          <p className="spaced">
            {may.propose && !proposal ? (
              <AskButton
                label={t('life.propose')}
                text={t('life.proposeText')}
                fields={[{ name: 'refund', label: t('life.refund'), kind: 'money', initial: '0' }, reason]}
                act={(values, key) =>
                  proposeEnd(id, { refund: values.refund ?? '0', reason: said(values) }, key)
                }
                done={t('life.proposeDone')}
                refresh={refresh}
              />
            ) : null}
            {proposal ? (
              <AskButton
                label={t('life.withdraw')}
                act={() => withdrawProposal(id, proposal.id)}
                refresh={refresh}
              />
            ) : null}
            {may.end_by_notice && !announced ? (
              <AskButton
                label={t('life.notice')}
                text={t('life.noticeText')}
                fields={[reason]}
                act={(values, key) => announceEnd(id, said(values), key)}
                done={t('life.noticeDone')}
                refresh={refresh}
              />
            ) : null}
            {may.end_by_breach ? (
              <AskButton
                label={t('life.breach')}
                text={t('life.breachText')}
                fields={[reason]}
                danger
                act={(values, key) => askBreach(id, said(values), key)}
                done={t('life.breachDone')}
                refresh={refresh}
              />
            ) : null}
          </p>
        </Panel>
      )}
    </div>
  );
}
