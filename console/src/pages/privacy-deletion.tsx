import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { askDeletion, deletionQuery, type Receipt, withdrawDeletion } from '../api/privacy.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { AskButton } from '../ui/ask.tsx';
import { Facts, Panel } from '../ui/kit.tsx';
import { ProblemAlert } from '../ui/problem-alert.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { When } from '../ui/time.tsx';

/** What stands in the way, the deletion itself, and the time in which it can be taken back. */
export function Deletion() {
  const { t, pick } = useTexts();
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  return (
    <Panel title={t('privacy.deletion')} lead={t('privacy.deletionLead')}>
      <QueryState query={useQuery(deletionQuery)}>
        {({ obstacles, asked }) => (
          <>
            {(['standing', 'known'] as const).map((which) => {
              const found = obstacles.filter(({ blocks }) => blocks === (which === 'standing'));
              return found.length === 0 ? null : (
                <section key={which} aria-label={t(`privacy.${which}`)}>
                  <h3>{t(`privacy.${which}`)}</h3>
                  <ul>
                    {found.map(({ kind, text }) => (
                      <li key={kind}>{pick(text)}</li>
                    ))}
                  </ul>
                </section>
              );
            })}
            {receipt ? <ReceiptShown receipt={receipt} /> : null}
            {asked?.act_at ? (
              <Waiting at={asked.act_at} withdrawn={() => setReceipt(null)} />
            ) : (
              <AskButton
                label={t('privacy.delete')}
                danger
                disabled={obstacles.some(({ blocks }) => blocks)}
                text={t('privacy.deleteSure')}
                act={async () => setReceipt(await askDeletion())}
                refresh={[['privacy']]}
              />
            )}
          </>
        )}
      </QueryState>
    </Panel>
  );
}

function Waiting({ at, withdrawn }: { at: string; withdrawn: () => void }) {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const withdraw = useAct(withdrawDeletion, {
    onSuccess: () => {
      withdrawn();
      return queryClient.invalidateQueries({ queryKey: ['privacy'] });
    },
  });
  return (
    <p>
      {withdraw.error ? <ProblemAlert error={withdraw.error} /> : null}
      {t('privacy.deleteAsked')} <When at={at} />{' '}
      <ActButton busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
        {t('privacy.withdraw')}
      </ActButton>
    </p>
  );
}

function ReceiptShown({ receipt }: { receipt: Receipt }) {
  const { t } = useTexts();
  return (
    <section aria-label={t('privacy.certificate')} role="note" className="note">
      <p>{t('privacy.receipt')}</p>
      <Facts
        items={[
          [t('privacy.number'), <code key="number">{receipt.number}</code>],
          [t('privacy.code'), <code key="code">{receipt.code}</code>],
        ]}
      />
    </section>
  );
}
