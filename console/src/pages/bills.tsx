import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { App, Select } from 'antd';
import { type Bill, type ByBill, billsQuery, byBillQuery, chooseBills, payBill } from '../api/arrears.ts';
import { useAct } from '../api/client.ts';
import { sessionQuery, termsQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { ClauseChip } from '../ui/clause.tsx';
import { wholeFen, yuan } from '../ui/format.ts';
import { Page, Panel, Quiet } from '../ui/kit.tsx';
import { MoneyNav } from '../ui/money-nav.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Toned } from '../ui/state.tsx';
import { PagedTable, Table } from '../ui/table.tsx';
import { useTimeFormat, When } from '../ui/time.tsx';

/** Bills that are paid later, and which services renew by them. */
export function BillsPage() {
  const { t } = useTexts();
  const rule = useSuspenseQuery(termsQuery).data.parameters.bills;
  return (
    <Page
      title={t('bills.title')}
      lead={
        <>
          {t('bills.lead')} {rule ? <ClauseChip id={rule.clause} /> : null}
        </>
      }
    >
      <MoneyNav />
      <div className="stack">
        <Panel title={t('bills.list')}>
          <Bills />
        </Panel>
        <Panel title={t('bills.services')} lead={t('bills.servicesLead')}>
          <QueryState query={useQuery(byBillQuery)}>{(found) => <ByBillTable found={found} />}</QueryState>
        </Panel>
      </div>
    </Page>
  );
}

function Bills() {
  const { t } = useTexts();
  const services = useQuery(byBillQuery).data?.services ?? [];
  const nameOf = (id: string) => services.find((service) => service.id === id)?.label ?? id.slice(0, 8);
  return (
    <PagedTable
      query={useInfiniteQuery({ ...billsQuery, refetchInterval: 15_000 })}
      label={t('bills.list')}
      empty={t('bills.empty')}
      rowKey={(bill) => bill.id}
      columns={[
        { title: t('bills.number'), keep: true, cell: (bill) => <code>{bill.number}</code> },
        { title: t('bills.service'), cell: (bill) => nameOf(bill.service_id) },
        {
          title: t('bills.period'),
          cell: (bill) => (
            <>
              <When at={bill.period_start} parts="date" /> – <When at={bill.period_end} parts="date" />
            </>
          ),
        },
        { title: t('bills.due'), keep: true, cell: (bill) => <When at={bill.due_at} /> },
        { title: t('bills.fee'), end: true, keep: true, cell: (bill) => yuan(wholeFen(bill.late_fee)) },
        { title: t('bills.amount'), end: true, keep: true, cell: (bill) => yuan(bill.amount) },
        {
          title: t('bills.toPay'),
          end: true,
          keep: true,
          cell: (bill) => <strong>{yuan(wholeFen(bill.to_pay))}</strong>,
        },
        { title: t('billing.state'), cell: (bill) => <BillState bill={bill} /> },
        { title: t('bills.pay'), end: true, cell: (bill) => (bill.closed_at ? null : <Pay bill={bill} />) },
      ]}
    />
  );
}

const TONES = { open: 'busy', overdue: 'bad', paid: 'good', 'given-up': 'none' } as const;

export function BillState({ bill }: { bill: Pick<Bill, 'state' | 'end_at' | 'ended_at'> }) {
  const { t } = useTexts();
  const { instant: moment } = useTimeFormat();
  return (
    <>
      <Toned tone={TONES[bill.state]}>{t(`bills.stateOf.${bill.state}`)}</Toned>
      {bill.state === 'overdue' && bill.end_at ? (
        <div className="small faint">
          {bill.ended_at
            ? t('bills.endedAt', { at: moment(bill.ended_at) })
            : t('bills.endsAt', { at: moment(bill.end_at) })}
        </div>
      ) : null}
    </>
  );
}

/** Pays from the balance; what is missing leads to a top-up, which then pays the bill by itself. */
function Pay({ bill }: { bill: Bill }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const act = useAct(payBill, {
    onSuccess: async ({ missing }) => {
      await Promise.all(
        [['bills'], ['statement'], sessionQuery.queryKey].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      );
      const amount = wholeFen(missing);
      if (amount === '0.00') return void message.success(t('bills.paid'));
      void message.info(t('bills.missing', { missing: yuan(amount) }), 8);
      await navigate({ to: '/top-up', search: { amount, back: '/billing/bills' } });
    },
  });
  return (
    <ActButton
      type="primary"
      size="small"
      busy={act.isPending}
      aria-label={t('bills.payNumber', { number: bill.number })}
      onClick={() => act.mutate({ id: bill.id })}
    >
      {t('bills.pay')}
    </ActButton>
  );
}

function ByBillTable({ found }: { found: ByBill }) {
  const { t } = useTexts();
  if (!found.credit) return <Quiet>{t('bills.notOpen')}</Quiet>;
  return (
    <>
      <p className="panel-lead">
        {t('bills.credit', { limit: yuan(found.credit.limit), unpaid: yuan(wholeFen(found.credit.unpaid)) })}
      </p>
      <Table
        label={t('bills.services')}
        empty={t('bills.noServices')}
        rows={found.services}
        rowKey={(service) => service.id}
        columns={[
          { title: t('bills.service'), cell: (service) => service.label },
          { title: t('bills.expires'), keep: true, cell: (service) => <When at={service.period_end} /> },
          {
            title: t('bills.next'),
            keep: true,
            cell: (service) => (service.next_bill_at ? <When at={service.next_bill_at} /> : '–'),
          },
          { title: t('bills.by'), cell: (service) => <Choice service={service} /> },
        ]}
      />
    </>
  );
}

const ANY_PERIOD = [1, 3, 6, 12];

function Choice({ service }: { service: ByBill['services'][number] }) {
  const { t } = useTexts();
  const { message } = App.useApp();
  const queryClient = useQueryClient();
  const { periods } = useSuspenseQuery(termsQuery).data.parameters;
  const act = useAct(chooseBills, {
    onSuccess: async () => {
      void message.success(t('bills.set'));
      await queryClient.invalidateQueries({ queryKey: ['bills'] });
    },
  });
  return (
    <Select
      aria-label={`${t('bills.by')} ${service.label}`}
      style={{ minWidth: 190 }}
      value={service.months ?? 0}
      loading={act.isPending}
      onChange={(months: number) => act.mutate({ id: service.id, months: months || null })}
      options={[
        { value: 0, label: t('bills.byHand') },
        ...(periods?.months ?? ANY_PERIOD).map((value) => ({
          value,
          label: t('bills.byMonths', { count: value }),
        })),
      ]}
    />
  );
}
