import type { Route } from './route-table.ts';

const TOKEN = 'A'.repeat(43);
const given = { factor: 'totp', code: '000000' };
const credential = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', clientExtensionResults: {} };
const signed = { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' };

/** The part of the table that is about factors. Nobody's challenges: test/api/factors.test.ts has real ones. */
export const FACTORS: Record<string, Route> = {
  'POST /auth/second-factor': { access: 'public', good: 410, body: { challenge: TOKEN, given } },
  'POST /auth/second-factor/passkey': { access: 'public', good: 410, body: { challenge: TOKEN } },
  'POST /auth/passkey/options': { access: 'public', good: 200 },
  'POST /auth/passkey': {
    access: 'public',
    good: 410,
    body: { challenge: TOKEN, response: { ...credential, response: signed } },
  },
  'POST /auth/recovery': { access: 'public', good: 202, body: { email: 'nobody@example.com' } },
  'POST /auth/recovery/code': {
    access: 'public',
    good: 422,
    body: { email: 'nobody@example.com', code: '00000000' },
  },
  'POST /auth/recovery/passkey': { access: 'public', good: 410, body: { challenge: TOKEN } },
  'POST /auth/recovery/password': {
    access: 'public',
    good: 410,
    body: { challenge: TOKEN, password: 'Plum-rain-and-9-geese', given: null },
  },
  'POST /auth/prove': { access: 'customer', good: 401, body: { by: 'password', password: 'not it at all' } },
  'POST /auth/prove/passkey': { access: 'customer', good: 200 },
  'GET /account/factors': { access: 'customer', good: 200 },
  'POST /account/factors/totp': { access: 'customer', good: 200 },
  'POST /account/factors/totp/confirmation': {
    access: 'customer',
    good: 401,
    body: { code: '000000' },
  },
  'DELETE /account/factors/totp': { access: 'customer', good: 404 },
  'POST /account/factors/passkeys/options': { access: 'customer', good: 200 },
  'POST /account/factors/passkeys': {
    access: 'customer',
    good: 410,
    body: {
      challenge: TOKEN,
      name: 'Phone',
      response: { ...credential, response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } },
    },
  },
  // A session is no passkey.
  'PATCH /account/factors/passkeys/:id': {
    access: 'customer',
    good: 404,
    of: 'session',
    body: { name: 'Tablet' },
  },
  'DELETE /account/factors/passkeys/:id': { access: 'customer', good: 404, of: 'session' },
  'POST /account/factors/recovery-codes': { access: 'customer', good: 200 },
  'PUT /account/factors/question': {
    access: 'customer',
    good: 204,
    body: { question: 'first-teacher', answer: 'Li' },
  },
  'DELETE /account/factors/question': { access: 'customer', good: 204 },
};
