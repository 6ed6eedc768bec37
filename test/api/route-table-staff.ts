import type { Route } from './route-table.ts';

const staff = { access: 'staff' } as const;
/** Of a customer: nobody of the staff has that id. */
const nobodys = { access: 'staff', of: 'customer', good: 404 } as const;
const attested = {
  id: 'AAAA',
  rawId: 'AAAA',
  type: 'public-key',
  clientExtensionResults: {},
  response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' },
};

/** Members of the staff, their factors and sessions, their roles. */
export const STAFF: Record<string, Route> = {
  'GET /staff/auth/session': { ...staff, good: 200 },
  'GET /staff/auth/factors': { ...staff, good: 200 },
  'GET /staff/auth/sessions': { ...staff, good: 200 },
  'POST /staff/auth/passkey': { ...staff, good: 200 },
  // No authenticator shows this.
  'POST /staff/auth/second-factor': { ...staff, good: 401, body: { factor: 'totp', code: '000000' } },
  // There is one already, which has to stay as the only factor.
  'POST /staff/auth/totp': { ...staff, good: 409 },
  'POST /staff/auth/totp/confirm': { ...staff, good: 401, body: { code: '000000' } },
  'DELETE /staff/auth/totp': { ...staff, good: 409 },
  'POST /staff/auth/passkeys/options': { ...staff, good: 200 },
  'POST /staff/auth/passkeys': {
    ...staff,
    good: 410,
    body: { challenge: 'AAAA', name: '办公电脑', response: attested },
  },
  'DELETE /staff/auth/passkeys/:id': { ...staff, of: 'session', good: 404 },
  'POST /staff/auth/recovery-codes': { ...staff, good: 200 },
  'POST /staff/auth/factor-reset': { ...staff, good: 201, body: { reason: '手机丢失' } },
  'DELETE /staff/auth/sessions/:id': { ...staff, of: 'session', good: 404 },
  'POST /staff/auth/sessions/end-others': { ...staff, good: 204 },
  'POST /staff/auth/password': {
    access: 'staff',
    good: 401,
    body: { current: 'not it at all', next: 'Plum-rain-and-9-geese' },
  },
  'GET /staff/members': { ...staff, good: 200 },
  'POST /staff/members': {
    ...staff,
    good: 201,
    body: {
      email: 'colleague@staff.example.com',
      name: '王五',
      holdings: [{ role: 'support', brand: null }],
    },
  },
  'PUT /staff/members/:id/roles': { ...nobodys, body: { holdings: [{ role: 'support', brand: null }] } },
  'POST /staff/members/:id/password': nobodys,
  'POST /staff/members/:id/end-sessions': nobodys,
  'POST /staff/members/:id/leave': nobodys,
  'POST /staff/members/:id/erasure': nobodys,
  'POST /staff/members/:id/factor-reset': { ...nobodys, body: { reason: '手机丢失' } },
  'POST /staff/factor-resets/:id/decision': { ...nobodys, body: { grant: true } },
  'GET /visit': { access: 'customer', good: 200 },
  // Nobody of the staff is logged in as this customer.
  'POST /visit/end': { access: 'customer', good: 404 },
  'POST /staff/customers/:id/visits': {
    ...staff,
    of: 'customer',
    good: 204,
    body: { reason: '排查无法登录', writes: false },
  },
  'POST /staff/roles': { ...staff, good: 201, body: { name: '客服主管', areas: { customers: 'write' } } },
  'PUT /staff/roles/:id': { ...nobodys, body: { name: '客服主管', areas: { customers: 'read' } } },
  'DELETE /staff/roles/:id': nobodys,
};
