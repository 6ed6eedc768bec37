import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { answerProposal, lifeQuery, openReadOut } from '../../api/life.ts';
import type { Service } from '../../api/types.ts';
import { useTexts } from '../../i18n/texts.ts';
import { AskButton } from '../../ui/ask.tsx';
import { yuan } from '../../ui/format.ts';
import { useTimeFormat } from '../../ui/time.tsx';
import { LifeFacts } from './life-facts.tsx';

/** What holds a service, what is proposed or announced to end it, and what became of its data, for its customer. */
export function LifePanel({ service }: { service: Service }) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { data: life } = useQuery(lifeQuery(service.id));
  if (!life) return null;
  const { proposal, announced, read_out: readOut } = life;
  const refresh = [['service', service.id]];
  return (
    <>
      {announced ? (
        <Alert
          type="warning"
          showIcon
          title={t('life.announced', { at: instant(announced.at) })}
          description={t('life.announcedWhy', { reason: announced.reason })}
        />
      ) : null}
      {proposal ? (
        <Alert
          type="info"
          showIcon
          title={t('life.proposed', { refund: yuan(proposal.refund) })}
          description={t('life.proposedWhy', {
            reason: proposal.reason,
            until: instant(proposal.expires_at),
          })}
          action={
            <span className="spaced">
              <AskButton
                label={t('life.accept')}
                text={t('life.acceptText', { refund: yuan(proposal.refund) })}
                danger
                act={(_, key) => answerProposal(service.id, proposal.id, true, key)}
                done={t('life.accepted')}
                refresh={refresh}
              />
              <AskButton
                label={t('life.decline')}
                act={(_, key) => answerProposal(service.id, proposal.id, false, key)}
                done={t('life.declined')}
                refresh={refresh}
              />
            </span>
          }
        />
      ) : null}
      <LifeFacts life={life} certificate={`/services/${service.id}/certificate`} />
      {readOut && !readOut.used ? (
        <p>
          <AskButton
            label={t('life.readOut')}
            text={t('life.readOutText', { hours: readOut.hours })}
            act={() => openReadOut(service.id)}
            done={t('life.readOutDone')}
            refresh={refresh}
          />
        </p>
      ) : null}
    </>
  );
}
