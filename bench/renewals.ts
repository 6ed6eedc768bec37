import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { sweepAll } from '#kernel/sweeps.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { allSweeps } from '#server/worker.ts';
import { openWorld } from '#server/world.ts';
import { table } from './figures.ts';
import { manyServices } from './many-services.ts';

/**
 * Renewals that are due all at once, end to end: price, order, ledger, invoice, due date, audit, notice in the outbox.
 * PostgreSQL as `up` starts it, durable. Beside it the ceiling of the same run: the same number of ledger transactions
 * alone. The bar: a million in 60 s.
 */

const COUNT = Number(process.env.BENCH_RENEWALS ?? 1_000_000);
const BAR_SECONDS = 60;

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, log: () => undefined });
const env: Record<string, string> = {};
const world = await openWorld({ adminUrl: postgres.adminUrl, env });
try {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('30');
  const id = await customer.order({ access: { type: 'password', password: 'Plum-rain-and-9-geese' } });
  await customer.until(id, ({ state }) => state === 'active');
  const params = { path: { id } };
  await ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months: 1 } }));
  const due = await manyServices(world.server, customer, id, COUNT);
  world.clock.moveTo(due);
  // From here on the notices stay in the outbox: delivering them is the mail server's time.
  env.CLOUDPACT_ROLE = 'api';
  await world.reopen();
  const { house } = world.server;
  const renewals = allSweeps(house).find(({ name }) => name === 'lifecycle.renewals')!;

  const began = performance.now();
  // Two workers, as two processes would be.
  await Promise.all([sweepAll(renewals, due), sweepAll(renewals, due)]);
  const seconds = (performance.now() - began) / 1_000;

  const { rows } = await sql<{ orders: bigint; invoices: bigint; notices: bigint; renewed: bigint }>`
    select (select count(*) from billing_order where kind = 'renewal') as orders,
      (select count(*) from invoicing_invoice where kind = 'order') as invoices,
      (select count(*) from notify_notice where kind = 'service-renewed') as notices,
      (select count(*) from lifecycle_service where period_start > ${due}) as renewed`.execute(house.db);
  const counted = rows[0]!;
  const { sum, drift } = await ledgerCheck(house.db);
  table(`${COUNT} renewals due at one instant, two sweeps at once`, [
    ['took', `${seconds.toFixed(1)} s`, `${Math.round(COUNT / seconds)} a second`],
    ['a million', `${((seconds * 1e6) / COUNT).toFixed(0)} s`, `bar ${BAR_SECONDS} s`],
    ['orders, invoices, notices, services', Object.values(counted).join(', '), ''],
    ['ledger: sum, drift', `${sum}, ${drift}`, ''],
  ]);
  const wrong = counted.orders !== BigInt(COUNT) + 1n || sum !== 0n || drift !== 0n;
  if (wrong || (seconds * 1e6) / COUNT > BAR_SECONDS) process.exitCode = 1;
} finally {
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
