import { sql } from 'kysely';
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
  /** Names of the buckets and the like that it has. */
  subjects: string[];
  /** What it may end because it was down for too long. */
  rights: string[];
}

/** Something of a customer's, besides its services. */
interface Thing {
  what: 'cash' | 'account' | 'bill' | 'freeze' | 'inquiry' | 'breach' | 'subject' | 'right';
  customer: string;
  /** Its id or name; of money how much. */
  id: string;
  state: string | null;
}

/** Of all customers, in two queries. */
export async function survey(life: Life): Promise<Map<string, View>> {
  const { db } = life.world.server.house;
  const views = new Map(life.people.map(({ customerId }) => [customerId, emptyView()]));
  const services = await db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('state', 'in', ['preparing', 'active', 'suspended', 'ended'])
    .orderBy('label')
    .execute();
  const { rows: things } = await sql<Thing>`
    select 'cash' as what, owner as customer, balance_micro::text as id, null as state, '' as place
      from ledger_account where kind = 'customer_cash'
    union all select 'account', customer_id::text, '', state, '' from arrears_account
    union all select 'bill', customer_id::text, id::text, state, number from arrears_bill where closed_at is null
    union all select 'freeze', customer_id::text, id::text, null, id::text from funds_freeze where state = 'frozen'
    union all select 'inquiry', customer_id::text, id::text, null, id::text from enforcement_inquiry
      where answered_at is null and lapsed_at is null
    union all select 'breach', c.customer_id::text, c.id::text, null, c.id::text from enforcement_case c
      where c.state = 'breach' and not exists (select from enforcement_appeal a where a.case_id = c.id)
    union all select 'subject', customer_id::text, name, null, name from metering_subject where closed_at is null
    union all select 'right', customer_id::text, subject_id::text, null, subject_id::text from outages_end_right where used_at is null
    order by what, place`.execute(db);
  for (const row of services) views.get(row.customer_id)?.services.push(row);
  for (const { what, customer, id, state } of things) {
    const view = views.get(customer);
    if (!view) continue;
    if (what === 'cash') view.cash = BigInt(id);
    else if (what === 'account') view.account = state as View['account'];
    else if (what === 'bill') view.bills.push({ id, state: state! });
    else view[LISTS[what]].push(id);
  }
  return views;
}

const LISTS = {
  freeze: 'freezes',
  inquiry: 'inquiries',
  breach: 'breaches',
  subject: 'subjects',
  right: 'rights',
} as const;

function emptyView(): View {
  return {
    ...{ services: [], cash: 0n, account: null, bills: [] },
    ...{ freezes: [], inquiries: [], breaches: [], subjects: [], rights: [] },
  };
}
