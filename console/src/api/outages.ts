import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** Outages, claims and moves, for everybody, for customers and for staff. */

export type Status = Answer<'/api/v1/outages', 'get'>['items'][number];
export type StaffOutage = Answer<'/api/v1/staff/outages/{id}', 'get'>;
export type Verdict = Answer<'/api/v1/staff/outages/{id}/preview', 'get'>['items'][number];
export type OutageSaid = Body<'/api/v1/staff/outages', 'post'>;
export type Claim = Answer<'/api/v1/claims', 'get'>['items'][number];
export type StaffMove = Answer<'/api/v1/staff/moves', 'get'>['items'][number];
export type Refusal = 'liability' | 'outages' | 'sla' | 'outage_extension' | 'backup' | 'force_majeure';

export const statusQuery = pages(['outages'], (query) =>
  answer(api.GET('/api/v1/outages', { params: { query } })),
);

export function ownOutagesQuery(subject: string) {
  return queryOptions({
    queryKey: ['own-outages', subject],
    queryFn: () => answer(api.GET('/api/v1/account/outages', { params: { query: { subject } } })),
  });
}
export function uptimeQuery(service: string) {
  return queryOptions({
    queryKey: ['own-outages', service, 'uptime'],
    queryFn: () => answer(api.GET('/api/v1/account/uptime', { params: { query: { service } } })),
  });
}
export function ownMovesQuery(service: string) {
  return queryOptions({
    queryKey: ['own-moves', service],
    queryFn: () => answer(api.GET('/api/v1/account/moves', { params: { query: { service } } })),
  });
}
export function capQuery(about: { service: string; order?: string }) {
  return queryOptions({
    queryKey: ['claim-cap', about],
    queryFn: () => answer(api.GET('/api/v1/claims/cap', { params: { query: about } })),
    retry: false,
  });
}
export const claimsQuery = pages(['claims'], (query) =>
  answer(api.GET('/api/v1/claims', { params: { query } })),
);

export function endForOutage(id: string, key: string) {
  return answer(
    api.POST('/api/v1/account/outages/{id}/end', { params: { path: { id } }, headers: keyed(key) }),
  );
}
export function openClaim(body: Body<'/api/v1/claims', 'post'>, key: string) {
  return answer(api.POST('/api/v1/claims', { body, headers: keyed(key) }));
}

export const staffOutagesQuery = queryOptions({
  queryKey: ['staff', 'outages'],
  queryFn: () => answer(api.GET('/api/v1/staff/outages', { params: { query: {} } })),
});
export function staffOutageQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'outages', id],
    queryFn: () => answer(api.GET('/api/v1/staff/outages/{id}', { params: { path: { id } } })),
  });
}
export function outagePreviewQuery(id: string, entry: number) {
  return queryOptions({
    queryKey: ['staff', 'outages', id, 'preview', entry],
    queryFn: () => answer(api.GET('/api/v1/staff/outages/{id}/preview', { params: { path: { id } } })),
  });
}
export function recordOutage(body: OutageSaid) {
  return answer(api.POST('/api/v1/staff/outages', { body }));
}
export function writeOutage(id: string, after: number, said: OutageSaid) {
  const body = { ...said, after };
  return answer(api.POST('/api/v1/staff/outages/{id}/entries', { params: { path: { id } }, body }));
}
export function settleOutage(id: string, entry: number, discretion: 'extend' | 'leave') {
  const body = { entry, discretion };
  return answer(api.POST('/api/v1/staff/outages/{id}/settlement', { params: { path: { id } }, body }));
}
export function tellForceMajeure(id: string, statement: { zh: string; en: string }, content: string) {
  const body = { statement, content };
  return answer(api.POST('/api/v1/staff/outages/{id}/force-majeure', { params: { path: { id } }, body }));
}

export const staffClaimsQuery = pages(['staff', 'claims'], (query) =>
  answer(api.GET('/api/v1/staff/claims', { params: { query } })),
);
export function decideClaim(
  id: string,
  body: { grant: string; reason: string } | { refuse: Refusal; reason: string },
) {
  return answer(api.POST('/api/v1/staff/claims/{id}/decision', { params: { path: { id } }, body }));
}

export const staffMovesQuery = pages(['staff', 'moves'], (query) =>
  answer(api.GET('/api/v1/staff/moves', { params: { query } })),
);
export function scheduleMove(body: Body<'/api/v1/staff/moves', 'post'>, key: string) {
  return answer(api.POST('/api/v1/staff/moves', { body, headers: keyed(key) }));
}
export function changeMove(id: string, body: { from: string; until: string; reason: string }) {
  return answer(api.POST('/api/v1/staff/moves/{id}/window', { params: { path: { id } }, body }));
}
export function cancelMove(id: string, reason: string) {
  return answer(
    api.POST('/api/v1/staff/moves/{id}/cancellation', { params: { path: { id } }, body: { reason } }),
  );
}
export function completeMove(id: string, new_address: string | null) {
  return answer(
    api.POST('/api/v1/staff/moves/{id}/completion', { params: { path: { id } }, body: { new_address } }),
  );
}

export type Draft = Answer<'/api/v1/staff/outage-drafts', 'get'>['items'][number];
export type MonthSeen = Answer<'/api/v1/account/uptime', 'get'>['months'][number];
export const draftsQuery = pages(['staff', 'outage-drafts'], (query) =>
  answer(api.GET('/api/v1/staff/outage-drafts', { params: { query } })),
);
export const nodesUptimeQuery = queryOptions({
  queryKey: ['staff', 'uptime'],
  queryFn: () => answer(api.GET('/api/v1/staff/uptime')),
});
export function confirmDraft(
  id: string,
  body: Body<'/api/v1/staff/outage-drafts/{id}/confirmation', 'post'>,
) {
  return answer(
    api.POST('/api/v1/staff/outage-drafts/{id}/confirmation', { params: { path: { id } }, body }),
  );
}
export function dismissDraft(id: string, reason: string) {
  return answer(
    api.POST('/api/v1/staff/outage-drafts/{id}/dismissal', { params: { path: { id } }, body: { reason } }),
  );
}
