import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { isUnreachable } from '#kernel/db.ts';
import { parseYuan } from '#kernel/money.ts';
import { numberGaps } from '#modules/invoicing/index.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { type Postgres, startPostgres } from '#server/local/postgres.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, type World } from '#server/world.ts';
import { manyServices } from '../../bench/many-services.ts';
import { PASSWORD_ACCESS, readyCustomer } from '../support/world.ts';
import { chance, type Kept, keepRunning } from './support/processes.ts';
import { call } from './support/wire.ts';

/**
 * Renewals that are all due at once, by two worker processes, on a PostgreSQL of their own with fsync on, while a
 * customer renews by hand through an API process; each of them killed with SIGKILL again and again.
 * CLOUDPACT_RENEWALS (a multiple of ten) makes it more, CLOUDPACT_SEED repeats a run.
 */
const COUNT = Number(process.env.CLOUDPACT_RENEWALS ?? 20_000);
const SEED = Number(process.env.CLOUDPACT_SEED ?? Math.floor(Math.random() * 1e9));
const EACH_KILLED = 3;
/** What the customer that renews by hand has the money for. */
const BY_HAND_MOST = 400;
/** Without an end of its own a run that stands still would never fail. */
const WITHIN_MS = 300_000 + COUNT * 2;
const ENTITLED = sql`auto_renew_months is not null`;

let dir: string;
let postgres: Postgres;
let world: World;
let customer: StoryCustomer;
let byItself: string;
let byHand: string;
let due: Date;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-renewals-'));
  postgres = await startPostgres({ dir: join(dir, 'pg'), log: () => undefined });
  const env: Record<string, string> = {};
  world = await openWorld({ adminUrl: postgres.adminUrl, env });
  customer = await readyCustomer(world, '5000');
  byItself = await customer.order({ access: PASSWORD_ACCESS });
  byHand = await customer.order({ access: PASSWORD_ACCESS });
  for (const id of [byItself, byHand]) await customer.until(id, ({ state }) => state === 'active');
  const params = { path: { id: byItself } };
  await ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months: 1 } }));
  due = await manyServices(world.server, customer, byItself, COUNT);
  world.clock.moveTo(due);
  await customer.stayIn(due);
  // From here on only the processes that are killed work.
  env.CLOUDPACT_ROLE = 'api';
  await world.reopen();
});
after(async () => {
  // The database goes with its PostgreSQL: one that is being cleaned up by it just then can't be dropped.
  await world?.server.close();
  await postgres?.stop();
  for (const path of [dir, world?.server.house.config.dataDir])
    if (path) await rm(path, { recursive: true, force: true });
});

async function killPostgres(): Promise<void> {
  process.kill(postgres.pid, 'SIGKILL');
  await postgres.exited;
  postgres = await startPostgres({ dir: join(dir, 'pg'), log: () => undefined });
}

/** How many are committed: the counter of invoice numbers says it without counting. */
async function committed(): Promise<number> {
  const read = sql<{ last: bigint }>`select coalesce(max(last), 0) as last from invoicing_counter
    where brand = 'lantian' and series like 'INV%'`;
  const { rows } = await read.execute(world.server.house.db).catch((error: unknown) => {
    if (isUnreachable(error)) return { rows: [{ last: -1n }] };
    throw error;
  });
  return Number(rows[0]!.last);
}

/** Renews by hand again and again, each with a key that is kept until an answer comes. Returns the orders. */
async function renewByHand(api: Kept, over: AbortSignal): Promise<string[]> {
  const orders: string[] = [];
  while (!over.aborted && orders.length < BY_HAND_MOST) {
    const key = randomUUID();
    for (;;) {
      const base = api.child?.url;
      const reply = base
        ? await call({ api: customer.api, url: base }, `/services/${byHand}/renewals`, {
            body: { months: 1 },
            key,
          }).catch(() => null)
        : null;
      if (reply?.status === 201) orders.push(String(reply.body.order_id));
      assert.ok(reply === null || reply.status === 201 || reply.status >= 500, reply?.text);
      if (reply?.status === 201) break;
      await sleep(100);
    }
    await sleep(250);
  }
  return orders;
}

/** Each victim as often, in any order, at any moment between the first renewal and the last. */
async function killAll(victims: Record<string, () => Promise<void>>): Promise<void> {
  const random = chance(SEED);
  const turns = Array.from({ length: EACH_KILLED }, () => Object.values(victims))
    .flat()
    .map((kill) => ({ kill, turn: random(), at: Math.floor(random() * COUNT * 0.9), pause: random() * 400 }));
  const moments = turns.map(({ at }) => at).sort((a, b) => a - b);
  turns.sort((a, b) => a.turn - b.turn);
  const deadline = performance.now() + WITHIN_MS;
  for (const [i, { kill, pause }] of turns.entries()) {
    while ((await committed()) < moments[i]!) {
      assert.ok(performance.now() < deadline, `no progress: ${await committed()} of ${COUNT}`);
      await sleep(20);
    }
    await sleep(pause);
    await kill();
  }
  while ((await dueStill()) > 0n) {
    assert.ok(performance.now() < deadline, `${await dueStill()} still due`);
    await sleep(200);
  }
}

async function one<T>(query: ReturnType<typeof sql<T>>): Promise<T> {
  return (await query.execute(world.server.house.db)).rows[0]!;
}

async function dueStill(): Promise<bigint> {
  const row = await one(sql<{ n: bigint }>`select count(*) as n from lifecycle_service
    where renew_at <= ${due} and state in ('active', 'suspended')`);
  return row.n;
}

test(`F01 F02 F03 F06 F18 API, workers and PostgreSQL killed in a run of ${COUNT} renewals: nothing lost, nothing doubled, sum zero`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const began = performance.now();
  const [first, second, api] = [
    keepRunning(world, 'worker'),
    keepRunning(world, 'worker'),
    keepRunning(world, 'api'),
  ];
  const over = new AbortController();
  const byHandOrders = renewByHand(api, over.signal);
  try {
    const kills = killAll({ first: first.kill, second: second.kill, api: api.kill, postgres: killPostgres });
    // What fails ends all of it, so that nothing goes on behind the test's back.
    await Promise.race([kills, byHandOrders.then(() => kills)]);
  } finally {
    over.abort();
    await byHandOrders.catch(() => undefined);
    await Promise.all([first, second, api].map((kept) => kept.stop()));
  }
  const acknowledged = await byHandOrders;
  // PostgreSQL forgot what it had counted of its tables with each kill.
  await sql`analyze`.execute(world.server.house.db);
  t.diagnostic(
    `${((performance.now() - began) / 1_000).toFixed(1)} s; ${4 * EACH_KILLED} kills; ${acknowledged.length} by hand`,
  );
  await eachOnce(acknowledged);
  await moneyRight();
});

async function eachOnce(acknowledged: string[]): Promise<void> {
  const all = BigInt(COUNT) + 1n;
  const services = await one(sql`select count(*) as many, count(distinct period_end) as ends,
      min(period_start) as starts, bool_and(state = 'active' and renew_at > ${due}) as runs
    from lifecycle_service where ${ENTITLED}`);
  const starts = new Date((await customer.service(byItself)).period_start);
  assert.deepEqual(services, { many: all, ends: 1n, starts, runs: true });

  const rows = await world.server.house.db
    .selectFrom('billing_order')
    .select('id')
    .where('kind', '=', 'renewal')
    .where('service_id', '=', byHand)
    .execute();
  assert.deepEqual(
    rows.map(({ id }) => id).sort(),
    [...acknowledged].sort(),
    'by hand: what was acknowledged',
  );

  const orders = await one(sql`select count(*) as many, count(distinct o.service_id) as services,
      count(i.id) as invoices, count(a.order_id) as accruals, count(t.id) as posted
    from billing_order o join lifecycle_service s on s.id = o.service_id and ${ENTITLED} and s.period_start = o.period_start
    left join invoicing_invoice i on i.order_id = o.id and i.amount_micro = o.amount_micro
    left join billing_accrual a on a.order_id = o.id
    left join ledger_transaction t on t.source = 'order' and t.source_id = o.id::text
    where o.kind = 'renewal'`);
  assert.deepEqual(orders, { many: all, services: all, invoices: all, accruals: all, posted: all });
  const inAll = await one(sql`select (select count(*) from billing_order) as orders,
    (select count(*) from invoicing_invoice) as invoices, (select count(*) from billing_accrual) as accruals`);
  const every = all + 2n + BigInt(acknowledged.length);
  assert.deepEqual(inAll, { orders: every, invoices: every, accruals: every }, 'and no others');
  assert.deepEqual(await numberGaps(world.server.house.db), []);

  const told = await one(sql`select count(*) as notices, count(distinct dedupe) as causes,
      (select count(distinct subject_id) from audit_event where action = 'service.renewed' and actor_kind = 'system') as recorded,
      (select count(*) from audit_event where action = 'service.renewed' and actor_kind = 'system') as records
    from notify_notice where kind = 'service-renewed'`);
  assert.deepEqual(told, { notices: all, causes: all, recorded: all, records: all });
  const lost = await one(sql`select count(*) as lost from notify_notice n
    left join (select json_array_elements_text(payload -> 'notices') as id from graphile_worker._private_jobs
      where payload::jsonb ? 'notices') j on j.id = n.id::text
    where n.state = 'queued' and j.id is null`);
  assert.deepEqual(lost, { lost: 0n }, 'what is not sent yet is on its way');
}

async function moneyRight(): Promise<void> {
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
  const money = await one(sql<{ strangers: bigint; earned: bigint; ordered: bigint }>`select
      count(*) filter (where a.kind = 'customer_cash' and a.owner <> s.customer_id::text and a.balance_micro <> 0) as strangers,
      (sum(a.balance_micro) filter (where a.kind in ('deferred_revenue', 'revenue', 'tax')))::bigint as earned,
      (select sum(amount_micro)::bigint from billing_order) as ordered
    from ledger_account a, lifecycle_service s where s.id = ${byItself}`);
  assert.equal(money.strangers, 0n, 'each had the money for exactly its services');
  assert.equal(money.earned, money.ordered);
  const spent = await one(sql<{
    micro: bigint;
  }>`select sum(o.amount_micro)::bigint as micro from billing_order o
    where o.service_id in (${byItself}, ${byHand})`);
  assert.equal(parseYuan(await customer.balance()), parseYuan('5000') - spent.micro);
}
