import type { Route } from './route-table.ts';

const NOBODY = '018f0000-0000-7000-8000-000000000000';
const window = { from: '2099-03-01T00:00:00.000Z', until: '2099-03-01T04:00:00.000Z' };
const title = { zh: '故障', en: 'Outage' };

/** Outages, claims and moves; in a fresh world there are none, so ids are of nobody. */
export const OUTAGES: Record<string, Route> = {
  'GET /outages': { access: 'public', good: 200 },
  'GET /account/outages': { access: 'customer', good: 200 },
  // It wasn't down.
  'POST /account/outages/:id/end': { access: 'customer', good: 403, of: 'service' },
  'GET /outages/:id/proofs/:proof_id': { access: 'customer', good: 404 },
  'GET /staff/outages': { access: 'staff', good: 200 },
  'POST /staff/outages': {
    access: 'staff',
    // It lies ahead.
    good: 422,
    body: { title, cause: 'provider', from: window.from, until: null, services: [NOBODY] },
  },
  'GET /staff/outages/:id': { access: 'staff', good: 404 },
  'POST /staff/outages/:id/entries': {
    access: 'staff',
    good: 404,
    body: { after: 1, title, cause: 'provider', from: window.from, until: null, services: [NOBODY] },
  },
  'GET /staff/outages/:id/preview': { access: 'staff', good: 404 },
  'POST /staff/outages/:id/settlement': {
    access: 'staff',
    good: 404,
    body: { entry: 1, discretion: 'leave' },
  },
  'POST /staff/outages/:id/force-majeure': {
    access: 'staff',
    good: 404,
    body: { statement: { zh: '地震', en: 'Earthquake' }, content: 'AAAA' },
  },
  'GET /staff/outages/:id/proofs/:proof_id': { access: 'staff', good: 404 },
  'GET /account/uptime': { access: 'customer', good: 404, query: `?service=${NOBODY}` },
  'GET /staff/uptime': { access: 'staff', good: 200 },
  'GET /staff/outage-drafts': { access: 'staff', good: 200 },
  'POST /staff/outage-drafts/:id/confirmation': {
    access: 'staff',
    good: 404,
    body: { title, cause: 'provider' },
  },
  'POST /staff/outage-drafts/:id/dismissal': { access: 'staff', good: 404, body: { reason: 'why' } },
  'GET /claims': { access: 'customer', good: 200 },
  'GET /claims/cap': { access: 'customer', good: 404, query: `?service=${NOBODY}` },
  'POST /claims': {
    access: 'customer',
    good: 404,
    body: { service: NOBODY, amount: '1', grounds: 'It was down.' },
  },
  'GET /staff/claims': { access: 'staff', good: 200 },
  'GET /staff/customers/:id/claim-cap': {
    access: 'staff',
    good: 404,
    of: 'customer',
    query: `?service=${NOBODY}`,
  },
  'POST /staff/customers/:id/claims': {
    access: 'staff',
    good: 404,
    of: 'customer',
    body: { service: NOBODY, amount: '1', grounds: 'It was down.' },
  },
  'POST /staff/claims/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { refuse: 'liability', reason: 'no damage' },
  },
  'GET /account/moves': { access: 'customer', good: 200 },
  'GET /staff/moves': { access: 'staff', good: 200 },
  'POST /staff/moves': {
    access: 'staff',
    // Nothing would move.
    good: 422,
    body: {
      node: null,
      services: [NOBODY],
      destination: { zh: '新机房', en: 'New site' },
      reason: 'why',
      ...window,
    },
  },
  'POST /staff/moves/:id/window': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { ...window, reason: 'why' },
  },
  'POST /staff/moves/:id/cancellation': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'why' },
  },
  'POST /staff/moves/:id/completion': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { new_address: null },
  },
};
