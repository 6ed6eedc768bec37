import type { ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from './act-button.tsx';
import { ProblemAlert } from './problem-alert.tsx';

interface Readable<T> {
  data: T | undefined;
  error: Error | null;
  isFetching: boolean;
  refetch: () => unknown;
}

/** Loading, failed or there: the three ways that a part of a page can be. Old data stays while new is read. */
export function QueryState<T>({ query, children }: { query: Readable<T>; children: (data: T) => ReactNode }) {
  const { t } = useTexts();
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    return (
      <ProblemAlert
        error={query.error}
        action={
          <ActButton size="small" busy={query.isFetching} onClick={() => query.refetch()}>
            {t('app.retry')}
          </ActButton>
        }
      />
    );
  }
  return (
    <div className="quiet" role="status">
      {t('app.loading')}
    </div>
  );
}
