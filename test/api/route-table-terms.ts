import type { Route } from './route-table.ts';

/** The part of the table that is about revisions of the agreement and who accepted what. */
export const TERMS: Record<string, Route> = {
  'GET /terms/versions/:version': { access: 'public', good: 404 },
  'GET /terms/revisions': { access: 'public', good: 200 },
  'GET /terms/acceptances/pdf': { access: 'customer', good: 200 },
  'GET /terms/acceptances/:id/file': { access: 'customer', good: 404, of: 'payment' },
  'POST /terms/disagreement': { access: 'customer', good: 409 },
  'DELETE /terms/disagreement': { access: 'customer', good: 409 },
  'GET /staff/terms/revisions': { access: 'staff', good: 200 },
  'GET /staff/terms/disagreements': { access: 'staff', good: 200 },
  'GET /staff/customers/:id/acceptances': { access: 'staff', good: 200, of: 'customer' },
  'POST /staff/customers/:id/acceptances': {
    access: 'staff',
    good: 422,
    of: 'customer',
    body: { method: 'other-agreed', words: 'agreed by letter of 2 March' },
  },
  'GET /staff/customers/:id/acceptances/pdf': { access: 'staff', good: 200, of: 'customer' },
  'GET /staff/customers/:id/acceptances/:part_id/file': { access: 'staff', good: 404, of: 'customer' },
};
