import type { Route } from './route-table.ts';

/** Money that leaves, is frozen or is owed, and acts of two; 蓝天云 has none of it, so ids are of nobody. */
export const FUNDS: Record<string, Route> = {
  'GET /funds/withdrawals': { access: 'customer', good: 200 },
  'POST /funds/withdrawals': { access: 'customer', good: 403, body: { amount: '1' } },
  'DELETE /funds/withdrawals/:id': { access: 'customer', good: 404, of: 'payment' },
  'GET /funds/bank-accounts': { access: 'customer', good: 200 },
  'POST /funds/bank-accounts': {
    access: 'customer',
    good: 201,
    body: { holder: '张三', bank: '招商银行', number: '6225880123456789' },
  },
  'DELETE /funds/bank-accounts/:id': { access: 'customer', good: 404, of: 'payment' },
  'GET /funds/freezes': { access: 'customer', good: 200 },
  'POST /funds/freezes/:id/appeal': { access: 'customer', good: 404, of: 'payment', body: { text: 'why' } },
  'GET /debts': { access: 'customer', good: 200 },
  'GET /staff/withdrawals': { access: 'staff', good: 200 },
  'POST /staff/withdrawals/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { approve: true, reason: 'as asked for' },
  },
  'POST /staff/withdrawals/:id/parts/:part_id/result': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { failure: 'no such account' },
  },
  'GET /staff/bank-accounts': { access: 'staff', good: 200 },
  'POST /staff/bank-accounts/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { verified: true, reason: 'name agrees' },
  },
  'POST /staff/bank-accounts/:id/reveal': { access: 'staff', good: 404, of: 'payment' },
  'GET /staff/freezes': { access: 'staff', good: 200 },
  'POST /staff/customers/:id/freezes': {
    access: 'staff',
    // 蓝天云's terms know no freezing.
    good: 409,
    of: 'customer',
    body: { amount: null, reason: '5.4.3', explanation: 'why' },
  },
  'POST /staff/freezes/:id/outcome': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { outcome: 'lift', reason: 'looked at it' },
  },
  'GET /staff/debts': { access: 'staff', good: 200 },
  'POST /staff/debts/:id/write-off': { access: 'staff', good: 404, of: 'payment', body: { reason: 'gone' } },
  'GET /staff/approvals': { access: 'staff', good: 200 },
  'POST /staff/approvals/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { grant: true, reason: 'looked at it' },
  },
};
