import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { Button, Result } from 'antd';
import { useEffect } from 'react';
import { continuePayment } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { paymentQuery, sessionQuery } from '../api/queries.ts';
import type { Payment } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { yuan } from '../ui/format.ts';
import { Page, Panel } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { webAddress } from './top-up.tsx';
import { readReturn } from './top-up-memory.ts';
import { PayHere } from './top-up-pay.tsx';

/** Follows a payment until the channel has said how it ended. */
export function TopUpReturnPage() {
  const { t } = useTexts();
  const { id } = useParams({ from: '/console/top-up/$id' });
  const queryClient = useQueryClient();
  const payment = useQuery({
    ...paymentQuery(id),
    refetchInterval: (query) => (query.state.data && query.state.data.state !== 'pending' ? false : 1_500),
  });
  const state = payment.data?.state;
  useEffect(() => {
    if (state !== 'paid') return;
    void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ['statement'] });
    void queryClient.invalidateQueries({ queryKey: ['payments'] });
  }, [state, queryClient]);
  return (
    <Page title={t('topUp.returnTitle')}>
      <QueryState query={payment}>
        {(found) => (
          <div className="stack">
            {found.payable ? <PayHere payment={found} /> : null}
            <Panel>
              {found.payable && !found.presentation?.pay_url ? (
                <Waiting payment={found} />
              ) : (
                <Outcome payment={found} />
              )}
            </Panel>
          </div>
        )}
      </QueryState>
    </Page>
  );
}

const RESULT = {
  pending: 'info',
  paid: 'success',
  closed: 'warning',
  held: 'warning',
  returned: 'warning',
} as const;

/** Below a code or an account: what is waited for, in a line. */
function Waiting({ payment }: { payment: Payment }) {
  const { t } = useTexts();
  return (
    <p role="status" className="spaced">
      <Toned tone="busy">{t('topUp.pending')}</Toned>
      <span className="faint small">
        {t('topUp.number')} <code>{payment.out_trade_no}</code>
      </span>
      <Link to="/billing" search={{ tab: 'payments' }}>
        {t('topUp.toBilling')}
      </Link>
    </p>
  );
}

function Outcome({ payment }: { payment: Payment }) {
  const { t } = useTexts();
  const router = useRouter();
  const back = readReturn(payment.id);
  const { state } = payment;
  const act = useAct(continuePayment, {
    onSuccess: ({ pay_url }) => pay_url && window.location.assign(webAddress(pay_url)),
  });
  return (
    <div role="status">
      <Result
        status={RESULT[state]}
        title={t(`topUp.${state}`)}
        subTitle={
          <>
            {t(`topUp.${state}Text`, { amount: yuan(payment.amount) })}
            <br />
            <span className="small">
              {t('topUp.number')} <code>{payment.out_trade_no}</code>
            </span>
          </>
        }
        extra={[
          state === 'paid' && back ? (
            <Button key="order" type="primary" onClick={() => router.history.push(back)}>
              {t('topUp.toOrder')}
            </Button>
          ) : null,
          payment.payable && payment.presentation?.pay_url ? (
            <Button key="pay" loading={act.isPending} onClick={() => act.mutate({ id: payment.id })}>
              {t('topUp.continuePay')}
            </Button>
          ) : null,
          state === 'closed' ? (
            <Link
              key="again"
              to="/top-up"
              search={back ? { back, amount: payment.amount } : {}}
              className="button"
            >
              {t('topUp.again')}
            </Link>
          ) : null,
          <Link key="billing" to="/billing" className="button">
            {t('topUp.toBilling')}
          </Link>,
        ].filter(Boolean)}
      />
    </div>
  );
}
