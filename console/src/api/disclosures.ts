import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import type { Body } from './types.ts';

/** What is given away of a customer, as staff put it on record. */

export const KINDS = ['account', 'verification', 'usage', 'payments', 'logs', 'content'] as const;

export function disclosuresQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'disclosures', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/disclosures', { params: { path: { id } } })),
  });
}

export const recordDisclosure = ({
  id,
  ...body
}: { id: string } & Body<'/api/v1/staff/customers/{id}/disclosures', 'post'>) =>
  answer(api.POST('/api/v1/staff/customers/{id}/disclosures', { params: { path: { id } }, body }));
