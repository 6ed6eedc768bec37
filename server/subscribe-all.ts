import type { Bus } from '#kernel/events.ts';
import { subscribe as arrearsListens } from '#modules/arrears/index.ts';
import { subscribe as authoritiesListens } from '#modules/authorities/index.ts';
import { subscribe as billsListens } from '#modules/bills/index.ts';
import { subscribe as budgetsListens } from '#modules/budgets/index.ts';
import { subscribe as computeListens } from '#modules/compute/index.ts';
import { subscribe as contactsListens } from '#modules/contacts/index.ts';
import { subscribe as debtsListens } from '#modules/debts/index.ts';
import { subscribe as documentsListens } from '#modules/documents/index.ts';
import { subscribe as endingsListens } from '#modules/endings/index.ts';
import { subscribe as enforcementListens } from '#modules/enforcement/index.ts';
import { subscribe as fundsListens } from '#modules/funds/index.ts';
import { subscribe as gatesListens } from '#modules/gates/index.ts';
import { subscribe as invoicingListens } from '#modules/invoicing/index.ts';
import { subscribe as keysListens } from '#modules/keys/index.ts';
import { subscribe as liabilityListens } from '#modules/liability/index.ts';
import { subscribe as lifecycleListens } from '#modules/lifecycle/index.ts';
import { subscribe as meteringListens } from '#modules/metering/index.ts';
import { subscribe as movesListens } from '#modules/moves/index.ts';
import { subscribe as negotiatedListens } from '#modules/negotiated/index.ts';
import { subscribe as notifyListens } from '#modules/notify/index.ts';
import { subscribe as pricesListens } from '#modules/prices/index.ts';
import { subscribe as privacyListens } from '#modules/privacy/index.ts';
import { subscribe as pushesListens } from '#modules/pushes/index.ts';
import { subscribe as reachListens } from '#modules/reach/index.ts';
import { subscribe as revisionsListens } from '#modules/revisions/index.ts';
import { subscribe as uptimeListens } from '#modules/uptime/index.ts';
import { subscribe as usageListens } from '#modules/usage/index.ts';

/** Whoever listens to what other rooms say, in the order in which they hear it: events point up. */
const LISTENERS = [
  keysListens,
  reachListens,
  notifyListens,
  revisionsListens,
  authoritiesListens,
  negotiatedListens,
  contactsListens,
  fundsListens,
  debtsListens,
  gatesListens,
  meteringListens,
  budgetsListens,
  usageListens,
  invoicingListens,
  documentsListens,
  lifecycleListens,
  endingsListens,
  pricesListens,
  arrearsListens,
  billsListens,
  computeListens,
  liabilityListens,
  uptimeListens,
  movesListens,
  enforcementListens,
  pushesListens,
  privacyListens,
];

export function subscribeAll(bus: Bus): void {
  for (const listens of LISTENERS) listens(bus);
}
