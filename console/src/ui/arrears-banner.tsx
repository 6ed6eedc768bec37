import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, App } from 'antd';
import { type Account, arrearsQuery, restartAccount } from '../api/arrears.ts';
import { useAct } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from './act-button.tsx';
import { ClauseChip } from './clause.tsx';
import { parseYuan, yuan } from './format.ts';
import { useTimeFormat } from './time.tsx';

/** On every page while the account is frozen or has ended: since when, by which clause, what to pay until when, what then. */
export function ArrearsBanner() {
  const account = useQuery(arrearsQuery).data?.account;
  if (!account?.since || account.state === 'running') return null;
  return account.state === 'frozen' ? <Frozen account={account} /> : <Ended account={account} />;
}

function Frozen({ account }: { account: Account }) {
  const { t } = useTexts();
  const { instant: moment } = useTimeFormat();
  const due = yuan(account.to_pay);
  return (
    <Alert
      type="error"
      showIcon
      style={{ marginBottom: 16 }}
      data-testid="arrears-banner"
      message={
        <>
          {t('arrears.frozen')} <ClauseChip id={account.clauses.freeze.id} />
        </>
      }
      description={
        <>
          <p>
            {t('arrears.frozenText', {
              since: moment(account.since!),
              until: moment(account.pay_until!),
              due,
            })}
          </p>
          <p style={{ marginBottom: 12 }}>
            {t('arrears.frozenThen')} <ClauseChip id={account.clauses.end.id} />
          </p>
          <Link
            to="/top-up"
            search={{ amount: account.to_pay, back: '/billing' }}
            className="button button-strong"
          >
            {t('arrears.pay', { due })}
          </Link>
        </>
      }
    />
  );
}

function Ended({ account }: { account: Account }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const { instant: moment } = useTimeFormat();
  const queryClient = useQueryClient();
  const due = yuan(account.to_pay);
  const owes = parseYuan(account.to_pay) > 0n;
  const restart = useAct(restartAccount, {
    onSuccess: async () => {
      void message.success(t('arrears.restarted'));
      await queryClient.invalidateQueries({ queryKey: arrearsQuery.queryKey });
    },
  });
  const since = moment(account.since!);
  const text = account.erased_at
    ? t('arrears.erasedText', { since, erased: moment(account.erased_at), due })
    : t('arrears.endedText', { since, erases: moment(account.erase_at!), due });
  return (
    <Alert
      type="error"
      showIcon
      style={{ marginBottom: 16 }}
      data-testid="arrears-banner"
      message={
        <>
          {t('arrears.ended')} <ClauseChip id={account.clauses.end.id} />
        </>
      }
      description={
        <>
          <p style={{ marginBottom: 12 }}>
            {text} <ClauseChip id={account.clauses.erase.id} />
          </p>
          {owes ? (
            <Link
              to="/top-up"
              search={{ amount: account.to_pay, back: '/billing' }}
              className="button button-strong"
            >
              {t('arrears.pay', { due })}
            </Link>
          ) : (
            <>
              <p>{t('arrears.endedPaid')}</p>
              <span className="acts">
                <Link to="/accept-terms" search={{ back: '/billing' }} className="button">
                  {t('arrears.accept')}
                </Link>
                <ActButton busy={restart.isPending} onClick={() => restart.mutate(undefined)}>
                  {t('arrears.restart')}
                </ActButton>
              </span>
            </>
          )}
        </>
      }
    />
  );
}
