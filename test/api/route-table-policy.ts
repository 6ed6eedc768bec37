import type { Route } from './route-table.ts';

/** What holds for a service, and contracts that were negotiated; 蓝天云's terms rank none. */
export const POLICY: Record<string, Route> = {
  'GET /services/:id/policy': { access: 'customer', good: 200, of: 'service' },
  'GET /staff/services/:id/policy': { access: 'staff', good: 200, of: 'service' },
  'GET /service-contracts': { access: 'customer', good: 200 },
  'GET /service-contracts/:id/file': { access: 'customer', good: 404, of: 'payment' },
  'GET /staff/service-contracts': { access: 'staff', good: 200 },
  'GET /staff/service-contracts/:id/file': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/customers/:id/service-contracts': {
    access: 'staff',
    good: 409,
    of: 'customer',
    body: {
      number: 'HT-1',
      title: 'contract',
      parameters: {},
      clauses: [{ id: '1', text: 'text' }],
      valid_from: '2026-03-01',
      reason: 'signed',
    },
  },
  'POST /staff/service-contracts/:id/end': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'over' },
  },
};
