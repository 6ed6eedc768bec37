import { useQuery } from '@tanstack/react-query';
import { creditQuery, customerArrearsQuery, grantCredit, withdrawCredit } from '../../../api/arrears.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { wholeFen, yuan } from '../../../ui/format.ts';
import { Facts, Panel } from '../../../ui/kit.tsx';
import { QueryState } from '../../../ui/query-state.tsx';
import { When } from '../../../ui/time.tsx';

const STATES = { running: 'running', frozen: 'frozenState', ended: 'endedState' } as const;

/** How a customer's account stands, and whether it may pay by bill. Nothing where its terms know neither. */
export function CustomerCredit({ customerId }: { customerId: string }) {
  const { t } = useTexts();
  const account = useQuery(customerArrearsQuery(customerId)).data?.account;
  const credit = useQuery(creditQuery(customerId));
  if (!account && !credit.data?.possible) return null;
  return (
    <Panel title={t('deskArrears.title')}>
      {account ? (
        <Facts
          items={[
            [t('deskArrears.state'), t(`deskArrears.${STATES[account.state]}`)],
            ...(account.since
              ? ([[t('deskArrears.since'), <When key="since" at={account.since} />]] as [
                  string,
                  React.ReactNode,
                ][])
              : []),
            [t('deskArrears.owed'), yuan(wholeFen(account.to_pay))],
          ]}
        />
      ) : null}
      <QueryState query={credit}>
        {(found) => (found.possible ? <Credit customerId={customerId} credit={found.credit} /> : null)}
      </QueryState>
    </Panel>
  );
}

function Credit({
  customerId,
  credit,
}: {
  customerId: string;
  credit: { limit: string; unpaid: string; reason: string } | null;
}) {
  const { t } = useTexts();
  const refresh = [['staff', 'credit', customerId]];
  return (
    <>
      <p className="panel-lead">{t('deskArrears.creditLead')}</p>
      <Facts
        items={[
          [
            t('deskArrears.credit'),
            credit
              ? t('bills.credit', { limit: yuan(credit.limit), unpaid: yuan(wholeFen(credit.unpaid)) })
              : t('deskArrears.creditNone'),
          ],
          ...(credit ? ([[t('desk.reason'), credit.reason]] as [string, string][]) : []),
        ]}
      />
      <span className="acts">
        <AskButton
          label={t('deskArrears.grant')}
          fields={[
            { name: 'limit', label: t('deskArrears.limit'), kind: 'money' },
            { name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') },
          ]}
          act={({ limit = '', reason = '' }) => grantCredit(customerId, { limit, reason })}
          done={t('desk.done')}
          refresh={refresh}
        />
        {credit ? (
          <AskButton
            danger
            label={t('deskArrears.withdraw')}
            fields={[{ name: 'reason', label: t('desk.reason'), hint: t('desk.recorded') }]}
            act={({ reason = '' }) => withdrawCredit(customerId, reason)}
            done={t('desk.done')}
            refresh={refresh}
          />
        ) : null}
      </span>
    </>
  );
}
