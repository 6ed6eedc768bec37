import type { Route } from './route-table.ts';

/** The part of the table that is about API keys. */
export const KEYS: Record<string, Route> = {
  'GET /account/keys': { access: 'customer', good: 200 },
  'POST /account/keys': {
    access: 'customer',
    good: 201,
    body: { name: 'deploy', kind: 'signed', areas: { services: 'write' } },
  },
  // A session is no key; test/api/keys.test.ts revokes one.
  'DELETE /account/keys/:id': { access: 'customer', good: 404, of: 'session' },
};
