import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';

export interface Reply {
  status: number;
  body: Record<string, unknown>;
  text: string;
  replayed: boolean;
}

export interface CallOptions {
  method?: string;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string;
  key?: string;
  locale?: 'zh-CN' | 'en';
  /** Another server than the customer's own. */
  base?: string;
}

/** One request by hand, with the customer's session; throws only when no whole answer came. */
export async function call(
  customer: { api: { cookie(): string }; url: string },
  path: string,
  options: CallOptions = {},
): Promise<Reply> {
  const body = options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body));
  const method = options.method ?? (body === null ? 'GET' : 'POST');
  const response = await fetch(`${options.base ?? customer.url}/api/v1${path}`, {
    method,
    body,
    headers: {
      cookie: customer.api.cookie(),
      'accept-language': options.locale ?? 'en',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'idempotency-key': options.key ?? randomUUID() }),
    },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    text,
    replayed: response.headers.get('idempotency-replayed') === 'true',
  };
}

/** As a careful client does: the same key again while the server says that it is busy. */
export async function callUntilAnswered(
  customer: Parameters<typeof call>[0],
  path: string,
  options: CallOptions,
): Promise<Reply> {
  const key = options.key ?? randomUUID();
  for (;;) {
    const reply = await call(customer, path, { ...options, key });
    if (reply.status !== 503) return reply;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function caller(world: { url: string }, customer: StoryCustomer) {
  return { api: customer.api, url: world.url };
}

export const ORDER = {
  plan: 'nat-s',
  region: 'hk',
  image: 'debian-12',
  hostname: 'web1',
  months: 1,
  access: { type: 'password', password: 'Plum-rain-and-9-geese' },
} as const;

/** How many rows there are of all that an order makes; two readings that agree mean that nothing half-made was left. */
export async function made(world: World): Promise<Record<string, number>> {
  const tables = [
    'billing_order',
    'billing_accrual',
    'lifecycle_service',
    'compute_instance',
    'compute_mapping',
    'compute_step',
    'ledger_transaction',
    'ledger_entry',
    'notify_notice',
    'audit_event',
    'kernel_idempotency',
  ];
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from ${sql.table(table)}`.execute(
      world.server.house.db,
    );
    counts[table] = Number(rows[0]!.n);
  }
  const { rows } = await sql<{ taken: bigint }>`select coalesce(sum(taken), 0)::bigint as taken
    from catalogue_taken`.execute(world.server.house.db);
  counts.stock_taken = Number(rows[0]!.taken);
  return counts;
}

/** Many customers from one address would meet the limit of strangers' attempts, which is not what is tested here. */
export async function forgiveVisitors(world: World): Promise<void> {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
}

export async function customerIdOf(customer: StoryCustomer, world: World): Promise<string> {
  const { body } = await call(caller(world, customer), '/auth/session');
  return (body.customer as { id: string }).id;
}
