import type { Route } from './route-table.ts';

/** Domains: what shows that one is theirs can't be set up here, so none is proven. */
export const DOMAINS: Record<string, Route> = {
  'GET /domains': { access: 'customer', good: 200 },
  'POST /domains': { access: 'customer', good: 201, body: { domain: 'example.com' } },
  'POST /domains/:id/proof': {
    access: 'customer',
    good: 404,
    of: 'payment',
    body: { method: 'dns' },
  },
  'DELETE /domains/:id': { access: 'customer', good: 404, of: 'payment' },
  'GET /staff/domains': { access: 'staff', good: 200 },
};
