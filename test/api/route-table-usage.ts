import type { Route } from './route-table.ts';

const UUID = '018f0000-0000-7000-8000-000000000000';
const BUDGET = { name: 'month', amount: '10', percents: [50, 100], stop: true };

/** What is measured, for customers and staff; ids of nobody stand where the world has none. */
export const USAGE: Record<string, Route> = {
  // Machines come with a token of their own.
  'POST /usage/events': { access: 'callback', good: 401 },
  // The brand of these tests has nothing that is metered; what its routes do is in test/faults/metering.test.ts.
  'GET /usage/prices': { access: 'public', good: 200 },
  'GET /usage/meters': { access: 'customer', good: 200 },
  'GET /usage/series': { access: 'customer', good: 400 },
  'GET /usage/estimate': { access: 'customer', good: 200 },
  'GET /usage/charges': { access: 'customer', good: 200 },
  'GET /usage/charges/:id/explain': { access: 'customer', good: 404, of: 'payment' },
  'GET /usage/budgets': { access: 'customer', good: 200 },
  'POST /usage/budgets': { access: 'customer', good: 201, body: BUDGET },
  'PUT /usage/budgets/:id': { access: 'customer', good: 404, of: 'payment', body: BUDGET },
  'DELETE /usage/budgets/:id': { access: 'customer', good: 404, of: 'payment' },
  'GET /usage/packages': { access: 'customer', good: 200 },
  'POST /usage/packages': { access: 'customer', good: 422, body: { product: 'lab', package: 'lab-1' } },
  'GET /staff/usage/quarantine': { access: 'staff', good: 200 },
  'POST /staff/usage/quarantine/:id/release': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { note: 'the clock was wrong' },
  },
  'POST /staff/usage/quarantine/:id/refuse': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { note: 'nobody’s bucket' },
  },
  'POST /staff/usage/corrections': {
    access: 'staff',
    good: 422,
    body: {
      product: 'lab',
      meter: 'lab',
      subject: 'a',
      at: '2026-03-02T00:00:00Z',
      quantity: '-1',
      reason: 'twice',
    },
  },
  'GET /staff/usage/held': { access: 'staff', good: 200 },
  'GET /staff/usage/subjects': { access: 'staff', good: 200 },
  'POST /staff/usage/subjects': {
    access: 'staff',
    good: 422,
    body: { product: 'lab', name: 'a', customer_id: UUID },
  },
  'POST /staff/usage/subjects/close': { access: 'staff', good: 404, body: { product: 'lab', name: 'a' } },
  'GET /staff/usage/tokens': { access: 'staff', good: 200 },
  'POST /staff/usage/tokens': { access: 'staff', good: 201, body: { name: 'edge' } },
  'DELETE /staff/usage/tokens/:id': { access: 'staff', good: 404, of: 'payment' },
};
