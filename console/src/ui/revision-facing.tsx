import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert } from 'antd';
import { agreeAfterAll, disagree, revisionsQuery } from '../api/terms.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from './ask.tsx';
import { Panel, useSession } from './kit.tsx';
import { RevisionChanges } from './revision-changes.tsx';
import { useTimeFormat, When } from './time.tsx';
import './revision.css';

const PROMISES = ['may-stop', 'settle-fees', 'data-download'] as const;

/** What a customer who accepted another version is told: what changes, how it comes under it, and how to disagree. */
export function RevisionFacing() {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { terms } = useSession();
  const { items } = useSuspenseQuery(revisionsQuery).data;
  const { revision } = terms;
  if (!revision || terms.disagreement) return null;
  const shown = items.find(({ version }) => version === revision.version);
  return (
    <Panel
      title={t(revision.in_force ? 'revisions.facing' : 'revisions.facingAhead')}
      lead={t('revisions.facingLead', {
        replaces: revision.replaces,
        version: revision.version,
        from: instant(revision.effective_at),
      })}
    >
      <div className="revision-facing">
        <RevisionChanges changes={shown?.changes ?? []} />
        <p className="faint">
          {t(revision.by === 'use' ? 'revisions.byUse' : 'revisions.byAccept')}{' '}
          <Link to="/terms/revisions/$version" params={{ version: revision.version }}>
            {t('revisions.both')}
          </Link>
        </p>
        {revision.on_disagree ? (
          <div className="revision-acts">
            <AskButton
              label={t('revisions.disagree')}
              title={t('revisions.disagreeTitle', { version: revision.version })}
              text={<Consequences promises={revision.on_disagree} days={revision.end_days} />}
              danger
              act={disagree}
              refresh={[['session'], ['services']]}
            />
          </div>
        ) : null}
      </div>
    </Panel>
  );
}

function Consequences({ promises, days }: { promises: string[]; days: number }) {
  const { t } = useTexts();
  return (
    <>
      <p>{t('revisions.disagreeText', { days })}</p>
      <ul>
        {PROMISES.filter((promise) => promises.includes(promise)).map((promise) => (
          <li key={promise}>{t(`revisions.promises.${promise}`)}</li>
        ))}
      </ul>
      <p>{t('revisions.disagreeNote')}</p>
    </>
  );
}

/** A disagreement that stands, wherever the customer goes, until it is taken back or done. */
export function DisagreementNotice() {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { disagreement } = useSession().terms;
  if (!disagreement) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('revisions.disagreed', { version: disagreement.version })}
      description={
        <>
          {t('revisions.disagreedLead', { ends: instant(disagreement.end_at) })} (§ {disagreement.clause},{' '}
          <When at={disagreement.at} />)
        </>
      }
      action={
        <AskButton
          label={t('revisions.withdraw')}
          act={agreeAfterAll}
          done={t('revisions.withdrawn')}
          refresh={[['session'], ['services']]}
        />
      }
    />
  );
}
