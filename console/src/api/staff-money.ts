import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** What the back office reads and does with money. */

export type Approval = Answer<'/api/v1/staff/approvals', 'get'>['items'][number];
export type Held = Answer<'/api/v1/staff/held-payments', 'get'>['items'][number];
export type StaffRefund = Answer<'/api/v1/staff/refunds', 'get'>['items'][number];
export type Receipt = Answer<'/api/v1/staff/bank-receipts', 'get'>['items'][number];
export type Finding = Answer<'/api/v1/staff/reconciliations/{id}', 'get'>['findings'][number];
export type Coupon = Answer<'/api/v1/staff/coupons', 'get'>['items'][number];
export type CouponInput = Body<'/api/v1/staff/coupons', 'post'>;
export type ReportName = 'revenue' | 'deferred' | 'owed' | 'clearing' | 'ageing';

export const approvalsQuery = pages(['staff', 'approvals'], (query) =>
  answer(api.GET('/api/v1/staff/approvals', { params: { query } })),
);
export const heldQuery = pages(['staff', 'held'], (query) =>
  answer(api.GET('/api/v1/staff/held-payments', { params: { query } })),
);
export const staffRefundsQuery = pages(['staff', 'refunds'], (query) =>
  answer(api.GET('/api/v1/staff/refunds', { params: { query } })),
);
export const transfersQuery = pages(['staff', 'transfers'], (query) =>
  answer(api.GET('/api/v1/staff/bank-transfers', { params: { query } })),
);
export const receiptsQuery = pages(['staff', 'receipts'], (query) =>
  answer(api.GET('/api/v1/staff/bank-receipts', { params: { query } })),
);
export const reconciliationsQuery = pages(['staff', 'reconciliations'], (query) =>
  answer(api.GET('/api/v1/staff/reconciliations', { params: { query } })),
);
export function reconciliationQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'reconciliation', id],
    queryFn: () => answer(api.GET('/api/v1/staff/reconciliations/{id}', { params: { path: { id } } })),
  });
}
export const staffWithdrawalsQuery = pages(['staff', 'withdrawals'], (query) =>
  answer(api.GET('/api/v1/staff/withdrawals', { params: { query } })),
);
export const staffAccountsQuery = queryOptions({
  queryKey: ['staff', 'bank-accounts'],
  queryFn: () => answer(api.GET('/api/v1/staff/bank-accounts')),
});
export const staffFreezesQuery = pages(['staff', 'freezes'], (query) =>
  answer(api.GET('/api/v1/staff/freezes', { params: { query } })),
);
export const staffDebtsQuery = pages(['staff', 'debts'], (query) =>
  answer(api.GET('/api/v1/staff/debts', { params: { query } })),
);
export const couponsQuery = pages(['staff', 'coupons'], (query) =>
  answer(api.GET('/api/v1/staff/coupons', { params: { query } })),
);
export const pricesQuery = queryOptions({
  queryKey: ['staff', 'prices'],
  queryFn: () => answer(api.GET('/api/v1/staff/prices')),
});
export function customerGiftsQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'gifts', id],
    queryFn: () => answer(api.GET('/api/v1/staff/customers/{id}/gifts', { params: { path: { id } } })),
  });
}
export const staffTaxQuery = pages(['staff', 'tax-invoices'], (query) =>
  answer(api.GET('/api/v1/staff/tax-invoices', { params: { query } })),
);
export const staffContractsQuery = pages(['staff', 'contracts'], (query) =>
  answer(api.GET('/api/v1/staff/contracts', { params: { query } })),
);
export const staffInvoicesQuery = pages(['staff', 'invoices'], (query) =>
  answer(api.GET('/api/v1/staff/invoices', { params: { query } })),
);
export const staffCreditNotesQuery = pages(['staff', 'credit-notes'], (query) =>
  answer(api.GET('/api/v1/staff/credit-notes', { params: { query } })),
);
export const quarantineQuery = pages(['staff', 'quarantine'], (query) =>
  answer(api.GET('/api/v1/staff/usage/quarantine', { params: { query } })),
);
export const heldReadingsQuery = queryOptions({
  queryKey: ['staff', 'held-readings'],
  queryFn: () => answer(api.GET('/api/v1/staff/usage/held')),
});
export const tokensQuery = queryOptions({
  queryKey: ['staff', 'tokens'],
  queryFn: () => answer(api.GET('/api/v1/staff/usage/tokens')),
});
export const trialBalanceQuery = queryOptions({
  queryKey: ['staff', 'trial-balance'],
  queryFn: () => answer(api.GET('/api/v1/staff/ledger/trial-balance')),
});
export const sealsQuery = pages(['staff', 'seals'], (query) =>
  answer(api.GET('/api/v1/staff/ledger/days', { params: { query } })),
);
/** Of which instant, or of which span; of now, or of all time, where nothing is said. */
export interface ReportTime {
  at?: string;
  from?: string;
  to?: string;
}

export function reportQuery(report: ReportName, time: ReportTime) {
  return queryOptions({
    queryKey: ['staff', 'report', report, time],
    queryFn: () => answer(api.GET('/api/v1/staff/reports', { params: { query: { report, ...time } } })),
  });
}
export function subjectsQuery(customer_id: string) {
  return queryOptions({
    queryKey: ['staff', 'usage-subjects', customer_id],
    queryFn: () => answer(api.GET('/api/v1/staff/usage/subjects', { params: { query: { customer_id } } })),
  });
}

const at = (id: string, key: string) => ({ params: { path: { id } }, headers: keyed(key) });

export const decideApproval = (id: string, body: { grant: boolean; reason: string }, key: string) =>
  answer(api.POST('/api/v1/staff/approvals/{id}/decision', { body, ...at(id, key) }));
export const decideHeld = (
  id: string,
  body: Body<'/api/v1/staff/held-payments/{id}/decision', 'post'>,
  key: string,
) => answer(api.POST('/api/v1/staff/held-payments/{id}/decision', { body, ...at(id, key) }));
export const approveTransfer = (
  id: string,
  body: Body<'/api/v1/staff/bank-transfers/{id}/approve', 'post'>,
  key: string,
) => answer(api.POST('/api/v1/staff/bank-transfers/{id}/approve', { body, ...at(id, key) }));
export const refuseTransfer = (id: string, reason: string, key: string) =>
  answer(api.POST('/api/v1/staff/bank-transfers/{id}/refuse', { body: { reason }, ...at(id, key) }));
export const importStatement = (csv: string, key: string) =>
  answer(api.POST('/api/v1/staff/bank-statements', { body: { csv }, headers: keyed(key) }));
export const assignReceipt = (
  id: string,
  body: Body<'/api/v1/staff/bank-receipts/{id}/assign', 'post'>,
  key: string,
) => answer(api.POST('/api/v1/staff/bank-receipts/{id}/assign', { body, ...at(id, key) }));
export const returnReceipt = (id: string, body: { reason: string; bank_reference: string }, key: string) =>
  answer(api.POST('/api/v1/staff/bank-receipts/{id}/return', { body, ...at(id, key) }));
export const runReconciliation = ({ id }: { id: string }, key: string) =>
  answer(api.POST('/api/v1/staff/reconciliations/{id}/run', at(id, key)));
export const askFinding = ({ id }: { id: string }, key: string) =>
  answer(api.POST('/api/v1/staff/reconciliation-findings/{id}/ask', at(id, key)));
export const explainFinding = (id: string, reason: string, key: string) =>
  answer(
    api.POST('/api/v1/staff/reconciliation-findings/{id}/explain', { body: { reason }, ...at(id, key) }),
  );
export const decideWithdrawal = (id: string, body: { approve: boolean; reason: string }, key: string) =>
  answer(api.POST('/api/v1/staff/withdrawals/{id}/decision', { body, ...at(id, key) }));
export const recordPart = (
  id: string,
  part_id: string,
  body: Body<'/api/v1/staff/withdrawals/{id}/parts/{part_id}/result', 'post'>,
  key: string,
) =>
  answer(
    api.POST('/api/v1/staff/withdrawals/{id}/parts/{part_id}/result', {
      body,
      params: { path: { id, part_id } },
      headers: keyed(key),
    }),
  );
export const decideAccount = (id: string, body: { verified: boolean; reason: string }, key: string) =>
  answer(api.POST('/api/v1/staff/bank-accounts/{id}/decision', { body, ...at(id, key) }));
export const revealAccount = ({ id }: { id: string }, key: string) =>
  answer(api.POST('/api/v1/staff/bank-accounts/{id}/reveal', at(id, key)));
export const placeFreeze = (
  id: string,
  body: Body<'/api/v1/staff/customers/{id}/freezes', 'post'>,
  key: string,
) => answer(api.POST('/api/v1/staff/customers/{id}/freezes', { body, ...at(id, key) }));
export const decideFreeze = (
  id: string,
  body: Body<'/api/v1/staff/freezes/{id}/outcome', 'post'>,
  key: string,
) => answer(api.POST('/api/v1/staff/freezes/{id}/outcome', { body, ...at(id, key) }));
export const writeOff = (id: string, reason: string, key: string) =>
  answer(api.POST('/api/v1/staff/debts/{id}/write-off', { body: { reason }, ...at(id, key) }));
export const addCoupon = (body: CouponInput, key: string) =>
  answer(api.POST('/api/v1/staff/coupons', { body, headers: keyed(key) }));
export const disableCoupon = (id: string, key: string) =>
  answer(api.POST('/api/v1/staff/coupons/{id}/disable', at(id, key)));
export const importPrices = (body: Body<'/api/v1/staff/prices', 'post'>, key: string) =>
  answer(api.POST('/api/v1/staff/prices', { body, headers: keyed(key) }));
export const giveGift = (id: string, body: Body<'/api/v1/staff/customers/{id}/gifts', 'post'>, key: string) =>
  answer(api.POST('/api/v1/staff/customers/{id}/gifts', { body, ...at(id, key) }));
export const taxIssued = (id: string, body: { number: string; file: string }, key: string) =>
  answer(api.POST('/api/v1/staff/tax-invoices/{id}/issued', { body, ...at(id, key) }));
export const taxRefused = (id: string, reason: string, key: string) =>
  answer(api.POST('/api/v1/staff/tax-invoices/{id}/refused', { body: { reason }, ...at(id, key) }));
export const taxReverse = (id: string, reason: string, key: string) =>
  answer(api.POST('/api/v1/staff/tax-invoices/{id}/reverse', { body: { reason }, ...at(id, key) }));
export const taxReversed = (id: string, body: { number: string; file?: string }, key: string) =>
  answer(api.POST('/api/v1/staff/tax-invoices/{id}/reversed', { body, ...at(id, key) }));
export const approveContract = (id: string, key: string) =>
  answer(api.POST('/api/v1/staff/contracts/{id}/approve', at(id, key)));
export const refuseContract = (id: string, reason: string, key: string) =>
  answer(api.POST('/api/v1/staff/contracts/{id}/refuse', { body: { reason }, ...at(id, key) }));
export const releaseEvent = (id: string, note: string, key: string) =>
  answer(api.POST('/api/v1/staff/usage/quarantine/{id}/release', { body: { note }, ...at(id, key) }));
export const refuseEvent = (id: string, note: string, key: string) =>
  answer(api.POST('/api/v1/staff/usage/quarantine/{id}/refuse', { body: { note }, ...at(id, key) }));
export const correctUsage = (body: Body<'/api/v1/staff/usage/corrections', 'post'>, key: string) =>
  answer(api.POST('/api/v1/staff/usage/corrections', { body, headers: keyed(key) }));
export const openSubject = (body: Body<'/api/v1/staff/usage/subjects', 'post'>, key: string) =>
  answer(api.POST('/api/v1/staff/usage/subjects', { body, headers: keyed(key) }));
export const closeSubject = (body: Body<'/api/v1/staff/usage/subjects/close', 'post'>, key: string) =>
  answer(api.POST('/api/v1/staff/usage/subjects/close', { body, headers: keyed(key) }));
export const addToken = (body: { name: string }, key: string) =>
  answer(api.POST('/api/v1/staff/usage/tokens', { body, headers: keyed(key) }));
export const revokeToken = (id: string, key: string) =>
  answer(api.DELETE('/api/v1/staff/usage/tokens/{id}', at(id, key)));
export const publishRoots = (through: string, key: string) =>
  answer(api.POST('/api/v1/staff/ledger/publications', { body: { through }, headers: keyed(key) }));
