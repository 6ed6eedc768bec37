import { useQuery } from '@tanstack/react-query';
import { Alert, Input, Pagination } from 'antd';
import { useState } from 'react';
import { type MonthStatement, monthStatementQuery } from '../api/money.ts';
import { useTexts } from '../i18n/texts.ts';
import { FileLink } from '../ui/file-link.tsx';
import { yuan } from '../ui/format.ts';
import { presentMonth } from '../ui/month.ts';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';
import { useTimeFormat, When } from '../ui/time.tsx';

/** One month: where the accounts stood before and after, what moved them, and the PDF of it. */
export function MonthStatementTab() {
  const { t } = useTexts();
  const { zone } = useTimeFormat();
  const [month, setMonth] = useState(() => presentMonth(zone));
  const [page, setPage] = useState(1);
  const statement = useQuery(monthStatementQuery(month, page));
  const parts = statement.data?.parts ?? 1;
  return (
    <div className="stack">
      <div className="line-filter">
        <label htmlFor="statement-month">{t('billing.pickMonth')}</label>
        <Input
          id="statement-month"
          type="month"
          value={month}
          max={presentMonth(zone)}
          style={{ width: 180 }}
          onChange={(event) => {
            if (!/^\d{4}-\d\d$/.test(event.target.value)) return;
            setMonth(event.target.value);
            setPage(1);
          }}
        />
        {Array.from({ length: parts }, (_, i) => i + 1).map((part) => (
          <FileLink
            key={part}
            path={parts > 1 ? `/statements/${month}/pdf?part=${part}` : `/statements/${month}/pdf`}
            name={`${t('billing.downloadPdf')} ${month}${parts > 1 ? ` ${part}/${parts}` : ''}`}
            label={parts > 1 ? `${t('billing.downloadPdf')} ${part}/${parts}` : t('billing.downloadPdf')}
          />
        ))}
      </div>
      <QueryState query={statement}>{(found) => <MonthShown statement={found} turn={setPage} />}</QueryState>
    </div>
  );
}

function MonthShown({ statement, turn }: { statement: MonthStatement; turn: (page: number) => void }) {
  const { t, pick } = useTexts();
  const accounts = (['cash', 'gift', 'frozen', 'owed'] as const)
    .map((kind) => ({ kind, ...statement[kind] }))
    .filter(
      ({ kind, opening, change, closing }) =>
        kind === 'cash' || [opening, change, closing].some((amount) => !/^-?0\.00$/.test(amount)),
    );
  return (
    <>
      {statement.open ? <Alert type="info" showIcon title={t('billing.openMonth')} /> : null}
      <Table
        label={t('billing.account')}
        rows={accounts}
        rowKey={(row) => row.kind}
        empty=""
        columns={[
          { title: t('billing.account'), cell: (row) => t(`billing.${row.kind}`) },
          { title: t('billing.opening'), end: true, keep: true, cell: (row) => yuan(row.opening) },
          { title: t('billing.change'), end: true, keep: true, cell: (row) => yuan(row.change) },
          {
            title: t('billing.closing'),
            end: true,
            keep: true,
            cell: (row) => <strong>{yuan(row.closing)}</strong>,
          },
        ]}
      />
      <Table
        label={t('billing.sums')}
        rows={statement.sums}
        rowKey={(row) => row.kind}
        empty={t('billing.emptyMonth')}
        columns={[
          { title: t('billing.sums'), cell: (row) => pick(row.text) },
          { title: t('billing.count'), end: true, cell: (row) => row.count },
          { title: t('billing.amount'), end: true, keep: true, cell: (row) => yuan(row.amount) },
        ]}
      />
      {statement.lines.length > 0 ? (
        <Table
          label={t('billing.statement')}
          rows={statement.lines}
          rowKey={(line) => line.id}
          empty=""
          columns={[
            { title: t('billing.at'), keep: true, cell: (line) => <When at={line.at} /> },
            { title: t('billing.text'), cell: (line) => pick(line.text) },
            { title: t('billing.amount'), end: true, keep: true, cell: (line) => yuan(line.amount) },
            { title: t('billing.balanceAfter'), end: true, keep: true, cell: (line) => yuan(line.balance) },
          ]}
        />
      ) : null}
      {statement.pages > 1 ? (
        <Pagination
          current={statement.page}
          total={statement.pages}
          pageSize={1}
          showSizeChanger={false}
          onChange={turn}
        />
      ) : null}
    </>
  );
}
