import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { sessionQuery } from '../api/queries.ts';
import { tellTabs } from '../api/tabs.ts';

/** On to where the visitor was going, else to their services. `back` has been checked by the route. */
export function useGoOn(back: string | undefined) {
  const router = useRouter();
  return () => router.history.push(back ?? '/services');
}

/** Whoever signs in begins with nothing of whoever was here before. */
export function useBeginSession(back: string | undefined) {
  const queryClient = useQueryClient();
  const goOn = useGoOn(back);
  return async () => {
    queryClient.removeQueries({
      predicate: ({ queryKey }) => !['brand', 'catalogue', 'terms', 'session'].includes(String(queryKey[0])),
    });
    await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
    tellTabs({ session: 'begun', of: 'customer' });
    goOn();
  };
}
