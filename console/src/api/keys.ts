import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import type { Answer, Body } from './types.ts';

/** API keys of the account. */

export type Key = Answer<'/api/v1/account/keys', 'get'>['items'][number];
export type KeyWanted = Body<'/api/v1/account/keys', 'post'>;
export type KeyMade = Answer<'/api/v1/account/keys', 'post'>;

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => answer(api.GET('/api/v1/account/keys')),
});

export const makeKey = (body: KeyWanted) => answer(api.POST('/api/v1/account/keys', { body }));
export const revokeKey = (id: string) =>
  answer(api.DELETE('/api/v1/account/keys/{id}', { params: { path: { id } } }));
