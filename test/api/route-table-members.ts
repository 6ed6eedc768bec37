import type { Route } from './route-table.ts';

const TOKEN = 'A'.repeat(43);

/** The part of the table that is about who belongs to a customer. */
export const MEMBERS: Record<string, Route> = {
  'GET /account/customers': { access: 'customer', good: 200 },
  // Where the session stands already.
  'POST /account/customers/:id/switch': { access: 'customer', good: 204, of: 'customer' },
  'GET /members/second-factor': { access: 'customer', good: 200 },
  'PUT /members/second-factor': { access: 'customer', good: 204, body: { required: false } },
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
  'GET /account/responsible': { access: 'customer', good: 200 },
  // No product has this name; test/scenarios/responsible.test.ts names some that are.
  'PUT /account/responsible/:product': {
    access: 'customer',
    good: 404,
    body: { user_id: '018f0000-0000-7000-8000-000000000000', phone: null },
  },
  'DELETE /account/responsible/:product': { access: 'customer', good: 404 },
  'GET /staff/customers/:id/responsible': { access: 'staff', good: 200, of: 'customer' },
  // Nobody's token; test/api/members.test.ts has real ones.
  'POST /invitations/opened': { access: 'public', good: 409, body: { token: TOKEN } },
  'POST /invitations/acceptance': { access: 'customer', good: 409, body: { token: TOKEN } },
};
