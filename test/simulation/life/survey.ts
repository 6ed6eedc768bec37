import type { Service } from '#modules/lifecycle/service-row.ts';
import type { Life } from './life.ts';

/** What a customer sees of its own when it looks. */
export interface View {
  /** Those that haven't gone, in the order of their names. */
  services: Service[];
  cash: bigint;
  account: 'running' | 'frozen' | 'ended' | null;
  bills: { id: string; state: string }[];
  /** Frozen money that it may still appeal about. */
  freezes: string[];
  /** Questions that it was asked. */
  inquiries: string[];
  /** Cases that were found to be a breach. */
  breaches: string[];
  /** What it may end because it was down for too long. */
  rights: string[];
}

/** Of all customers, in as many queries as there are kinds of things. */
export async function survey(life: Life): Promise<Map<string, View>> {
  const { db } = life.world.server.house;
  const views = new Map(life.people.map(({ customerId }) => [customerId, emptyView()]));
  const [services, cash, accounts, bills, freezes, inquiries, breaches, rights] = await Promise.all([
    db
      .selectFrom('lifecycle_service')
      .selectAll()
      .where('state', 'in', ['preparing', 'active', 'suspended', 'ended'])
      .orderBy('label')
      .execute(),
    db
      .selectFrom('ledger_account')
      .select(['owner', 'balance_micro'])
      .where('kind', '=', 'customer_cash')
      .execute(),
    db.selectFrom('arrears_account').select(['customer_id', 'state']).execute(),
    db
      .selectFrom('arrears_bill')
      .select(['id', 'customer_id', 'state'])
      .where('closed_at', 'is', null)
      .orderBy('number')
      .execute(),
    db
      .selectFrom('funds_freeze')
      .select(['id', 'customer_id'])
      .where('state', '=', 'frozen')
      .orderBy('id')
      .execute(),
    db
      .selectFrom('enforcement_inquiry')
      .select(['id', 'customer_id'])
      .where('answered_at', 'is', null)
      .where('lapsed_at', 'is', null)
      .orderBy('id')
      .execute(),
    db
      .selectFrom('enforcement_case as c')
      .leftJoin('enforcement_appeal as a', 'a.case_id', 'c.id')
      .select(['c.id', 'c.customer_id'])
      .where('c.state', '=', 'breach')
      .where('a.id', 'is', null)
      .orderBy('c.id')
      .execute(),
    db
      .selectFrom('outages_end_right')
      .select(['subject_id', 'customer_id'])
      .where('used_at', 'is', null)
      .orderBy('subject_id')
      .execute(),
  ]);
  for (const row of services) views.get(row.customer_id)?.services.push(row);
  for (const { owner, balance_micro } of cash) {
    const view = views.get(owner);
    if (view) view.cash = balance_micro;
  }
  for (const { customer_id, state } of accounts) {
    const view = views.get(customer_id);
    if (view) view.account = state;
  }
  for (const { customer_id, ...bill } of bills) views.get(customer_id)?.bills.push(bill);
  for (const { customer_id, id } of freezes) views.get(customer_id)?.freezes.push(id);
  for (const { customer_id, id } of inquiries) views.get(customer_id)?.inquiries.push(id);
  for (const { customer_id, id } of breaches) views.get(customer_id)?.breaches.push(id);
  for (const { customer_id, subject_id } of rights) views.get(customer_id)?.rights.push(subject_id);
  return views;
}

function emptyView(): View {
  return {
    ...{ services: [], cash: 0n, account: null, bills: [] },
    ...{ freezes: [], inquiries: [], breaches: [], rights: [] },
  };
}
