import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** What a customer may do, what holds for a service, restrictions, filings, negotiated contracts. */

export type Gate = Answer<'/api/v1/gates', 'get'>['items'][number];
export type Filing = Answer<'/api/v1/filings', 'get'>['items'][number];
export type FilingBody = Body<'/api/v1/filings', 'post'>;
export type Policy = Answer<'/api/v1/services/{id}/policy', 'get'>;
export type Contract = Answer<'/api/v1/service-contracts', 'get'>['items'][number];
export type ContractBody = Body<'/api/v1/staff/customers/{id}/service-contracts', 'post'>;
export type RestrictionBody = Body<'/api/v1/staff/customers/{id}/restrictions', 'post'>;

/** In the order in which pages show them. */
export const ACTS = [
  'buy',
  'mainland',
  'renew',
  'website',
  'withdraw',
  'push',
  'top-up',
  'tax-invoice',
  'contract',
] as const satisfies readonly Gate['act'][];

export const FILING_KINDS = [
  'icp-filing',
  'icp-licence',
  'bbs',
  'online-games',
  'news',
  'publishing',
  'education',
  'health',
  'medicine-and-devices',
] as const satisfies readonly Filing['kind'][];

const at = (id: string) => ({ path: { id } });

export const gatesQuery = queryOptions({
  queryKey: ['gates'],
  queryFn: () => answer(api.GET('/api/v1/gates')),
});
export const filingsQuery = pages(['filings'], (query) =>
  answer(api.GET('/api/v1/filings', { params: { query } })),
);
export const addFiling = (body: FilingBody, key: string) =>
  answer(api.POST('/api/v1/filings', { body, headers: keyed(key) }));
export const withdrawFiling = (id: string) => answer(api.DELETE('/api/v1/filings/{id}', { params: at(id) }));
export const ownContractsQuery = pages(['service-contracts'], (query) =>
  answer(api.GET('/api/v1/service-contracts', { params: { query } })),
);

export function policyQuery(id: string, side: 'customer' | 'staff') {
  return queryOptions({
    queryKey: side === 'staff' ? ['staff', 'policy', id] : ['services', id, 'policy'],
    queryFn: () =>
      side === 'staff'
        ? answer(api.GET('/api/v1/staff/services/{id}/policy', { params: at(id) }))
        : answer(api.GET('/api/v1/services/{id}/policy', { params: at(id) })),
  });
}

export function customerGatesQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'gates', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/gates', { params: at(id) })),
  });
}
export function restrictionsQuery(customer: string) {
  return pages(['staff', 'restrictions', customer], (query) =>
    answer(api.GET('/api/v1/staff/restrictions', { params: { query: { ...query, customer } } })),
  );
}
export const placeRestriction = ({ id, ...body }: RestrictionBody & { id: string }, key: string) =>
  answer(
    api.POST('/api/v1/staff/customers/{id}/restrictions', { params: at(id), body, headers: keyed(key) }),
  );
export const liftRestriction = (id: string, reason: string) =>
  answer(api.POST('/api/v1/staff/restrictions/{id}/lift', { params: at(id), body: { reason } }));

export const staffFilingsQuery = pages(['staff', 'filings'], (query) =>
  answer(api.GET('/api/v1/staff/filings', { params: { query } })),
);
export const decideFiling = (id: string, approve: boolean, reason: string) =>
  answer(api.POST('/api/v1/staff/filings/{id}/decision', { params: at(id), body: { approve, reason } }));
export const revokeFiling = (id: string, reason: string) =>
  answer(api.POST('/api/v1/staff/filings/{id}/revocation', { params: at(id), body: { reason } }));

export function contractsQuery(customer: string) {
  return pages(['staff', 'service-contracts', customer], (query) =>
    answer(api.GET('/api/v1/staff/service-contracts', { params: { query: { ...query, customer } } })),
  );
}
export const recordContract = ({ id, ...body }: ContractBody & { id: string }, key: string) =>
  answer(
    api.POST('/api/v1/staff/customers/{id}/service-contracts', {
      params: at(id),
      body,
      headers: keyed(key),
    }),
  );
export const endContract = (id: string, reason: string) =>
  answer(api.POST('/api/v1/staff/service-contracts/{id}/end', { params: at(id), body: { reason } }));
