import type { Route } from './route-table.ts';

const TOKEN = 'A'.repeat(43);

/** The part of the table that is about who belongs to a customer. */
export const MEMBERS: Record<string, Route> = {
  'GET /account/customers': { access: 'customer', good: 200 },
  // Where the session stands already.
  'POST /account/customers/:id/switch': { access: 'customer', good: 204, of: 'customer' },
  'GET /members': { access: 'customer', good: 200 },
  'PUT /members/:id': { access: 'customer', good: 204, of: 'member', body: { role: 'support' } },
  'DELETE /members/:id': { access: 'customer', good: 204, of: 'member' },
  // An owner stays.
  'POST /members/leave': { access: 'customer', good: 409 },
  'GET /members/invitations': { access: 'customer', good: 200 },
  'POST /members/invitations': {
    access: 'customer',
    good: 201,
    body: { email: 'another@example.com', given: { role: 'read-only' } },
  },
  'DELETE /members/invitations/:id': { access: 'customer', good: 204, of: 'invitation' },
  // Nobody's token; test/api/members.test.ts has real ones.
  'POST /invitations/opened': { access: 'public', good: 409, body: { token: TOKEN } },
  'POST /invitations/acceptance': { access: 'customer', good: 409, body: { token: TOKEN } },
};
