import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { Alert, Button, Checkbox } from 'antd';
import { useState } from 'react';
import { acceptTerms } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { putOff } from '../api/put-off.ts';
import { acceptancesQuery, sessionQuery, termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { Page, Panel, useSession } from '../ui/kit.tsx';
import { useGoOn } from '../ui/on-from.ts';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { RevisionFacing } from '../ui/revision-facing.tsx';
import './accept-terms.css';
import { ClauseList } from './terms.tsx';

/** The agreement, and each of its highlighted limits confirmed by a box of its own. */
export function AcceptTermsPage() {
  const { t, pick } = useTexts();
  const { back } = useSearch({ from: '/console/accept-terms' });
  const goOn = useGoOn(back);
  const queryClient = useQueryClient();
  const session = useSession();
  const terms = useSuspenseQuery(termsQuery).data;
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const left = terms.highlights.filter((limit) => !confirmed.has(limit.id)).length;
  const act = useAct(acceptTerms, {
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      await queryClient.invalidateQueries({ queryKey: acceptancesQuery.queryKey });
      goOn();
    },
    // A newer version may have come out meanwhile: show that one, and ask again.
    onError: () => queryClient.invalidateQueries({ queryKey: termsQuery.queryKey }),
  });
  const confirm = (id: string, on: boolean) => {
    const next = new Set(confirmed);
    if (on) next.add(id);
    else next.delete(id);
    setConfirmed(next);
  };
  if (session.terms.accepted) {
    return (
      <Page title={t('accept.title')}>
        <RevisionFacing />
        <Alert
          type="success"
          showIcon
          title={t('accept.already')}
          action={<Button onClick={goOn}>{t('accept.next')}</Button>}
        />
      </Page>
    );
  }
  return (
    <Page title={t('accept.title')} lead={t('accept.lead')}>
      <div className="stack">
        <RevisionFacing />
        <Panel
          title={t('accept.full')}
          aside={
            <span className="faint small">
              {t('terms.meta', { version: terms.version, date: terms.published_on })}
            </span>
          }
        >
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section className="agreement" tabIndex={0} aria-label={pick(terms.title)}>
            <ClauseList terms={terms} />
          </section>
          <p className="faint small agreement-hash">
            {t('terms.hash')} <code>{terms.sha256}</code>
          </p>
        </Panel>
        <Panel>
          <fieldset className="confirmations">
            <legend>{t('accept.legend')}</legend>
            {terms.highlights.map((limit) => (
              <div key={limit.id} className={confirmed.has(limit.id) ? 'confirmed' : ''}>
                <Checkbox
                  checked={confirmed.has(limit.id)}
                  onChange={(event) => confirm(limit.id, event.target.checked)}
                >
                  <strong>{t('accept.confirm', { title: pick(limit.title) })}</strong>
                </Checkbox>
                <p>
                  {pick(limit.text)} <ClauseChip id={limit.clause} />
                </p>
              </div>
            ))}
          </fieldset>
          {act.error ? <ProblemAlert error={act.error} /> : null}
          <div className="confirm-act">
            <ActButton
              type="primary"
              disabled={left > 0}
              busy={act.isPending}
              onClick={() =>
                act.mutate({
                  version_id: terms.id,
                  sha256: terms.sha256,
                  highlights: terms.highlights.map((limit) => limit.id),
                })
              }
            >
              {t('accept.button')}
            </ActButton>
            {session.terms.revision?.in_force ? (
              <Button
                onClick={() => {
                  putOff(session.terms.revision?.version ?? '');
                  goOn();
                }}
              >
                {t('revisions.later')}
              </Button>
            ) : null}
            <span className="faint" role="status">
              {left > 0 ? t('accept.remaining', { count: left }) : ''}
            </span>
          </div>
        </Panel>
      </div>
    </Page>
  );
}
