import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** One's own data, and what staff answer and tell about it. */

export type PrivacyOverview = Answer<'/api/v1/account/privacy', 'get'>;
export type PersonalTable = PrivacyOverview['tables'][number];
export type Category = PersonalTable['category'];
export type PersonalRows = Answer<'/api/v1/account/privacy/data/{category}', 'get'>['items'][number];
export type PrivacyRequest = Answer<'/api/v1/account/privacy/requests', 'get'>['items'][number];
export type PrivacyCopy = Answer<'/api/v1/account/privacy/copies', 'get'>['items'][number];
export type Receipt = Answer<'/api/v1/account/privacy/deletion', 'post'>;
export type Certificate = Answer<'/api/v1/privacy/certificates', 'post'>;
export type StaffRequest = Answer<'/api/v1/staff/privacy/requests', 'get'>['items'][number];
export type Incident = Answer<'/api/v1/staff/incidents', 'get'>['items'][number];
export type IncidentBody = Body<'/api/v1/staff/incidents', 'post'>;

const at = (id: string) => ({ path: { id } });

export const privacyQuery = queryOptions({
  queryKey: ['privacy'],
  queryFn: () => answer(api.GET('/api/v1/account/privacy')),
});
export function privacyDataQuery(category: Category) {
  return queryOptions({
    queryKey: ['privacy', 'data', category],
    queryFn: () =>
      answer(api.GET('/api/v1/account/privacy/data/{category}', { params: { path: { category } } })),
  });
}
export const privacyRequestsQuery = queryOptions({
  queryKey: ['privacy', 'requests'],
  queryFn: () => answer(api.GET('/api/v1/account/privacy/requests')),
  // A copy is made by itself, within a moment.
  refetchInterval: ({ state }) =>
    state.data?.items.some((one) => one.kind === 'copy' && one.state === 'open') ? 2_000 : false,
});
export const privacyCopiesQuery = queryOptions({
  queryKey: ['privacy', 'copies'],
  queryFn: () => answer(api.GET('/api/v1/account/privacy/copies')),
  refetchInterval: ({ state }) => (state.data?.items.some((copy) => copy.state === 'making') ? 1_000 : false),
});
export const deletionQuery = queryOptions({
  queryKey: ['privacy', 'deletion'],
  queryFn: () => answer(api.GET('/api/v1/account/privacy/deletion')),
});

export const setConsent = (body: Body<'/api/v1/account/privacy/consents', 'put'>) =>
  answer(api.PUT('/api/v1/account/privacy/consents', { body }));
export const setLimit = (limited: boolean) =>
  answer(api.PUT('/api/v1/account/privacy/limit', { body: { limited } }));
export const askPrivacy = (body: Body<'/api/v1/account/privacy/requests', 'post'>) =>
  answer(api.POST('/api/v1/account/privacy/requests', { body }));
export const askCopy = () => answer(api.POST('/api/v1/account/privacy/copies'));
export const askDeletion = () => answer(api.POST('/api/v1/account/privacy/deletion'));
export const withdrawDeletion = () => answer(api.DELETE('/api/v1/account/privacy/deletion'));
export const readCertificate = (body: Body<'/api/v1/privacy/certificates', 'post'>) =>
  answer(api.POST('/api/v1/privacy/certificates', { body }));

/** The file itself, which the browser then saves. */
export async function downloadCopy({ id, form }: { id: string; form: 'json' | 'html' }): Promise<void> {
  const path = { id, form };
  const file = await answer<unknown>(
    api.GET('/api/v1/account/privacy/copies/{id}/{form}', { params: { path }, parseAs: 'blob' }),
  );
  const url = URL.createObjectURL(file as Blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = `personal-data.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const staffRequestsQuery = pages(['staff', 'privacy'], (query) =>
  answer(api.GET('/api/v1/staff/privacy/requests', { params: { query } })),
);
export const answerRequest = (id: string, done: boolean, text: string) =>
  answer(
    api.POST('/api/v1/staff/privacy/requests/{id}/answer', { params: at(id), body: { done, answer: text } }),
  );
export const findStranger = (text: string) =>
  answer(api.POST('/api/v1/staff/privacy/strangers', { body: { text } }));
export const eraseStranger = (id: string, body: { table: string; row: string }) =>
  answer(api.POST('/api/v1/staff/privacy/requests/{id}/erasures', { params: at(id), body }));

export const incidentsQuery = pages(['staff', 'incidents'], (query) =>
  answer(api.GET('/api/v1/staff/incidents', { params: { query } })),
);
export function incidentPeopleQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'incidents', id, 'people'],
    queryFn: () => answer(api.GET('/api/v1/staff/incidents/{id}/people', { params: at(id) })),
  });
}
export const recordIncident = (body: IncidentBody, key: string) =>
  answer(api.POST('/api/v1/staff/incidents', { body, headers: keyed(key) }));
export const agreeIncident = (id: string, untold_reason: string | null) =>
  answer(api.POST('/api/v1/staff/incidents/{id}/agreement', { params: at(id), body: { untold_reason } }));
export const tellIncident = (id: string) =>
  answer(api.POST('/api/v1/staff/incidents/{id}/notices', { params: at(id) }));
export const tellAuthority = (id: string, body: { authority: string; reference: string }) =>
  answer(api.POST('/api/v1/staff/incidents/{id}/authority', { params: at(id), body }));
export const closeIncident = (id: string) =>
  answer(api.POST('/api/v1/staff/incidents/{id}/close', { params: at(id) }));
export const askPrivacyOutside = (body: Body<'/api/v1/privacy/requests', 'post'>) =>
  answer(api.POST('/api/v1/privacy/requests', { body }));
