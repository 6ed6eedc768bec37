import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import { ApiProblem } from './problem.ts';
import type { Body, StaffPayment } from './types.ts';

/** What the back office reads and does. */

export const staffSessionQuery = queryOptions({
  queryKey: ['staff', 'session'],
  queryFn: async () => {
    try {
      return await answer(api.GET('/staff/auth/session'));
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 10_000,
});

export const overviewQuery = queryOptions({
  queryKey: ['staff', 'overview'],
  queryFn: () => answer(api.GET('/staff/overview')),
  refetchInterval: 15_000,
});

export function customersQuery(q: string) {
  return queryOptions({
    queryKey: ['staff', 'customers', q],
    queryFn: () => answer(api.GET('/staff/customers', { params: { query: q ? { q } : {} } })),
  });
}

export function customerQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'customer', id],
    queryFn: () => answer(api.GET('/staff/customers/{id}', { params: { path: { id } } })),
  });
}

export const staffServicesQuery = queryOptions({
  queryKey: ['staff', 'services'],
  queryFn: () => answer(api.GET('/staff/services')),
});

export const staffOrdersQuery = queryOptions({
  queryKey: ['staff', 'orders'],
  queryFn: () => answer(api.GET('/staff/orders')),
});

export function staffPaymentsQuery(state: StaffPayment['state'] | undefined) {
  return queryOptions({
    queryKey: ['staff', 'payments', state ?? 'all'],
    queryFn: () => answer(api.GET('/staff/payments', { params: { query: state ? { state } : {} } })),
  });
}

export const jobsQuery = queryOptions({
  queryKey: ['staff', 'jobs'],
  queryFn: () => answer(api.GET('/staff/jobs')),
  refetchInterval: 10_000,
});

export function auditQuery(filter: { customer?: string; subject?: string }) {
  return queryOptions({
    queryKey: ['staff', 'audit', filter],
    queryFn: () => answer(api.GET('/staff/audit', { params: { query: filter } })),
  });
}

export const nodesQuery = queryOptions({
  queryKey: ['staff', 'nodes'],
  queryFn: () => answer(api.GET('/staff/nodes')),
  refetchInterval: 15_000,
});

export const staffSignIn = (body: Body<'/staff/auth/sign-in', 'post'>) =>
  answer(api.POST('/staff/auth/sign-in', { body }));
export const staffSignOut = () => answer(api.POST('/staff/auth/sign-out'));
export const retryJob = (id: string) =>
  answer(api.POST('/staff/jobs/{id}/retry', { params: { path: { id } } }));
export const recordGuardianConsent = ({ id, reference }: { id: string; reference: string }) =>
  answer(
    api.POST('/staff/customers/{id}/guardian-consent', { body: { reference }, params: { path: { id } } }),
  );
