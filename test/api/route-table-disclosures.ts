import type { Route } from './route-table.ts';

/** The part of the table that is about what is given away of a customer. */
export const DISCLOSURES: Record<string, Route> = {
  'GET /staff/customers/:id/disclosures': { access: 'staff', good: 200, of: 'customer' },
  'POST /staff/customers/:id/disclosures': {
    access: 'staff',
    good: 422,
    of: 'customer',
    body: { case: 'consent', kinds: ['usage'], to: '某机关', reference: '公函 2026-17' },
  },
};
