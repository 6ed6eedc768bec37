import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import type { Answer, Body } from './types.ts';

/** Who belongs to the account, who is asked in, and in which account this session stands. */

export type Member = Answer<'/api/v1/members', 'get'>['items'][number];
export type Invitation = Answer<'/api/v1/members/invitations', 'get'>['items'][number];
export type Given = Body<'/api/v1/members/{id}', 'put'>;

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: () => answer(api.GET('/api/v1/members')),
});
export const invitationsQuery = queryOptions({
  queryKey: ['members', 'invitations'],
  queryFn: () => answer(api.GET('/api/v1/members/invitations')),
});
export const ownCustomersQuery = queryOptions({
  queryKey: ['customers'],
  queryFn: () => answer(api.GET('/api/v1/account/customers')),
  staleTime: 30_000,
});

export const invite = (body: Body<'/api/v1/members/invitations', 'post'>, key: string) =>
  answer(api.POST('/api/v1/members/invitations', { body, headers: keyed(key) }));
export const withdrawInvitation = (id: string) =>
  answer(api.DELETE('/api/v1/members/invitations/{id}', { params: { path: { id } } }));
export const changeMember = ({ id, given }: { id: string; given: Given }) =>
  answer(api.PUT('/api/v1/members/{id}', { params: { path: { id } }, body: given }));
export const removeMember = (id: string) =>
  answer(api.DELETE('/api/v1/members/{id}', { params: { path: { id } } }));
export const leaveCustomer = () => answer(api.POST('/api/v1/members/leave'));
export const secondFactorQuery = queryOptions({
  queryKey: ['members', 'second-factor'],
  queryFn: () => answer(api.GET('/api/v1/members/second-factor')),
});
export const askSecondFactor = (required: boolean) =>
  answer(api.PUT('/api/v1/members/second-factor', { body: { required } }));
export const standIn = (id: string) =>
  answer(api.POST('/api/v1/account/customers/{id}/switch', { params: { path: { id } } }));

export function openedQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: () => answer(api.POST('/api/v1/invitations/opened', { body: { token } })),
    retry: false,
    staleTime: 60_000,
  });
}
export const acceptInvitation = (token: string) =>
  answer(api.POST('/api/v1/invitations/acceptance', { body: { token } }));

export type Responsible = Answer<'/api/v1/account/responsible', 'get'>['items'][number];

export const responsibleQuery = queryOptions({
  queryKey: ['responsible'],
  queryFn: () => answer(api.GET('/api/v1/account/responsible')),
});
export function customerResponsibleQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'customer', id, 'responsible'],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/responsible', { params: { path: { id } } })),
  });
}
export const nameResponsible = (
  product: Responsible['product'],
  body: Body<'/api/v1/account/responsible/{product}', 'put'>,
) => answer(api.PUT('/api/v1/account/responsible/{product}', { params: { path: { product } }, body }));
export const clearResponsible = (product: Responsible['product']) =>
  answer(api.DELETE('/api/v1/account/responsible/{product}', { params: { path: { product } } }));
