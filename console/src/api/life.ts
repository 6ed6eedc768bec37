import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import type { paths } from './schema.d.ts';

/** Holds, ends and what remains of a service; read and done by its customer and by staff. */

export type Life =
  paths['/api/v1/services/{id}/life']['get']['responses'][200]['content']['application/json'];

export const lifeQuery = (id: string) =>
  queryOptions({
    queryKey: ['service', id, 'life'],
    queryFn: () => answer(api.GET('/api/v1/services/{id}/life', { params: { path: { id } } })),
  });

export const staffLifeQuery = (id: string) =>
  queryOptions({
    queryKey: ['staff', 'life', id],
    queryFn: () => answer(api.GET('/api/v1/staff/services/{id}/life', { params: { path: { id } } })),
  });

export const answerProposal = (id: string, proposal: string, accept: boolean, key: string) =>
  answer(
    api.POST('/api/v1/services/{id}/end-proposals/{proposal}', {
      params: { path: { id, proposal } },
      body: { accept },
      headers: keyed(key),
    }),
  );

export const openReadOut = (id: string) =>
  answer(api.POST('/api/v1/services/{id}/read-out', { params: { path: { id } } }));

export const proposeEnd = (id: string, body: { refund: string; reason: string }, key: string) =>
  answer(
    api.POST('/api/v1/staff/services/{id}/end-proposals', {
      params: { path: { id } },
      body,
      headers: keyed(key),
    }),
  );

export const withdrawProposal = (id: string, proposal: string) =>
  answer(
    api.DELETE('/api/v1/staff/services/{id}/end-proposals/{proposal}', {
      params: { path: { id, proposal } },
    }),
  );

export const announceEnd = (id: string, reason: string, key: string) =>
  answer(
    api.POST('/api/v1/staff/services/{id}/end', {
      params: { path: { id } },
      body: { reason },
      headers: keyed(key),
    }),
  );

export const askBreach = (id: string, reason: string, key: string) =>
  answer(
    api.POST('/api/v1/staff/services/{id}/breach', {
      params: { path: { id } },
      body: { reason },
      headers: keyed(key),
    }),
  );
