import { useInfiniteQuery } from '@tanstack/react-query';
import { staffArrearsQuery, staffBillsQuery } from '../../../api/arrears.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { wholeFen, yuan } from '../../../ui/format.ts';
import { PagedTable } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { BillState } from '../../bills.tsx';
import { CustomerLink } from '../customer-link.tsx';
import { DeskTabs } from './desk-tabs.tsx';

/** Who is frozen or has ended over arrears, and which bills are unpaid. */
export function ArrearsPage() {
  const { t } = useTexts();
  return (
    <DeskTabs
      title={t('deskArrears.title')}
      tabs={[
        { key: 'frozen', label: t('deskArrears.frozen'), children: <Accounts state="frozen" /> },
        { key: 'ended', label: t('deskArrears.ended'), children: <Accounts state="ended" /> },
        { key: 'bills', label: t('deskArrears.bills'), children: <Bills /> },
      ]}
    />
  );
}

function Accounts({ state }: { state: 'frozen' | 'ended' }) {
  const { t } = useTexts();
  const frozen = state === 'frozen';
  return (
    <PagedTable
      query={useInfiniteQuery(staffArrearsQuery(state))}
      label={t(`deskArrears.${state}`)}
      empty={t(frozen ? 'deskArrears.emptyFrozen' : 'deskArrears.emptyEnded')}
      rowKey={(row) => row.customer_id}
      columns={[
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('deskArrears.since'), keep: true, cell: (row) => <When at={row.since} /> },
        {
          title: t(frozen ? 'deskArrears.ends' : 'deskArrears.erases'),
          keep: true,
          cell: (row) => <When at={row.until} />,
        },
        {
          title: t('deskArrears.reminders'),
          cell: (row) => (
            <>
              {row.reminders}{' '}
              {row.warned ? <span className="faint small">{t('deskArrears.warned')}</span> : null}
            </>
          ),
        },
        {
          title: t('deskArrears.owed'),
          end: true,
          keep: true,
          cell: (row) => <strong>{yuan(wholeFen(row.owed))}</strong>,
        },
      ]}
    />
  );
}

function Bills() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(staffBillsQuery)}
      label={t('deskArrears.bills')}
      empty={t('bills.empty')}
      rowKey={(row) => row.id}
      columns={[
        { title: t('bills.number'), keep: true, cell: (row) => <code>{row.number}</code> },
        { title: t('desk.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
        { title: t('bills.due'), keep: true, cell: (row) => <When at={row.due_at} /> },
        { title: t('desk.state'), cell: (row) => <BillState bill={row} /> },
        { title: t('bills.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        {
          title: t('bills.toPay'),
          end: true,
          keep: true,
          cell: (row) => <strong>{yuan(wholeFen(row.to_pay))}</strong>,
        },
      ]}
    />
  );
}
