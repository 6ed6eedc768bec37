import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/problem.ts';
import { sessionQuery } from './api/queries.ts';
import { staffSessionQuery } from './api/staff.ts';
import type { AppRouter } from './routes.tsx';

/** Reads are tried again when no answer came; whoever's session has ended signs in and comes back. */
export function makeQueryClient(router: () => AppRouter): QueryClient {
  function onError(error: Error) {
    if (!(error instanceof ApiProblem) || error.code !== 'signed-out') return;
    const { pathname, href } = router().state.location;
    const staff = pathname.startsWith('/staff');
    if (pathname === '/sign-in' || pathname === '/staff/sign-in') return;
    client.setQueryData(staff ? staffSessionQuery.queryKey : sessionQuery.queryKey, null);
    void router().navigate({
      to: staff ? '/staff/sign-in' : '/sign-in',
      search: { back: href, expired: true },
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
  return client;
}
