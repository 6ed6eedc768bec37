import { answer, api } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** What authorities asked for about customers. */

export type AuthorityRequest = Answer<'/api/v1/staff/authority-requests', 'get'>['items'][number];

export const authorityRequestsQuery = pages(['staff', 'authorities'], (query) =>
  answer(api.GET('/api/v1/staff/authority-requests', { params: { query } })),
);

export const askForAuthority = ({
  id,
  ...body
}: { id: string } & Body<'/api/v1/staff/customers/{id}/authority-requests', 'post'>) =>
  answer(api.POST('/api/v1/staff/customers/{id}/authority-requests', { params: { path: { id } }, body }));

/** The file, once: having it is what is recorded. */
export async function takeAuthorityFile(id: string): Promise<Blob> {
  const file = api.POST('/api/v1/staff/authority-requests/{id}/file', {
    params: { path: { id } },
    parseAs: 'blob',
  });
  return (await answer(file)) as unknown as Blob;
}
