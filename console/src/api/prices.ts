import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import type { Answer } from './types.ts';

/** Announced prices, what they mean for services that run, and services that are to be due together. */

export type PriceMove = Answer<'/api/v1/price-moves', 'get'>['items'][number];
export type AlignmentShown = Answer<'/api/v1/services/alignment/preview', 'post'>;

export const priceChangesQuery = queryOptions({
  queryKey: ['price-changes'],
  queryFn: () => answer(api.GET('/api/v1/price-changes')),
});

export const priceMovesQuery = queryOptions({
  queryKey: ['price-moves'],
  queryFn: () => answer(api.GET('/api/v1/price-moves')),
});

/** A POST that changes nothing: the services are many for an address. */
export function alignmentQuery(services: string[]) {
  return queryOptions({
    queryKey: ['alignment', ...services],
    queryFn: () => answer(api.POST('/api/v1/services/alignment/preview', { body: { services } })),
    retry: false,
  });
}

export const alignServices = ({ services }: { services: string[] }, key: string) =>
  answer(api.POST('/api/v1/services/alignment', { body: { services }, headers: keyed(key) }));
