import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import {
  announceEnd,
  askBreach,
  type Life,
  proposeEnd,
  staffLifeQuery,
  withdrawProposal,
} from '../../api/life.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { yuan } from '../../ui/format.ts';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { QueryState } from '../../ui/query-state.tsx';
import { StaffNeeds } from '../../ui/staff-may.tsx';
import { useTimeFormat } from '../../ui/time.tsx';
import { LifeFacts } from '../services/life-facts.tsx';
import { PolicyPanel } from '../services/policy-panel.tsx';
import { AuditTable } from './audit-table.tsx';
import { PushesOf } from './pushes.tsx';

/** One service in the back office: what holds it, how it may be ended, what remains of it. */
export function StaffServicePage() {
  const { t } = useTexts();
  const { id } = useParams({ from: '/staff/services/$id' });
  const life = useQuery(staffLifeQuery(id));
  return (
    <Page title={t('life.title')} lead={<code>{id}</code>}>
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
              [t('life.left'), yuan(life.left)],
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
