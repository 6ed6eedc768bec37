import type { Route } from './route-table.ts';

/** What a customer may do, restrictions, filings; 蓝天云's terms know neither of these two. */
export const GATES: Record<string, Route> = {
  'GET /gates': { access: 'customer', good: 200 },
  'GET /gates/:act': { access: 'customer', good: 404 },
  'GET /filings': { access: 'customer', good: 200 },
  'POST /filings': {
    access: 'customer',
    good: 409,
    body: { kind: 'icp-filing', number: '京ICP备2026000001号', domain: 'example.com', subject: 'somebody' },
  },
  'DELETE /filings/:id': { access: 'customer', good: 404, of: 'payment' },
  'GET /staff/customers/:id/gates': { access: 'staff', good: 200, of: 'customer' },
  'GET /staff/restrictions': { access: 'staff', good: 200 },
  'POST /staff/customers/:id/restrictions': {
    access: 'staff',
    good: 409,
    of: 'customer',
    body: { acts: ['buy'], reason: 'looked at it' },
  },
  'POST /staff/restrictions/:id/lift': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'settled' },
  },
  'GET /staff/filings': { access: 'staff', good: 200 },
  'POST /staff/filings/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { approve: true, reason: 'looked it up' },
  },
  'POST /staff/filings/:id/revocation': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'the ministry took it back' },
  },
};
