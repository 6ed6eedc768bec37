import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/problem.ts';
import { sessionQuery } from './api/queries.ts';
import { staffSessionQuery } from './api/staff.ts';
import { type Heard, onOtherTab, tellTabs } from './api/tabs.ts';

/** Of nobody in particular, or of the staff. */
const KEPT = ['brand', 'catalogue', 'terms', 'session', 'staff', 'world'];

/**
 * Reads are tried again when no answer came. An answer that says "signed out" ends the session here too, which the
 * layouts behind the doors notice.
 */
export function makeQueryClient(): QueryClient {
  function onError(error: Error) {
    if (!(error instanceof ApiProblem) || error.code !== 'signed-out') return;
    const of = window.location.pathname.startsWith('/staff') ? 'staff' : 'customer';
    forget(of);
    tellTabs({ session: 'ended', of });
  }
  /** Nothing of whoever was here is kept, nor shown: the layouts behind the doors leave. */
  function forget(of: Heard['of']) {
    client.setQueryData(of === 'staff' ? staffSessionQuery.queryKey : sessionQuery.queryKey, null);
    client.removeQueries({
      predicate: ({ queryKey: [first, second] }) =>
        of === 'staff' ? first === 'staff' && second !== 'session' : !KEPT.includes(String(first)),
    });
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status >= 400),
        retryDelay: (attempt) => 600 * 2 ** attempt,
      },
      mutations: { retry: false },
    },
  });
  onOtherTab(({ session, of }) => {
    if (session === 'ended') forget(of);
    // Perhaps it was somebody else: what is on this page is asked for anew.
    else
      void client.resetQueries({
        predicate: ({ queryKey: [first] }) => first === 'session' || !KEPT.includes(String(first)),
      });
  });
  return client;
}
