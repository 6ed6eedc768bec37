import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** Who a customer is: checks, documents, guardians; and which domains are theirs. */

export type RealName = Answer<'/api/v1/account/real-name', 'get'>;
export type IdentityReview = Answer<'/api/v1/staff/identity-reviews', 'get'>['items'][number];
export type Domain = Answer<'/api/v1/domains', 'get'>['items'][number];

const at = (id: string) => ({ path: { id } });

export const realNameQuery = queryOptions({
  queryKey: ['real-name'],
  queryFn: () => answer(api.GET('/api/v1/account/real-name')),
});
export const checkPerson = (body: Body<'/api/v1/account/real-name', 'post'>) =>
  answer(api.POST('/api/v1/account/real-name', { body }));
export const checkCompany = (body: Body<'/api/v1/account/real-name/company', 'post'>) =>
  answer(api.POST('/api/v1/account/real-name/company', { body }));
export const handInDocuments = (body: Body<'/api/v1/account/real-name/reviews', 'post'>, key: string) =>
  answer(api.POST('/api/v1/account/real-name/reviews', { body, headers: keyed(key) }));
export const takeBackDocuments = (id: string) =>
  answer(api.DELETE('/api/v1/account/real-name/reviews/{id}', { params: at(id) }));
export const askGuardian = (body: Body<'/api/v1/account/guardian-consents', 'post'>) =>
  answer(api.POST('/api/v1/account/guardian-consents', { body }));
export const confirmGuardian = (id: string, code: string) =>
  answer(api.POST('/api/v1/account/guardian-consents/{id}/confirmation', { params: at(id), body: { code } }));

export const identityReviewsQuery = pages(['staff', 'identity-reviews'], (query) =>
  answer(api.GET('/api/v1/staff/identity-reviews', { params: { query } })),
);
export const openReview = (id: string) =>
  answer(api.POST('/api/v1/staff/identity-reviews/{id}/opening', { params: at(id) }));
export const judgeReview = (
  id: string,
  body: Body<'/api/v1/staff/identity-reviews/{id}/judgement', 'post'>,
) => answer(api.POST('/api/v1/staff/identity-reviews/{id}/judgement', { params: at(id), body }));

export function customerRealNameQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'real-name', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/real-name', { params: at(id) })),
  });
}
export const demandRealName = (id: string, body: { reason: string; days: number }, key: string) =>
  answer(
    api.POST('/api/v1/staff/customers/{id}/real-name/demand', {
      ...{ params: at(id), body, headers: keyed(key) },
    }),
  );
export const dropDemand = (id: string) =>
  answer(api.DELETE('/api/v1/staff/customers/{id}/real-name/demand', { params: at(id) }));
export const revokeRealName = (id: string, reason: string) =>
  answer(api.POST('/api/v1/staff/customers/{id}/real-name/revocation', { params: at(id), body: { reason } }));
export const withdrawConsent = (id: string, reason: string) =>
  answer(api.POST('/api/v1/staff/guardian-consents/{id}/withdrawal', { params: at(id), body: { reason } }));

export const domainsQuery = pages(['domains'], (query) =>
  answer(api.GET('/api/v1/domains', { params: { query } })),
);
export const addDomain = (domain: string, key: string) =>
  answer(api.POST('/api/v1/domains', { body: { domain }, headers: keyed(key) }));
export const proveDomain = (id: string, method: 'dns' | 'file') =>
  answer(api.POST('/api/v1/domains/{id}/proof', { params: at(id), body: { method } }));
export const removeDomain = (id: string) => answer(api.DELETE('/api/v1/domains/{id}', { params: at(id) }));
