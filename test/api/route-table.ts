import type { Access } from '#kernel/http.ts';
import { PASSWORD_ACCESS } from '../support/world.ts';
import { ARREARS } from './route-table-arrears.ts';
import { BREACHES } from './route-table-breaches.ts';
import { DISCLOSURES } from './route-table-disclosures.ts';
import { DOMAINS } from './route-table-domains.ts';
import { ENDINGS } from './route-table-endings.ts';
import { ENFORCEMENT } from './route-table-enforcement.ts';
import { FACTORS } from './route-table-factors.ts';
import { FEDERATION } from './route-table-federation.ts';
import { FORECAST } from './route-table-forecast.ts';
import { FUNDS } from './route-table-funds.ts';
import { GATES } from './route-table-gates.ts';
import { KEYS } from './route-table-keys.ts';
import { MEMBERS } from './route-table-members.ts';
import { NOTICES } from './route-table-notices.ts';
import { OUTAGES } from './route-table-outages.ts';
import { PAPERS } from './route-table-papers.ts';
import { POLICY } from './route-table-policy.ts';
import { PRIVACY } from './route-table-privacy.ts';
import { PUSHES } from './route-table-pushes.ts';
import { STAFF } from './route-table-staff.ts';
import { STAFF_PAYMENTS } from './route-table-staff-payments.ts';
import { TERMS } from './route-table-terms.ts';
import { USAGE } from './route-table-usage.ts';
import { VERIFICATION } from './route-table-verification.ts';
import { TINY_PNG } from './tiny-png.ts';

/** Whose id stands in the path. */
export type Owned = 'service' | 'payment' | 'session' | 'customer' | 'job' | 'member' | 'invitation';

/** What one person owns, by which paths are filled in. */
export interface Belongings {
  service: string;
  mapping: string;
  payment: string;
  session: string;
  customer: string;
  job: string;
  member: string;
  invitation: string;
}

export interface Route {
  access: Access;
  /** What `:id` names; a stranger's is 404. */
  of?: Owned;
  /** A good query, where one must be there. */
  query?: string;
  /** A good body. */
  body?: Record<string, unknown>;
  /** What a good call by the owner is answered with. */
  good: number;
}

const UUID = '018f0000-0000-7000-8000-000000000000';

export { TINY_PNG };

const nobody = { email: 'nobody@example.com', password: 'Plum-rain-and-9-geese' };

/**
 * Every route of the API and who may call it. A route that isn't here fails test/access.test.ts. Owners call them in
 * this order, so what ends a session comes last.
 */
export const ROUTES: Record<string, Route> = {
  'GET /brand': { access: 'public', good: 200 },
  'GET /terms': { access: 'public', good: 200 },
  'GET /catalogue': { access: 'public', good: 200 },
  'GET /openapi.json': { access: 'public', good: 200 },
  'GET /ledger/roots': { access: 'public', good: 200 },
  'GET /price-changes': { access: 'public', good: 200 },
  'GET /price-moves': { access: 'customer', good: 200 },
  'POST /carts/quote': {
    access: 'public',
    good: 200,
    body: { lines: [{ plan: 'nat-s', region: 'hk', months: 1 }] },
  },
  'POST /quote': { access: 'public', good: 200, body: { plan: 'nat-s', region: 'hk', months: 1 } },
  'POST /auth/sign-up': { access: 'public', good: 202, body: { ...nobody, locale: 'zh', minor: false } },
  'POST /auth/resend-code': { access: 'public', good: 202, body: { email: nobody.email } },
  'POST /auth/verify-email': {
    access: 'public',
    good: 422,
    body: { email: nobody.email, code: '000000', password: nobody.password },
  },
  'POST /auth/sign-in': { access: 'public', good: 403, body: nobody },
  'POST /staff/auth/sign-in': { access: 'public', good: 401, body: nobody },
  'POST /callbacks/alipay': { access: 'callback', good: 400 },
  'POST /callbacks/wechatpay': { access: 'callback', good: 401 },
  'GET /dev/mailbox': { access: 'development', good: 200 },

  'GET /payment-channels': { access: 'public', good: 200 },

  'GET /auth/session': { access: 'customer', good: 200 },
  'GET /account/sessions': { access: 'customer', good: 200 },
  'GET /notices': { access: 'customer', good: 200 },
  'GET /terms/acceptances': { access: 'customer', good: 200 },
  'GET /balance': { access: 'customer', good: 200 },
  'GET /statement': { access: 'customer', good: 200 },
  // No day is sealed yet.
  'GET /ledger/proof': { access: 'customer', good: 404 },
  'GET /payments': { access: 'customer', good: 200 },
  'GET /payments/:id': { access: 'customer', good: 200, of: 'payment' },
  'GET /orders': { access: 'customer', good: 200 },
  'GET /gifts': { access: 'customer', good: 200 },
  'POST /services/:id/changes/preview': {
    access: 'customer',
    good: 200,
    of: 'service',
    body: { plan: 'nat-s', options: { disk_gb: 5 } },
  },
  // What it is already; test/scenarios/change-plan.test.ts changes it.
  'POST /services/:id/changes': { access: 'customer', good: 422, of: 'service', body: { plan: 'nat-s' } },
  'GET /services/:id/end': { access: 'customer', good: 200, of: 'service' },
  // This brand refunds nothing, and the customer hasn't given up what is left.
  'POST /services/:id/end': { access: 'customer', good: 409, of: 'service', body: {} },
  'GET /services': { access: 'customer', good: 200 },
  'GET /services/:id': { access: 'customer', good: 200, of: 'service' },
  'GET /services/:id/renewals/preview': {
    access: 'customer',
    good: 200,
    of: 'service',
    query: '?months=1',
  },
  'GET /services/:id/history': { access: 'customer', good: 200, of: 'service' },
  'GET /services/:id/steps': { access: 'customer', good: 200, of: 'service' },
  'GET /services/:id/stream': { access: 'customer', good: 200, of: 'service' },
  'GET /services/:id/metrics': { access: 'customer', good: 200, of: 'service' },
  'GET /services/:id/mappings': { access: 'customer', good: 200, of: 'service' },
  // Without the upgrade to a WebSocket there is nothing here; see the terminal's own test.
  'GET /services/:id/terminal': { access: 'customer', good: 404, of: 'service' },
  'POST /services/:id/mappings': {
    access: 'customer',
    good: 201,
    of: 'service',
    body: { protocol: 'udp', target_port: 53 },
  },
  'DELETE /services/:id/mappings/:mapping_id': { access: 'customer', good: 204, of: 'service' },
  'POST /services/:id/power': { access: 'customer', good: 202, of: 'service', body: { action: 'restart' } },
  // One service can't be aligned with itself.
  'POST /services/alignment/preview': { access: 'customer', good: 400, body: { services: [UUID] } },
  'POST /services/alignment': { access: 'customer', good: 400, body: { services: [UUID] } },
  'PUT /services/:id/auto-renewal': { access: 'customer', good: 204, of: 'service', body: { months: 1 } },
  'POST /services/:id/renewals': { access: 'customer', good: 201, of: 'service', body: { months: 1 } },
  'POST /payments': { access: 'customer', good: 201, body: { amount: '10', channel: 'alipay' } },
  // It is paid; test/scenarios/pay-ways.test.ts begins one that isn't.
  'POST /payments/:id/start': { access: 'customer', good: 409, of: 'payment', body: { way: 'page' } },
  // A payment through a gateway has no slips; test/scenarios/bank-transfer.test.ts has one that does.
  'POST /payments/:id/slips': {
    access: 'customer',
    good: 404,
    of: 'payment',
    body: { payer_name: '张三', transferred_on: '2026-03-01', content: TINY_PNG },
  },
  'GET /payments/:id/slips': { access: 'customer', good: 404, of: 'payment' },
  'GET /payments/:id/slips/:slip_id': { access: 'customer', good: 404, of: 'payment' },
  'POST /orders': {
    access: 'customer',
    good: 201,
    body: {
      plan: 'nat-s',
      region: 'hk',
      image: 'debian-12',
      hostname: 'web2',
      months: 1,
      access: PASSWORD_ACCESS,
    },
  },
  'POST /carts/orders': {
    access: 'customer',
    good: 201,
    body: {
      lines: [
        {
          plan: 'nat-s',
          region: 'hk',
          image: 'debian-12',
          hostname: 'web3',
          months: 1,
          access: PASSWORD_ACCESS,
        },
      ],
    },
  },
  'POST /terms/acceptances': {
    access: 'customer',
    good: 409,
    body: { version_id: UUID, sha256: '0'.repeat(64), highlights: [] },
  },

  ...STAFF,
  'GET /staff/overview': { access: 'staff', good: 200 },
  'GET /staff/audit': { access: 'staff', good: 200 },
  'GET /staff/customers': { access: 'staff', good: 200 },
  'GET /staff/customers/names': { access: 'staff', good: 200, query: `?ids=${UUID}` },
  'GET /staff/customers/:id': { access: 'staff', good: 200, of: 'customer' },
  'GET /staff/services': { access: 'staff', good: 200 },
  'GET /staff/services/:id': { access: 'staff', good: 200, of: 'service' },
  'GET /staff/orders': { access: 'staff', good: 200 },
  'GET /staff/prices': { access: 'staff', good: 200 },
  'POST /staff/prices': { access: 'staff', good: 422, body: { csv: 'product,plan,price' } },
  'GET /staff/coupons': { access: 'staff', good: 200 },
  'POST /staff/coupons': {
    access: 'staff',
    good: 201,
    body: { code: 'SPRING', name: { zh: '春季优惠', en: 'Spring' }, off: { kind: 'percent', percent: '10' } },
  },
  'POST /staff/coupons/:id/disable': { access: 'staff', good: 404, of: 'payment' },
  'GET /staff/customers/:id/gifts': { access: 'staff', good: 200, of: 'customer' },
  'POST /staff/customers/:id/gifts': {
    access: 'staff',
    good: 201,
    of: 'customer',
    body: {
      name: { zh: '赠金', en: 'Gift' },
      amount: '5',
      expires_at: '2027-01-01T00:00:00Z',
      reason: 'a welcome',
    },
  },
  ...STAFF_PAYMENTS,
  'GET /staff/nodes': { access: 'staff', good: 200 },
  'GET /staff/nodes/names': { access: 'staff', good: 200 },
  'GET /staff/jobs': { access: 'staff', good: 200 },
  'GET /staff/ledger/days': { access: 'staff', good: 200 },
  'GET /staff/ledger/trial-balance': { access: 'staff', good: 200 },
  // Whose must be said.
  'GET /staff/ledger/balances': { access: 'staff', good: 400 },
  'POST /staff/ledger/publications': { access: 'staff', good: 404, body: { through: '2026-03-01' } },
  'GET /staff/reports': { access: 'staff', good: 200 },
  'GET /staff/reports/file': { access: 'staff', good: 200 },
  'POST /staff/jobs/:job_id/retry': { access: 'staff', good: 204, of: 'job' },

  ...MEMBERS,
  ...USAGE,
  ...VERIFICATION,
  ...DOMAINS,
  ...DISCLOSURES,
  ...FUNDS,
  ...FACTORS,
  ...FEDERATION,
  ...FORECAST,
  ...NOTICES,
  ...KEYS,
  ...ARREARS,
  ...GATES,
  ...POLICY,
  ...OUTAGES,
  ...ENFORCEMENT,
  ...PAPERS,
  ...TERMS,
  ...ENDINGS,
  ...PRIVACY,
  ...PUSHES,
  ...BREACHES,

  'DELETE /account/sessions/:id': { access: 'customer', good: 204, of: 'session' },
  'DELETE /account/sessions': { access: 'customer', good: 200 },
  'POST /account/password': {
    access: 'customer',
    good: 401,
    body: { current: 'not it at all', next: 'Plum-rain-and-9-geese' },
  },
  'POST /auth/sign-out': { access: 'public', good: 204 },
  'POST /staff/auth/sign-out': { access: 'staff', good: 204 },
};

/** The path with these ids in it. */
export function filled(path: string, route: Route, ids: Belongings): string {
  const own = path
    .replace(':mapping_id', ids.mapping)
    .replace(':job_id', ids.job)
    .replace(':part_id', ids.mapping)
    .replace(':id', route.of ? ids[route.of] : '');
  return `${own}${route.query ?? ''}`;
}
