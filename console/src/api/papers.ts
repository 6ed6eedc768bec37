import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** Invoices, credit notes, tax invoices (发票) and contracts (合同). */

export type Invoice = Answer<'/api/v1/invoices', 'get'>['items'][number];
export type CreditNote = Answer<'/api/v1/credit-notes', 'get'>['items'][number];
export type InvoiceTitle = Answer<'/api/v1/invoice-titles', 'get'>['items'][number];
export type TaxInvoice = Answer<'/api/v1/tax-invoices', 'get'>['items'][number];
export type TaxInvoiceInput = Body<'/api/v1/tax-invoices', 'post'>;
export type Contract = Answer<'/api/v1/contracts', 'get'>['items'][number];
export type SealCheck = Answer<'/api/v1/contracts/verify', 'post'>;

export const invoicesQuery = pages(['invoices'], (query) =>
  answer(api.GET('/api/v1/invoices', { params: { query } })),
);
export function invoiceQuery(id: string) {
  return queryOptions({
    queryKey: ['invoice', id],
    queryFn: () => answer(api.GET('/api/v1/invoices/{id}', { params: { path: { id } } })),
  });
}
export function lineChargesQuery(id: string, line: number) {
  return pages(['invoice', id, String(line)], (query) =>
    answer(api.GET('/api/v1/invoices/{id}/lines/{line}/charges', { params: { path: { id, line }, query } })),
  );
}
export const creditNotesQuery = pages(['credit-notes'], (query) =>
  answer(api.GET('/api/v1/credit-notes', { params: { query } })),
);
export const titlesQuery = queryOptions({
  queryKey: ['invoice-titles'],
  queryFn: () => answer(api.GET('/api/v1/invoice-titles')),
});
export const taxableQuery = queryOptions({
  queryKey: ['tax-invoices', 'available'],
  queryFn: () => answer(api.GET('/api/v1/tax-invoices/available')),
});
export const taxInvoicesQuery = pages(['tax-invoices'], (query) =>
  answer(api.GET('/api/v1/tax-invoices', { params: { query } })),
);
export const contractsQuery = pages(['contracts'], (query) =>
  answer(api.GET('/api/v1/contracts', { params: { query } })),
);

export const addTitle = (body: Body<'/api/v1/invoice-titles', 'post'>, key: string) =>
  answer(api.POST('/api/v1/invoice-titles', { body, headers: keyed(key) }));
export const removeTitle = ({ id }: { id: string }, key: string) =>
  answer(api.DELETE('/api/v1/invoice-titles/{id}', { params: { path: { id } }, headers: keyed(key) }));
export const requestTaxInvoice = (body: TaxInvoiceInput, key: string) =>
  answer(api.POST('/api/v1/tax-invoices', { body, headers: keyed(key) }));
export const cancelTaxInvoice = ({ id }: { id: string }, key: string) =>
  answer(api.POST('/api/v1/tax-invoices/{id}/cancel', { params: { path: { id } }, headers: keyed(key) }));
export const requestContract = (body: Body<'/api/v1/contracts', 'post'>, key: string) =>
  answer(api.POST('/api/v1/contracts', { body, headers: keyed(key) }));
/** `file` is base64. */
export const verifyContract = (body: { file: string }, key: string) =>
  answer(api.POST('/api/v1/contracts/verify', { body, headers: keyed(key) }));
