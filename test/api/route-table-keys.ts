import type { Route } from './route-table.ts';

/** The part of the table that is about API keys and the record of acts. */
export const KEYS: Record<string, Route> = {
  'GET /account/keys': { access: 'customer', good: 200 },
  'POST /account/keys': {
    access: 'customer',
    good: 201,
    body: { name: 'deploy', kind: 'signed', areas: { services: 'write' } },
  },
  // A session is no key; test/api/keys.test.ts revokes one.
  'DELETE /account/keys/:id': { access: 'customer', good: 404, of: 'session' },
  'GET /account/audit': { access: 'customer', good: 200 },
  'GET /audit/roots': { access: 'public', good: 200 },
  'GET /staff/authority-requests': { access: 'staff', good: 200 },
  'POST /staff/customers/:id/authority-requests': {
    access: 'staff',
    good: 201,
    of: 'customer',
    body: {
      authority: '某区公安分局',
      document: '调取证据通知书 2026-17',
      article: '网络安全法第二十八条',
      case: 'law',
      kinds: ['logs'],
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-02T00:00:00Z',
      untold_reason: null,
    },
  },
  // A customer is no such request.
  'POST /staff/authority-requests/:id/file': { access: 'staff', good: 404, of: 'customer' },
};
