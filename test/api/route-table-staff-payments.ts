import type { Route } from './route-table.ts';

const UUID = '018f0000-0000-7000-8000-000000000000';

/** What staff do about money that came in or went out. */
export const STAFF_PAYMENTS: Record<string, Route> = {
  'GET /staff/payments': { access: 'staff', good: 200 },
  'GET /staff/held-payments': { access: 'staff', good: 200 },
  'POST /staff/held-payments/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { act: 'credit', reason: 'the amount was agreed' },
  },
  'GET /staff/refunds': { access: 'staff', good: 200 },
  'GET /staff/bank-transfers': { access: 'staff', good: 200 },
  'GET /staff/bank-transfers/:id/slips/:slip_id': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/bank-transfers/:id/approve': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { bank_reference: '2026030200001', amount: '10', received_on: '2026-03-02' },
  },
  'POST /staff/bank-transfers/:id/refuse': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'the bank has no such transfer' },
  },
  'POST /staff/bank-statements': { access: 'staff', good: 409, body: { csv: 'date,amount\n' } },
  'GET /staff/bank-receipts': { access: 'staff', good: 200 },
  'POST /staff/bank-receipts/:id/assign': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { customer_id: UUID, reason: 'the payer called' },
  },
  'POST /staff/bank-receipts/:id/return': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'nobody knows it', bank_reference: '2026030300001' },
  },
  'GET /staff/reconciliations': { access: 'staff', good: 200 },
  'GET /staff/reconciliations/:id': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/reconciliations/:id/run': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/reconciliation-findings/:id/ask': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/reconciliation-findings/:id/explain': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'the channel says so' },
  },
};
