import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Alert, Radio } from 'antd';
import { useState } from 'react';
import {
  publishRoots,
  type ReportName,
  reportQuery,
  sealsQuery,
  trialBalanceQuery,
} from '../../../api/staff-money.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { AskButton } from '../../../ui/ask.tsx';
import { FileLink } from '../../../ui/file-link.tsx';
import { yuan } from '../../../ui/format.ts';
import { QueryState } from '../../../ui/query-state.tsx';
import { PagedTable, Table } from '../../../ui/table.tsx';
import { When } from '../../../ui/time.tsx';
import { DeskTabs } from './desk-tabs.tsx';

/** What the ledger says: reports, trial balance, sealed days. */
export function BooksPage() {
  const { t } = useTexts();
  return (
    <DeskTabs
      title={t('desk.books')}
      tabs={[
        { key: 'reports', label: t('desk.reports'), children: <Reports /> },
        { key: 'trial', label: t('desk.trial'), children: <TrialBalance /> },
        { key: 'seals', label: t('desk.seals'), children: <Seals /> },
      ]}
    />
  );
}

const REPORTS: ReportName[] = ['revenue', 'deferred', 'owed', 'clearing', 'ageing'];

interface ReportRow {
  cells: Record<string, string>;
  at: number;
}

function Reports() {
  const { t, pick } = useTexts();
  const [report, setReport] = useState<ReportName>('revenue');
  const name = t(`desk.reportNames.${report}`);
  return (
    <>
      <div className="line-filter">
        <Radio.Group
          optionType="button"
          aria-label={t('desk.reports')}
          value={report}
          onChange={(event) => setReport(event.target.value as ReportName)}
          options={REPORTS.map((value) => ({ value, label: t(`desk.reportNames.${value}`) }))}
        />
        {(['csv', 'xlsx'] as const).map((format) => (
          <FileLink
            key={format}
            path={`/staff/reports/file?report=${report}&format=${format}`}
            name={`${name} ${t(`desk.${format}`)}`}
            label={t(`desk.${format}`)}
          />
        ))}
      </div>
      <QueryState query={useQuery(reportQuery(report))}>
        {(found) => (
          <>
            <Table
              label={pick(found.title)}
              empty={t('desk.emptyReport')}
              rows={found.rows.map((cells, at): ReportRow => ({ cells, at }))}
              rowKey={(row) => row.at}
              columns={found.columns.map(({ key, text, holds }) => ({
                title: pick(text),
                end: holds === 'amount',
                keep: holds === 'amount',
                cell: ({ cells }: ReportRow) =>
                  holds === 'amount' && cells[key] ? yuan(cells[key]) : (cells[key] ?? ''),
              }))}
            />
            {found.more ? <p className="faint small">{t('desk.moreRows')}</p> : null}
          </>
        )}
      </QueryState>
    </>
  );
}

function TrialBalance() {
  const { t } = useTexts();
  return (
    <QueryState query={useQuery(trialBalanceQuery)}>
      {(found) => (
        <div className="stack">
          <Alert
            showIcon
            type={found.debit === found.credit ? 'success' : 'error'}
            title={`${t(found.debit === found.credit ? 'desk.balanced' : 'desk.unbalanced')}: ${yuan(found.debit)} / ${yuan(found.credit)}`}
          />
          <Table
            label={t('desk.trial')}
            empty={t('desk.emptyReport')}
            rows={found.items}
            rowKey={(row) => `${row.kind} ${row.owner}`}
            columns={[
              { title: t('desk.account'), cell: (row) => <code>{row.kind}</code> },
              { title: t('desk.owner'), cell: (row) => row.owner ?? `× ${row.accounts}` },
              { title: t('desk.debit'), end: true, keep: true, cell: (row) => yuan(row.debit) },
              { title: t('desk.credit'), end: true, keep: true, cell: (row) => yuan(row.credit) },
            ]}
          />
        </div>
      )}
    </QueryState>
  );
}

function Seals() {
  const { t } = useTexts();
  return (
    <PagedTable
      query={useInfiniteQuery(sealsQuery)}
      label={t('desk.seals')}
      empty={t('desk.emptySeals')}
      rowKey={(row) => row.day}
      columns={[
        { title: t('desk.day'), keep: true, cell: (row) => row.day },
        { title: t('proof.entries'), end: true, cell: (row) => row.entries ?? '' },
        { title: t('desk.root'), cell: (row) => <span className="hash">{row.root ?? ''}</span> },
        {
          title: t('desk.sealed'),
          keep: true,
          cell: (row) => (row.sealed_at ? <When at={row.sealed_at} /> : ''),
        },
        {
          title: t('desk.published'),
          keep: true,
          cell: (row) => (row.published_at ? <When at={row.published_at} /> : ''),
        },
        {
          title: t('desk.act'),
          end: true,
          cell: (row) =>
            row.sealed_at && !row.published_at ? (
              <AskButton
                label={t('desk.publish')}
                name={`${t('desk.publish')} ${row.day}`}
                text={t('desk.publishText')}
                act={(_, key) => publishRoots(row.day, key)}
                done={t('desk.done')}
                refresh={[['staff', 'seals']]}
              />
            ) : null,
        },
      ]}
    />
  );
}
