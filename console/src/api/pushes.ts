import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** Services that pass from one customer to another. */

export type Given = Answer<'/api/v1/pushes/given', 'get'>['items'][number];
export type Taken = Answer<'/api/v1/pushes/taken', 'get'>['items'][number];
export type Offer = Answer<'/api/v1/push-offers', 'get'>['items'][number];
export type StaffPush = Answer<'/api/v1/staff/pushes', 'get'>['items'][number];
export type Acceptance = Body<'/api/v1/push-offers/{id}/acceptance', 'post'>;

const at = (id: string) => ({ path: { id } });

export const givenQuery = pages(['pushes', 'given'], (query) =>
  answer(api.GET('/api/v1/pushes/given', { params: { query } })),
);
export const takenQuery = pages(['pushes', 'taken'], (query) =>
  answer(api.GET('/api/v1/pushes/taken', { params: { query } })),
);
/** What staff see: of all customers, of one, or of a service. */
export function staffPushesQuery(filter: {
  customer?: string;
  service?: string;
  state?: StaffPush['state'];
}) {
  const { customer = '', service = '', state = '' } = filter;
  return pages(['staff', 'pushes', customer, service, state], (query) =>
    answer(api.GET('/api/v1/staff/pushes', { params: { query: { ...query, ...filter } } })),
  );
}
export const offersQuery = queryOptions({
  queryKey: ['pushes', 'offers'],
  queryFn: () => answer(api.GET('/api/v1/push-offers')),
});

/** To a mailbox, or to what else is typed as a number. */
export const offerService = (service: string, to: string, key: string) =>
  answer(
    api.POST('/api/v1/services/{id}/pushes', {
      params: at(service),
      body: { to: to.includes('@') ? { email: to } : { phone: to } },
      headers: keyed(key),
    }),
  );
export const withdrawPush = (id: string) => answer(api.DELETE('/api/v1/pushes/{id}', { params: at(id) }));
export const refuseOffer = (id: string) =>
  answer(api.POST('/api/v1/push-offers/{id}/refusal', { params: at(id) }));
export const acceptOffer = (id: string, body: Acceptance, key: string) =>
  answer(api.POST('/api/v1/push-offers/{id}/acceptance', { params: at(id), body, headers: keyed(key) }));
