import { asSystem } from '#kernel/house.ts';
import { arrearsState } from '#modules/arrears/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';

const both = (text: string) => ({ zh: text, en: text });

/** Storage that costs a yuan for each unit and day, and calls that cost a yuan each; charged by the day. */
export const STORE = {
  id: 'store',
  name: both('存储'),
  summary: both('按日计费的存储'),
  settle: 'day',
  meters: [
    {
      id: 'stored',
      name: both('存储空间'),
      kind: 'time-weighted',
      event: 'store.level',
      value: 'units',
      unit: { name: both('单位'), size: 1, per: 'day' },
    },
    {
      id: 'calls',
      name: both('调用'),
      kind: 'sum',
      event: 'store.calls',
      value: 'count',
      unit: { name: both('次'), size: 1 },
    },
  ],
  tariffs: [
    {
      version: 'v1',
      from: '2026-01-01',
      prices: [
        { meter: 'stored', tiers: [{ price: '1' }] },
        { meter: 'calls', tiers: [{ price: '1' }] },
      ],
    },
  ],
};

export function accountOf(customer: StoryCustomer) {
  return ok(customer.api.GET('/api/v1/arrears')).then(({ account }) => account!);
}

export function stateOf(world: World, brand: string, customerId: string) {
  return asSystem(world.server.house, brand, 'test', (tx) => arrearsState(tx, customerId));
}

/** What was done, by whom and on which clause; oldest first. */
export function actsOf(world: World, customerId: string, actions: RegExp) {
  return world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'clause_id', 'facts', 'notices', 'at'])
    .where('customer_id', '=', customerId)
    .orderBy('id')
    .execute()
    .then((rows) =>
      rows
        .filter(({ action }) => actions.test(action))
        .map((row) => ({ ...row, facts: row.facts as Record<string, unknown> })),
    );
}

/** The kinds of notices, as they were sent. */
export function noticesOf(world: World, customerId: string, kinds: RegExp) {
  return world.server.house.db
    .selectFrom('notify_notice')
    .select(['id', 'kind', 'subject', 'body', 'created_at'])
    .where('customer_id', '=', customerId)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
    .then((rows) => rows.filter(({ kind }) => kinds.test(kind)));
}
