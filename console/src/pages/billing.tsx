import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { monthStatementQuery } from '../api/money.ts';
import { termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { AheadView } from '../ui/ahead.tsx';
import { parseYuan, yuan } from '../ui/format.ts';
import { Page, Panel, useSession } from '../ui/kit.tsx';
import { MoneyNav } from '../ui/money-nav.tsx';
import { presentMonth } from '../ui/month.ts';
import { Sums } from '../ui/sums.tsx';
import { useTimeFormat } from '../ui/time.tsx';
import { DebtList, GiftList, OrderList, PaymentList, StatementList } from './billing-lists.tsx';
import { MonthStatementTab } from './billing-month.tsx';

/** What the customer has and owes, and everything that ever moved it. */
export function BillingPage() {
  const { t } = useTexts();
  const { tab = 'statement' } = useSearch({ from: '/console/billing' });
  const navigate = useNavigate();
  const { parameters } = useSuspenseQuery(termsQuery).data;
  return (
    <Page
      title={t('billing.title')}
      actions={
        <Link to="/top-up" className="button button-strong">
          {t('nav.topUp')}
        </Link>
      }
    >
      <MoneyNav />
      <div className="stack">
        <Have />
        <Panel>
          <Tabs
            activeKey={tab}
            destroyOnHidden
            onChange={(next) => navigate({ to: '/billing', search: { tab: next }, replace: true })}
            items={[
              { key: 'statement', label: t('billing.statement'), children: <StatementList /> },
              { key: 'month', label: t('billing.month'), children: <MonthStatementTab /> },
              { key: 'payments', label: t('billing.payments'), children: <PaymentList /> },
              { key: 'orders', label: t('billing.orders'), children: <OrderList /> },
              { key: 'ahead', label: t('ahead.title'), children: <AheadView /> },
              { key: 'gifts', label: t('billing.gifts'), children: <GiftList /> },
              ...(parameters.metered
                ? [{ key: 'debts', label: t('billing.debts'), children: <DebtList /> }]
                : []),
            ]}
          />
        </Panel>
      </div>
    </Page>
  );
}

/** Cash is known from the session; the rest is where the running month's statement stands. */
function Have() {
  const { t } = useTexts();
  const session = useSession();
  const { zone } = useTimeFormat();
  const month = useQuery(monthStatementQuery(presentMonth(zone))).data;
  const some = (amount: string | undefined) => amount !== undefined && parseYuan(amount) !== 0n;
  return (
    <Sums
      items={[
        { name: t('billing.cash'), value: yuan(session.balance ?? '0'), note: t('billing.cashNote') },
        {
          name: t('billing.gift'),
          value: month ? yuan(month.gift.closing) : '…',
          note: t('billing.giftNote'),
        },
        ...(some(month?.frozen.closing)
          ? [
              {
                name: t('billing.frozen'),
                value: yuan(month!.frozen.closing),
                note: <Link to="/billing/funds">{t('billing.open')}</Link>,
              },
            ]
          : []),
        ...(some(month?.owed.closing)
          ? [
              {
                name: t('billing.owed'),
                value: yuan(month!.owed.closing),
                bad: true,
                note: (
                  <Link to="/billing" search={{ tab: 'debts' }}>
                    {t('billing.open')}
                  </Link>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}
