import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** A customer's money: top-up, gifts, statements by month, withdrawals, freezes, debts. */

export type Channel = Answer<'/api/v1/payment-channels', 'get'>['items'][number]['channel'];
export type MonthStatement = Answer<'/api/v1/statements/{month}', 'get'>;
export type Gift = Answer<'/api/v1/gifts', 'get'>['items'][number];
export type Withdrawal = Answer<'/api/v1/funds/withdrawals', 'get'>['items'][number];
export type BankAccount = Answer<'/api/v1/funds/bank-accounts', 'get'>['items'][number];
export type Freeze = Answer<'/api/v1/funds/freezes', 'get'>['items'][number];
export type Debt = Answer<'/api/v1/debts', 'get'>['items'][number];

export const channelsQuery = queryOptions({
  queryKey: ['payment-channels'],
  queryFn: () => answer(api.GET('/api/v1/payment-channels')),
  staleTime: 60_000,
});

/** `month` as 2026-03, in the brand's zone. */
export function monthStatementQuery(month: string, page = 1) {
  return queryOptions({
    queryKey: ['statement', 'month', month, page],
    queryFn: () =>
      answer(api.GET('/api/v1/statements/{month}', { params: { path: { month }, query: { page } } })),
  });
}

export const giftsQuery = queryOptions({
  queryKey: ['gifts'],
  queryFn: () => answer(api.GET('/api/v1/gifts')),
});

export const withdrawalsQuery = pages(['funds', 'withdrawals'], (query) =>
  answer(api.GET('/api/v1/funds/withdrawals', { params: { query } })),
);
export const bankAccountsQuery = queryOptions({
  queryKey: ['funds', 'bank-accounts'],
  queryFn: () => answer(api.GET('/api/v1/funds/bank-accounts')),
});
export const freezesQuery = pages(['funds', 'freezes'], (query) =>
  answer(api.GET('/api/v1/funds/freezes', { params: { query } })),
);
export const debtsQuery = pages(['debts'], (query) =>
  answer(api.GET('/api/v1/debts', { params: { query } })),
);

export function slipsQuery(id: string) {
  return queryOptions({
    queryKey: ['payment', id, 'slips'],
    queryFn: () => answer(api.GET('/api/v1/payments/{id}/slips', { params: { path: { id } } })),
  });
}

export const sendSlip = (
  { id, ...body }: Body<'/api/v1/payments/{id}/slips', 'post'> & { id: string },
  key: string,
) => answer(api.POST('/api/v1/payments/{id}/slips', { body, params: { path: { id } }, headers: keyed(key) }));

export const requestWithdrawal = (body: { amount: string }, key: string) =>
  answer(api.POST('/api/v1/funds/withdrawals', { body, headers: keyed(key) }));
export const cancelWithdrawal = ({ id }: { id: string }, key: string) =>
  answer(api.DELETE('/api/v1/funds/withdrawals/{id}', { params: { path: { id } }, headers: keyed(key) }));
export const addBankAccount = (body: Body<'/api/v1/funds/bank-accounts', 'post'>, key: string) =>
  answer(api.POST('/api/v1/funds/bank-accounts', { body, headers: keyed(key) }));
export const removeBankAccount = ({ id }: { id: string }, key: string) =>
  answer(api.DELETE('/api/v1/funds/bank-accounts/{id}', { params: { path: { id } }, headers: keyed(key) }));
export const appealFreeze = ({ id, text }: { id: string; text: string }, key: string) =>
  answer(
    api.POST('/api/v1/funds/freezes/{id}/appeal', {
      body: { text },
      params: { path: { id } },
      headers: keyed(key),
    }),
  );
