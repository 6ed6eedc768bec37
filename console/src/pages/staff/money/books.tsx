import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Alert, Input, Radio } from 'antd';
import { useState } from 'react';
import {
  publishRoots,
  type ReportName,
  type ReportTime,
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
import { dayEnd, dayStart, useTimeFormat, When } from '../../../ui/time.tsx';
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

/** Days of the brand's zone, both of them in it. */
interface Days {
  from?: string;
  to?: string;
}

interface ReportRow {
  cells: Record<string, string>;
  at: number;
}

/** Revenue is of a span of days; everything else is what stood in the books when a day was over. */
function Reports() {
  const { t, pick } = useTexts();
  const { zone } = useTimeFormat();
  const [report, setReport] = useState<ReportName>('revenue');
  const [days, setDays] = useState<Days>({});
  const spanned = report === 'revenue';
  const time: ReportTime = spanned
    ? {
        ...(days.from ? { from: dayStart(days.from, zone) } : {}),
        ...(days.to ? { to: dayEnd(days.to, zone) } : {}),
      }
    : days.to
      ? { at: dayEnd(days.to, zone) }
      : {};
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
        {(spanned ? (['from', 'to'] as const) : (['to'] as const)).map((end) => (
          <Input
            key={end}
            type="date"
            aria-label={t(spanned ? `desk.reportDays.${end}` : 'desk.reportDays.at')}
            prefix={
              <span className="faint small">
                {t(spanned ? `desk.reportDays.${end}` : 'desk.reportDays.at')}
              </span>
            }
            style={{ width: 210 }}
            value={days[end] ?? ''}
            onChange={({ target }) => setDays((said) => ({ ...said, [end]: target.value }))}
          />
        ))}
        {(['csv', 'xlsx'] as const).map((format) => (
          <FileLink
            key={format}
            path={`/staff/reports/file?${new URLSearchParams({ report, format, ...time })}`}
            name={`${name} ${t(`desk.${format}`)}`}
            label={t(`desk.${format}`)}
          />
        ))}
      </div>
      <QueryState query={useQuery(reportQuery(report, time))}>
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
              { title: t('desk.account'), cell: (row) => <AccountName kind={row.kind} /> },
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

function AccountName({ kind }: { kind: string }) {
  const { t } = useTexts();
  const names: Record<string, string> = t('desk.accountKinds', { returnObjects: true });
  return (
    <>
      {names[kind] ?? null} <code className="faint small">{kind}</code>
    </>
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
