import type { Route } from './route-table.ts';

/** The part of the table that is about how services end, and what remains of them. */
export const ENDINGS: Record<string, Route> = {
  'GET /services/:id/life': { access: 'customer', good: 200, of: 'service' },
  // Nothing of it was erased.
  'GET /services/:id/certificate': { access: 'customer', good: 404, of: 'service' },
  'POST /services/:id/end-proposals/:proposal': {
    access: 'customer',
    good: 404,
    of: 'service',
    body: { accept: false },
  },
  // It hasn't ended.
  'POST /services/:id/read-out': { access: 'customer', good: 409, of: 'service' },
  'GET /staff/services/:id/life': { access: 'staff', good: 200, of: 'service' },
  'GET /staff/services/:id/certificate': { access: 'staff', good: 404, of: 'service' },
  // Its terms don't let the operator end a service early.
  'POST /staff/services/:id/end': { access: 'staff', good: 409, of: 'service', body: { reason: 'a test' } },
  'POST /staff/services/:id/breach': {
    access: 'staff',
    good: 201,
    of: 'service',
    body: { reason: 'a test' },
  },
  'POST /staff/services/:id/end-proposals': {
    access: 'staff',
    good: 201,
    of: 'service',
    body: { refund: '0', reason: 'a test' },
  },
  'DELETE /staff/services/:id/end-proposals/:proposal': { access: 'staff', good: 404, of: 'service' },
};
