import type { Route } from './route-table.ts';

/** Reports of abuse, cases, measures. */
export const ENFORCEMENT: Record<string, Route> = {
  'POST /reports': {
    access: 'public',
    good: 201,
    body: {
      about: '203.0.113.9:20001',
      category: 'e',
      text: 'It scans our network since the morning.',
      reporter: 'noc@example.com',
    },
  },
  'GET /cases': { access: 'customer', good: 200 },
  'GET /cases/:id': { access: 'customer', good: 404, of: 'payment' },
  'POST /cases/:id/appeal': { access: 'customer', good: 404, of: 'payment', body: { text: 'why' } },
  'POST /inquiries/:id/answer': { access: 'customer', good: 404, of: 'payment', body: { answer: 'so' } },
  'GET /staff/cases': { access: 'staff', good: 200 },
  'GET /staff/cases/:id': { access: 'staff', good: 404, of: 'payment' },
  'POST /staff/customers/:id/cases': {
    access: 'staff',
    good: 201,
    of: 'customer',
    body: { service_id: null, origin: 'staff', category: 'k', summary: 'looked at', note: null },
  },
  'POST /staff/cases/:id/evidence': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { kind: 'note', text: 'seen' },
  },
  'POST /staff/cases/:id/inquiries': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { question: 'whose is it?' },
  },
  'POST /staff/cases/:id/decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { breach: true, decision: 'it is' },
  },
  'POST /staff/cases/:id/appeal-decision': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { grant: true, decision: 'so it is' },
  },
  'POST /staff/cases/:id/measures': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { measure: 'suspend', reason: 'looked at it' },
  },
  'POST /staff/measures/:id/reversal': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { reason: 'looked at it' },
  },
  'GET /staff/reports-of-abuse': { access: 'staff', good: 200 },
  'POST /staff/reports-of-abuse/:id/handling': {
    access: 'staff',
    good: 404,
    of: 'payment',
    body: { case: null },
  },
};
