import type { Route } from './route-table.ts';

const code = { id: '018f0000-0000-7000-8000-000000000000', code: '000000' };

/** Sign-in by phone and by third parties; test/scenarios/phone-sign-up and federation go the whole way. */
export const FEDERATION: Record<string, Route> = {
  'GET /auth/providers': { access: 'public', good: 200 },
  'POST /auth/federation/begin': { access: 'public', good: 200, body: { provider: 'qq' } },
  'POST /auth/federation/finish': {
    access: 'public',
    good: 400,
    body: { provider: 'qq', query: 'code=made-up&state=made-up' },
  },
  'POST /auth/phone/codes': { access: 'public', good: 202, body: { phone: '13800138000', locale: 'zh' } },
  'POST /auth/phone/sign-in': { access: 'public', good: 422, body: code },
  'POST /auth/phone/recovery': { access: 'public', good: 422, body: code },
  'POST /auth/phone/holder': {
    access: 'public',
    good: 410,
    body: { challenge: 'A'.repeat(43), given: { way: 'mail', code: '000000' } },
  },
  'POST /auth/phone/holder/mail': { access: 'public', good: 410, body: { challenge: 'A'.repeat(43) } },
  'POST /auth/phone/sign-up': {
    access: 'public',
    good: 422,
    body: { ...code, locale: 'zh', minor: false, newly_mine: false },
  },
  'POST /auth/prove/phone': { access: 'customer', good: 422, body: code },
  'GET /account/bindings': { access: 'customer', good: 200 },
  'POST /account/bindings': { access: 'customer', good: 200, body: { provider: 'qq' } },
  'POST /account/bindings/pending': { access: 'customer', good: 400 },
  'DELETE /account/bindings/pending': { access: 'customer', good: 204 },
  'DELETE /account/bindings/:id': { access: 'customer', good: 404, of: 'payment' },
  'POST /account/phone/codes': { access: 'customer', good: 202, body: { phone: '13900139000' } },
  'POST /account/phone': { access: 'customer', good: 422, body: code },
  'DELETE /account/phone': { access: 'customer', good: 204 },
};
