import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/problem.ts';
import { sessionQuery } from './api/queries.ts';
import { staffSessionQuery } from './api/staff.ts';

/**
 * Reads are tried again when no answer came. An answer that says "signed out" ends the session here too, which the
 * layouts behind the doors notice.
 */
export function makeQueryClient(): QueryClient {
  function onError(error: Error) {
    if (!(error instanceof ApiProblem) || error.code !== 'signed-out') return;
    const staff = window.location.pathname.startsWith('/staff');
    client.setQueryData(staff ? staffSessionQuery.queryKey : sessionQuery.queryKey, null);
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
  return client;
}
