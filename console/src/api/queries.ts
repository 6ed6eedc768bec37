import { queryOptions } from '@tanstack/react-query';
import { keepPresent } from '../ui/now.ts';
import { answer, api } from './client.ts';
import { pages } from './pages.ts';
import { ApiProblem } from './problem.ts';
import { keepSessionHint } from './session-hint.ts';
import type { ChangeInput, MetricsWindow, QuoteInput } from './types.ts';

/** What the customer's pages read. */

export const brandQuery = queryOptions({
  queryKey: ['brand'],
  queryFn: async () => {
    const brand = await answer(api.GET('/api/v1/brand'));
    keepPresent(brand.moved_clock?.now ?? null);
    return brand;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: () => answer(api.GET('/api/v1/catalogue')),
  staleTime: 60_000,
});

export const termsQuery = queryOptions({
  queryKey: ['terms'],
  queryFn: () => answer(api.GET('/api/v1/terms')),
  staleTime: 60_000,
});

/** Null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => {
    try {
      const session = await answer(api.GET('/api/v1/auth/session'));
      keepSessionHint(true);
      return session;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error;
      keepSessionHint(false);
      return null;
    }
  },
  staleTime: 10_000,
});

export function quoteQuery(input: QuoteInput) {
  return queryOptions({
    queryKey: ['quote', input],
    queryFn: () => answer(api.POST('/api/v1/quote', { body: input })),
    staleTime: 30_000,
  });
}

export const statementQuery = pages(['statement'], (query) =>
  answer(api.GET('/api/v1/statement', { params: { query } })),
);
export const paymentsQuery = pages(['payments'], (query) =>
  answer(api.GET('/api/v1/payments', { params: { query } })),
);
export const ordersQuery = pages(['orders'], (query) =>
  answer(api.GET('/api/v1/orders', { params: { query } })),
);
export const noticesQuery = pages(['notices'], (query) =>
  answer(api.GET('/api/v1/notices', { params: { query } })),
);
export const servicesQuery = pages(['services'], (query) =>
  answer(api.GET('/api/v1/services', { params: { query } })),
);

export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: ['payment', id],
    queryFn: () => answer(api.GET('/api/v1/payments/{id}', { params: { path: { id } } })),
  });
}

export function serviceQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id],
    queryFn: () => answer(api.GET('/api/v1/services/{id}', { params: { path: { id } } })),
  });
}

export function stepsQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'steps'],
    queryFn: () => answer(api.GET('/api/v1/services/{id}/steps', { params: { path: { id } } })),
  });
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'history'],
    queryFn: () => answer(api.GET('/api/v1/services/{id}/history', { params: { path: { id } } })),
  });
}

export function mappingsQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'mappings'],
    queryFn: () => answer(api.GET('/api/v1/services/{id}/mappings', { params: { path: { id } } })),
  });
}

export function renewalQuery(id: string, query: { months: number; coupon?: string }) {
  return queryOptions({
    queryKey: ['service', id, 'renewal', query],
    queryFn: () =>
      answer(api.GET('/api/v1/services/{id}/renewals/preview', { params: { path: { id }, query } })),
    retry: false,
  });
}

export function changeQuery(id: string, body: ChangeInput) {
  return queryOptions({
    queryKey: ['service', id, 'change', body],
    queryFn: () =>
      answer(api.POST('/api/v1/services/{id}/changes/preview', { body, params: { path: { id } } })),
    retry: false,
  });
}

export function endQuery(id: string) {
  return queryOptions({
    queryKey: ['service', id, 'end'],
    queryFn: () => answer(api.GET('/api/v1/services/{id}/end', { params: { path: { id } } })),
  });
}

export function metricsQuery(id: string, window: MetricsWindow) {
  return queryOptions({
    queryKey: ['service', id, 'metrics', window],
    queryFn: () =>
      answer(api.GET('/api/v1/services/{id}/metrics', { params: { path: { id }, query: { window } } })),
    refetchInterval: window === '1h' ? 15_000 : 60_000,
  });
}

export const signInsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: () => answer(api.GET('/api/v1/account/sessions')),
});

export const acceptancesQuery = queryOptions({
  queryKey: ['account', 'acceptances'],
  queryFn: () => answer(api.GET('/api/v1/terms/acceptances')),
});

export const mailboxQuery = queryOptions({
  queryKey: ['dev', 'mailbox'],
  queryFn: () => answer(api.GET('/api/v1/dev/mailbox')),
  refetchInterval: 3_000,
});
