import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** What is metered: readings, charges, budgets, packages. */

export type Meter = Answer<'/api/v1/usage/meters', 'get'>['items'][number];
export type Estimate = Answer<'/api/v1/usage/estimate', 'get'>;
export type Charge = Answer<'/api/v1/usage/charges', 'get'>['items'][number];
export type Explained = Answer<'/api/v1/usage/charges/{id}/explain', 'get'>;
export type Budget = Answer<'/api/v1/usage/budgets', 'get'>['items'][number];
export type BudgetInput = Body<'/api/v1/usage/budgets', 'post'>;
export type Packages = Answer<'/api/v1/usage/packages', 'get'>;

export type PricedProduct = Answer<'/api/v1/usage/prices', 'get'>['items'][number];

/** What use costs, for anybody. */
export const usagePricesQuery = queryOptions({
  queryKey: ['usage-prices'],
  queryFn: () => answer(api.GET('/api/v1/usage/prices')),
  staleTime: 60_000,
});
export const metersQuery = queryOptions({
  queryKey: ['usage', 'meters'],
  queryFn: () => answer(api.GET('/api/v1/usage/meters')),
  staleTime: 60_000,
});
export const estimateQuery = queryOptions({
  queryKey: ['usage', 'estimate'],
  queryFn: () => answer(api.GET('/api/v1/usage/estimate')),
  refetchInterval: 60_000,
});

export interface SeriesWanted {
  product: string;
  meter: string;
  from: string;
  to: string;
  by: 'hour' | 'day';
}
export function seriesQuery(query: SeriesWanted) {
  return queryOptions({
    queryKey: ['usage', 'series', query],
    queryFn: () => answer(api.GET('/api/v1/usage/series', { params: { query } })),
  });
}
export const chargesQuery = pages(['usage', 'charges'], (query) =>
  answer(api.GET('/api/v1/usage/charges', { params: { query } })),
);
export function explainQuery(id: string) {
  return queryOptions({
    queryKey: ['usage', 'explain', id],
    queryFn: () => answer(api.GET('/api/v1/usage/charges/{id}/explain', { params: { path: { id } } })),
  });
}
export const budgetsQuery = queryOptions({
  queryKey: ['usage', 'budgets'],
  queryFn: () => answer(api.GET('/api/v1/usage/budgets')),
});
export const packagesQuery = queryOptions({
  queryKey: ['usage', 'packages'],
  queryFn: () => answer(api.GET('/api/v1/usage/packages')),
});

export const setBudget = ({ id, ...body }: BudgetInput & { id?: string }, key: string) =>
  id
    ? answer(api.PUT('/api/v1/usage/budgets/{id}', { body, params: { path: { id } }, headers: keyed(key) }))
    : answer(api.POST('/api/v1/usage/budgets', { body, headers: keyed(key) }));
export const removeBudget = ({ id }: { id: string }, key: string) =>
  answer(api.DELETE('/api/v1/usage/budgets/{id}', { params: { path: { id } }, headers: keyed(key) }));
export const buyPackage = (body: { product: string; package: string }, key: string) =>
  answer(api.POST('/api/v1/usage/packages', { body, headers: keyed(key) }));
