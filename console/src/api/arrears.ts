import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer } from './types.ts';

/** What follows when something isn't paid in time: accounts that pay by use, and bills. */

export type Account = NonNullable<Answer<'/api/v1/arrears', 'get'>['account']>;
export type Bill = Answer<'/api/v1/bills', 'get'>['items'][number];
export type ByBill = Answer<'/api/v1/bills/services', 'get'>;
export type StaffAccount = Answer<'/api/v1/staff/arrears', 'get'>['items'][number];

export const arrearsQuery = queryOptions({
  queryKey: ['arrears'],
  queryFn: () => answer(api.GET('/api/v1/arrears')),
  refetchInterval: 60_000,
});
export const certificatesQuery = queryOptions({
  queryKey: ['arrears', 'certificates'],
  queryFn: () => answer(api.GET('/api/v1/arrears/certificates')),
});
export const restartAccount = () => answer(api.POST('/api/v1/arrears/restart'));

export const billsQuery = pages(['bills'], (query) =>
  answer(api.GET('/api/v1/bills', { params: { query } })),
);
export const byBillQuery = queryOptions({
  queryKey: ['bills', 'services'],
  queryFn: () => answer(api.GET('/api/v1/bills/services')),
});
export const payBill = ({ id }: { id: string }, key: string) =>
  answer(api.POST('/api/v1/bills/{id}/pay', { params: { path: { id } }, headers: keyed(key) }));
export const chooseBills = ({ id, months }: { id: string; months: number | null }) =>
  answer(api.PUT('/api/v1/services/{id}/bill-renewal', { params: { path: { id } }, body: { months } }));

export const staffArrearsQuery = (state: 'frozen' | 'ended') =>
  pages(['staff', 'arrears', state], (query) =>
    answer(api.GET('/api/v1/staff/arrears', { params: { query: { ...query, state } } })),
  );
export const staffBillsQuery = pages(['staff', 'bills'], (query) =>
  answer(api.GET('/api/v1/staff/bills', { params: { query } })),
);
export function customerArrearsQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'customer-arrears', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/arrears', { params: { path: { id } } })),
  });
}
export function creditQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'credit', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/credit', { params: { path: { id } } })),
  });
}
export const grantCredit = (id: string, body: { limit: string; reason: string }) =>
  answer(api.PUT('/api/v1/staff/customers/{id}/credit', { params: { path: { id } }, body }));
export const withdrawCredit = (id: string, reason: string) =>
  answer(
    api.POST('/api/v1/staff/customers/{id}/credit/withdrawal', {
      params: { path: { id } },
      body: { reason },
    }),
  );
