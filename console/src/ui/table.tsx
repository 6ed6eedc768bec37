import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Key, ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from './act-button.tsx';
import { QueryState } from './query-state.tsx';

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** Figures stand at the end of the column. */
  end?: boolean;
  /** Never broken over lines. */
  keep?: boolean;
}

interface TableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => Key;
  empty: string;
}

/** A plain table that becomes a list of cards on a narrow screen (the roles keep it a table for assistive technology). */
export function Table<T>({ label, columns, rows, rowKey, empty }: TableProps<T>) {
  if (rows.length === 0) return <div className="quiet">{empty}</div>;
  return (
    <div className="table-wrap">
      {/* biome-ignore-start lint/a11y/noRedundantRoles: display:block on narrow screens would drop the implied ones */}
      <table className="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                role="columnheader"
                className={column.end ? 'end' : undefined}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td
                  key={column.title}
                  role="cell"
                  data-label={column.title}
                  className={`${column.end ? 'end' : ''} ${column.keep ? 'keep' : ''}`}
                >
                  <span>{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
    </div>
  );
}

/** The same over a list that is read page by page. */
export function PagedTable<T>({
  query,
  ...table
}: Omit<TableProps<T>, 'rows'> & { query: UseInfiniteQueryResult<{ pages: { items: T[] }[] }> }) {
  const { t } = useTexts();
  return (
    <QueryState query={query}>
      {(data) => (
        <>
          <Table {...table} rows={data.pages.flatMap((page) => page.items)} />
          {query.hasNextPage ? (
            <div className="table-more">
              <ActButton busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                {t('app.more')}
              </ActButton>
            </div>
          ) : null}
        </>
      )}
    </QueryState>
  );
}
