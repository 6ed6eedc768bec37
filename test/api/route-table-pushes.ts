import type { Route } from './route-table.ts';

/** The part of the table that is about services that pass to another customer. */
export const PUSHES: Record<string, Route> = {
  // 蓝天云's terms know no push; test/scenarios/pushes.test.ts has a brand whose terms do.
  'POST /services/:id/pushes': {
    access: 'customer',
    good: 403,
    of: 'service',
    body: { to: { email: 'somebody@example.com' } },
  },
  'GET /pushes/given': { access: 'customer', good: 200 },
  // A service is no offer.
  'DELETE /pushes/:id': { access: 'customer', good: 404, of: 'service' },
  'GET /push-offers': { access: 'customer', good: 200 },
  'POST /push-offers/:id/acceptance': {
    access: 'customer',
    good: 404,
    of: 'service',
    body: {
      code: '12345678',
      as_shown: 'a'.repeat(64),
      access: { type: 'password', password: 'Plum-rain-and-9-geese' },
    },
  },
  'POST /push-offers/:id/refusal': { access: 'customer', good: 404, of: 'service' },
  'GET /pushes/taken': { access: 'customer', good: 200 },
  'GET /staff/pushes': { access: 'staff', good: 200 },
};
