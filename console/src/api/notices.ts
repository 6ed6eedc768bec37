import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** What is told and by which contacts, for customers, visitors and staff. */

export type NoticeShown = Answer<'/api/v1/staff/notices', 'get'>['items'][number];
export type NoticeWay = NoticeShown['ways'][number];
export type Announcement = Answer<'/api/v1/announcements', 'get'>['items'][number];
export type Contact = Answer<'/api/v1/account/contacts', 'get'>['items'][number];
export type ContactFault = Answer<'/api/v1/account/contact-faults', 'get'>['items'][number];
export type CallTask = Answer<'/api/v1/staff/call-tasks', 'get'>['items'][number];
export type Topic = Answer<'/api/v1/account/notice-preferences', 'get'>['items'][number]['topic'];

export const unreadQuery = queryOptions({
  queryKey: ['notices', 'unread'],
  queryFn: () => answer(api.GET('/api/v1/notices/unread')),
  refetchInterval: 60_000,
});
export const readNotices = (ids: string[] | null) =>
  answer(api.POST('/api/v1/notices/read', { body: { ids } }));

export const announcementsQuery = queryOptions({
  queryKey: ['announcements'],
  queryFn: () => answer(api.GET('/api/v1/announcements')),
  staleTime: 60_000,
});

/** What became of these notices; `side` says whose they are. */
export function evidenceQuery(side: 'customer' | 'staff', ids: string[]) {
  const params = { query: { ids: ids.slice(0, 50).join(',') } };
  return queryOptions({
    queryKey: [side, 'evidence', ids],
    queryFn: () =>
      side === 'staff'
        ? answer(api.GET('/api/v1/staff/notices/evidence', { params }))
        : answer(api.GET('/api/v1/notices/evidence', { params })),
  });
}

export const contactsQuery = queryOptions({
  queryKey: ['contacts'],
  queryFn: () => answer(api.GET('/api/v1/account/contacts')),
});
export const contactFaultsQuery = queryOptions({
  queryKey: ['contacts', 'faults'],
  queryFn: () => answer(api.GET('/api/v1/account/contact-faults')),
});
export const askPhone = (body: Body<'/api/v1/account/contacts/phone', 'post'>) =>
  answer(api.POST('/api/v1/account/contacts/phone', { body }));
export const askEmail = (body: Body<'/api/v1/account/contacts/email', 'post'>) =>
  answer(api.POST('/api/v1/account/contacts/email', { body }));
export const verifyContact = ({ id, code }: { id: string; code: string }) =>
  answer(
    api.POST('/api/v1/account/contacts/verifications/{id}', { body: { code }, params: { path: { id } } }),
  );
export const stateContact = (body: Body<'/api/v1/account/contacts', 'put'>) =>
  answer(api.PUT('/api/v1/account/contacts', { body }));
export const removeContact = (body: Body<'/api/v1/account/contacts/removals', 'post'>) =>
  answer(api.POST('/api/v1/account/contacts/removals', { body }));

export const preferencesQuery = queryOptions({
  queryKey: ['notice-preferences'],
  queryFn: () => answer(api.GET('/api/v1/account/notice-preferences')),
});
export const setPreference = (body: Body<'/api/v1/account/notice-preferences', 'put'>) =>
  answer(api.PUT('/api/v1/account/notice-preferences', { body }));

export function staffNoticesQuery(filter: { customer?: string; lost?: 'true' }) {
  return pages(['staff', 'notices', filter.customer ?? '', filter.lost ? 'lost' : ''], (query) =>
    answer(api.GET('/api/v1/staff/notices', { params: { query: { ...query, ...filter } } })),
  );
}
export const bounceNotice = ({ id, ...body }: { id: string; detail: string; no_such_mailbox: boolean }) =>
  answer(api.POST('/api/v1/staff/notices/{id}/bounce', { body, params: { path: { id } } }));

export const callTasksQuery = queryOptions({
  queryKey: ['staff', 'call-tasks'],
  queryFn: () => answer(api.GET('/api/v1/staff/call-tasks')),
  refetchInterval: 30_000,
});
export const revealContact = ({ id }: { id: string }) =>
  answer(api.POST('/api/v1/staff/call-tasks/{id}/reveal', { params: { path: { id } } }));
export const endCallTask = ({
  id,
  ...body
}: { id: string } & Body<'/api/v1/staff/call-tasks/{id}/outcome', 'post'>) =>
  answer(api.POST('/api/v1/staff/call-tasks/{id}/outcome', { body, params: { path: { id } } }));

export const staffAnnouncementsQuery = pages(['staff', 'announcements'], (query) =>
  answer(api.GET('/api/v1/staff/announcements', { params: { query } })),
);
export const postAnnouncement = (body: Body<'/api/v1/staff/announcements', 'post'>, key: string) =>
  answer(api.POST('/api/v1/staff/announcements', { body, headers: keyed(key) }));
export const endAnnouncement = ({ id }: { id: string }) =>
  answer(api.POST('/api/v1/staff/announcements/{id}/end', { params: { path: { id } } }));

export const staffFaultsQuery = pages(['staff', 'contact-faults'], (query) =>
  answer(api.GET('/api/v1/staff/contact-faults', { params: { query } })),
);
