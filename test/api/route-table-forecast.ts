import type { Route } from './route-table.ts';

/** What lies ahead of a customer: its own, and for staff anybody's of the brand. */
export const FORECAST: Record<string, Route> = {
  'GET /account/forecast': { access: 'customer', good: 200, query: '?days=30' },
  'GET /staff/customers/:id/forecast': { access: 'staff', good: 200, of: 'customer' },
};
