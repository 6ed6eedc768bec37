import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** Revisions of the agreement: what the public reads of them, what customers say to them, what staff see. */

export type Revision = Answer<'/api/v1/terms/revisions', 'get'>['items'][number];
export type ClauseChange = Revision['changes'][number];

export const revisionsQuery = queryOptions({
  queryKey: ['terms', 'revisions'],
  queryFn: () => answer(api.GET('/api/v1/terms/revisions')),
  staleTime: 60_000,
});

export function termsVersionQuery(version: string) {
  return queryOptions({
    queryKey: ['terms', 'version', version],
    queryFn: () => answer(api.GET('/api/v1/terms/versions/{version}', { params: { path: { version } } })),
    staleTime: 60_000,
  });
}

export const disagree = () => answer(api.POST('/api/v1/terms/disagreement'));
export const agreeAfterAll = () => answer(api.DELETE('/api/v1/terms/disagreement'));

export const staffRevisionsQuery = queryOptions({
  queryKey: ['staff', 'terms', 'revisions'],
  queryFn: () => answer(api.GET('/api/v1/staff/terms/revisions')),
});
export const disagreementsQuery = pages(['staff', 'terms', 'disagreements'], (query) =>
  answer(api.GET('/api/v1/staff/terms/disagreements', { params: { query } })),
);
export function customerAcceptancesQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'customer', id, 'acceptances'],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/acceptances', { params: { path: { id } } })),
  });
}
export const recordAcceptance = (
  { id, body }: { id: string; body: Body<'/api/v1/staff/customers/{id}/acceptances', 'post'> },
  key: string,
) =>
  answer(
    api.POST('/api/v1/staff/customers/{id}/acceptances', {
      params: { path: { id } },
      body,
      headers: keyed(key),
    }),
  );
