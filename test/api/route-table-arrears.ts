import type { Route } from './route-table.ts';

/** Accounts that pay by use, and bills; 蓝天云's terms know neither. */
export const ARREARS: Record<string, Route> = {
  'GET /arrears': { access: 'customer', good: 200 },
  'POST /arrears/restart': { access: 'customer', good: 409 },
  'GET /arrears/certificates': { access: 'customer', good: 200 },
  'GET /bills': { access: 'customer', good: 200 },
  'POST /bills/:id/pay': { access: 'customer', good: 404, of: 'payment' },
  'GET /bills/services': { access: 'customer', good: 200 },
  'PUT /services/:id/bill-renewal': { access: 'customer', good: 409, of: 'service', body: { months: 1 } },
  'GET /staff/arrears': { access: 'staff', good: 200 },
  'GET /staff/customers/:id/arrears': { access: 'staff', good: 200, of: 'customer' },
  'GET /staff/customers/:id/credit': { access: 'staff', good: 200, of: 'customer' },
  'PUT /staff/customers/:id/credit': {
    access: 'staff',
    good: 409,
    of: 'customer',
    body: { limit: '100', reason: 'known for years' },
  },
  'POST /staff/customers/:id/credit/withdrawal': {
    access: 'staff',
    good: 404,
    of: 'customer',
    body: { reason: 'no longer' },
  },
  'GET /staff/bills': { access: 'staff', good: 200 },
};
