import type { ReactNode } from 'react';
import type { Measure } from '../api/cases.ts';
import { useTexts } from '../i18n/texts.ts';
import { MeasureStateTag } from './case-state.tsx';
import { ClauseChip } from './clause.tsx';
import { Table } from './table.tsx';
import { When } from './time.tsx';

/** What was done about a case: by which clause, since when, and how it is taken back. */
export function MeasuresTable({
  rows,
  version,
  acts,
}: {
  rows: Measure[];
  version: string;
  acts?: (row: Measure) => ReactNode;
}) {
  const { t, pick } = useTexts();
  return (
    <Table
      label={t('cases.measures')}
      empty={t('cases.noMeasures')}
      rows={rows}
      rowKey={(row) => row.id}
      columns={[
        { title: t('cases.measure'), cell: (row) => <strong>{t(`measureName.${row.measure}`)}</strong> },
        {
          title: t('cases.clause'),
          keep: true,
          cell: (row) => <ClauseChip id={row.clause} version={version} />,
        },
        { title: t('cases.reason'), cell: (row) => row.reason },
        { title: t('cases.state'), cell: (row) => <MeasureStateTag state={row.state} /> },
        {
          title: t('cases.placed'),
          keep: true,
          cell: (row) => (row.placed_at ? <When at={row.placed_at} /> : '—'),
        },
        { title: t('cases.until'), keep: true, cell: (row) => (row.until ? <When at={row.until} /> : '—') },
        {
          title: t('cases.howLifted'),
          cell: (row) => row.reversal_reason ?? (row.reversal ? pick(row.reversal) : t('cases.never')),
        },
        ...(acts ? [{ title: t('cases.lift'), end: true, cell: acts }] : []),
      ]}
    />
  );
}
