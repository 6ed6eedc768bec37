import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { MetricsWindow } from './types.ts';

/** What the customer's pages read. */

export const brandQuery = queryOptions({
  queryKey: ['brand'],
  queryFn: () => answer(api.GET('/brand')),
  staleTime: Number.POSITIVE_INFINITY,
});

export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: () => answer(api.GET('/catalogue')),
  staleTime: 60_000,
});

export const termsQuery = queryOptions({
  queryKey: ['terms'],
  queryFn: () => answer(api.GET('/terms')),
  staleTime: 60_000,
});

/** Null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    try {
      return await answer(api.GET('/auth/session'));
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 10_000,
});

export function quoteQuery(input: { plan: string; region: string; months: number }) {
  return queryOptions({
    queryKey: ['quote', input],
    queryFn: () => answer(api.POST('/quote', { body: input })),
    staleTime: 30_000,
  });
}

/** Lists are read in pages of at most 100, newest first. */
function pages<T>(
  key: string[],
  read: (before: string | undefined) => Promise<{ items: T[]; next?: string | null }>,
) {
  return infiniteQueryOptions({
    queryKey: [...key, 'pages'],
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export const statementQuery = pages(['statement'], (before) =>
  answer(api.GET('/statement', { params: { query: before ? { before } : {} } })),
);
export const paymentsQuery = pages(['payments'], (before) =>
  answer(api.GET('/payments', { params: { query: before ? { before } : {} } })),
);
export const ordersQuery = pages(['orders'], (before) =>
  answer(api.GET('/orders', { params: { query: before ? { before } : {} } })),
);
export const noticesQuery = pages(['notices'], (before) =>
  answer(api.GET('/notices', { params: { query: before ? { before } : {} } })),
);
export const servicesQuery = pages(['services'], (before) =>
  answer(api.GET('/services', { params: { query: before ? { before } : {} } })),
);

export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: ['payment', id],
    queryFn: () => answer(api.GET('/payments/{id}', { params: { path: { id } } })),
  });
}

export function serviceQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id],
    queryFn: () => answer(api.GET('/services/{id}', { params: { path: { id } } })),
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'steps'],
    queryFn: () => answer(api.GET('/services/{id}/steps', { params: { path: { id } } })),
  });
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'history'],
    queryFn: () => answer(api.GET('/services/{id}/history', { params: { path: { id } } })),
  });
}

export function mappingsQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'mappings'],
    queryFn: () => answer(api.GET('/services/{id}/mappings', { params: { path: { id } } })),
  });
}

export function metricsQuery(id: string, window: MetricsWindow) {
  return queryOptions({
    queryKey: ['service', id, 'metrics', window],
    queryFn: () => answer(api.GET('/services/{id}/metrics', { params: { path: { id }, query: { window } } })),
    refetchInterval: window === '1h' ? 15_000 : 60_000,
  });
}

export const signInsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: () => answer(api.GET('/account/sessions')),
});

export const acceptancesQuery = queryOptions({
  queryKey: ['account', 'acceptances'],
  queryFn: () => answer(api.GET('/terms/acceptances')),
});

export const mailboxQuery = queryOptions({
  queryKey: ['dev', 'mailbox'],
  queryFn: () => answer(api.GET('/dev/mailbox')),
  refetchInterval: 3_000,
});
