import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import type { Answer } from './types.ts';

export type Ahead = Answer<'/api/v1/account/forecast', 'get'>;
export type AheadLine = Ahead['lines'][number];

/** What lies ahead of the customer that is signed in, or of one of the brand's for staff. */
export const aheadQuery = (customerId?: string) =>
  queryOptions({
    queryKey: customerId ? ['staff', 'customers', customerId, 'forecast'] : ['forecast'],
    queryFn: (): Promise<Ahead> =>
      customerId
        ? answer(api.GET('/api/v1/staff/customers/{id}/forecast', { params: { path: { id: customerId } } }))
        : answer(api.GET('/api/v1/account/forecast')),
  });
