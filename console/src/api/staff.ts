import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import { pages } from './pages.ts';
import { ApiProblem } from './problem.ts';
import type { Answer, Body, StaffPayment } from './types.ts';

/** What the back office reads and does. */

export const staffSessionQuery = queryOptions({
  queryKey: ['staff', 'session'],
  queryFn: async () => {
    try {
      return await answer(api.GET('/api/v1/staff/auth/session'));
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 10_000,
});

export const overviewQuery = queryOptions({
  queryKey: ['staff', 'overview'],
  queryFn: () => answer(api.GET('/api/v1/staff/overview')),
  refetchInterval: 15_000,
});

export function customersQuery(q: string) {
  return pages(['staff', 'customers', q], (query) =>
    answer(api.GET('/api/v1/staff/customers', { params: { query: { ...query, ...(q ? { q } : {}) } } })),
  );
}

export function customerQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'customer', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}', { params: { path: { id } } })),
  });
}

/** Of all customers, or of one; all of them, or what these words find. */
interface Sought {
  customer?: string | undefined;
  q?: string | undefined;
}
const sought = ({ customer, q }: Sought) => ({ ...(customer ? { customer } : {}), ...(q ? { q } : {}) });

export function staffServicesQuery({ customer, q }: Sought) {
  return pages(['staff', 'services', customer ?? 'all', q ?? ''], (query) =>
    answer(
      api.GET('/api/v1/staff/services', {
        params: { query: { ...query, ...sought({ customer, q }) } },
      }),
    ),
  );
}

export type StaffService = Answer<'/api/v1/staff/services/{id}', 'get'>;
export function staffServiceQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'service', id],
    queryFn: () => answer(api.GET('/api/v1/staff/services/{id}', { params: { path: { id } } })),
  });
}

export function staffOrdersQuery({ customer, q }: Sought) {
  return pages(['staff', 'orders', customer ?? 'all', q ?? ''], (query) =>
    answer(api.GET('/api/v1/staff/orders', { params: { query: { ...query, ...sought({ customer, q }) } } })),
  );
}

export function staffPaymentsQuery(state: StaffPayment['state'] | undefined) {
  return pages(['staff', 'payments', state ?? 'all'], (query) =>
    answer(
      api.GET('/api/v1/staff/payments', { params: { query: { ...query, ...(state ? { state } : {}) } } }),
    ),
  );
}

export const jobsQuery = queryOptions({
  queryKey: ['staff', 'jobs'],
  queryFn: () => answer(api.GET('/api/v1/staff/jobs')),
  refetchInterval: 10_000,
});

export type AuditAct = Answer<'/api/v1/staff/audit', 'get'>['items'][number];
export function auditQuery(filter: { customer?: string; subject?: string }) {
  return pages(['staff', 'audit', filter.customer ?? '', filter.subject ?? ''], (query) =>
    answer(api.GET('/api/v1/staff/audit', { params: { query: { ...query, ...filter } } })),
  );
}

/** Of all nodes the names alone, for whoever acts for services. */
export const nodeNamesQuery = queryOptions({
  queryKey: ['staff', 'nodes', 'names'],
  queryFn: () => answer(api.GET('/api/v1/staff/nodes/names')),
});
export const nodesQuery = queryOptions({
  queryKey: ['staff', 'nodes'],
  queryFn: () => answer(api.GET('/api/v1/staff/nodes')),
  refetchInterval: 15_000,
});

export const staffSignIn = (body: Body<'/api/v1/staff/auth/sign-in', 'post'>) =>
  answer(api.POST('/api/v1/staff/auth/sign-in', { body }));
export const staffSignOut = () => answer(api.POST('/api/v1/staff/auth/sign-out'));
export const retryJob = (id: string) =>
  answer(api.POST('/api/v1/staff/jobs/{job_id}/retry', { params: { path: { job_id: id } } }));
export const recordGuardianConsent = ({ id, reference }: { id: string; reference: string }) =>
  answer(
    api.POST('/api/v1/staff/customers/{id}/guardian-consent', {
      body: { reference },
      params: { path: { id } },
    }),
  );
