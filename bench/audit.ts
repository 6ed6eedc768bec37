import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import { auditRecordAll, auditVerify } from '#modules/audit/index.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { allSweeps } from '#server/worker.ts';
import { openWorld } from '#server/world.ts';
import { asOwner } from './as-owner.ts';

/**
 * What the seal costs: events written in batches with the trigger that gives writers their transaction id and without
 * it (the peer), then how long it takes to seal them and to verify them.
 */

const BATCH = 10_000;
const BATCHES = 10;

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, settings: {}, leaves: 'nothing', log: () => undefined });
const world = await openWorld({ adminUrl: postgres.adminUrl });
const { house } = world.server;
const ctx = systemCtx(house, 'lantian', 'bench');

const batch = () =>
  Array.from({ length: BATCH }, (_, i) => ({
    action: 'service.renewed',
    subject: { kind: 'service', id: newId() },
    customerId: newId(),
    facts: { number: i, amount: '9.90', before: { months: 1 }, after: { months: 2 } },
  }));

async function write(): Promise<number> {
  const batches = Array.from({ length: BATCHES }, batch);
  const began = performance.now();
  for (const entries of batches) await transact(house.db, (tx) => auditRecordAll(tx, ctx, entries));
  return Math.round((BATCH * BATCHES) / ((performance.now() - began) / 1_000));
}

async function single(): Promise<number> {
  const entries = batch().slice(0, 2_000);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      for (let i = lane; i < entries.length; i += 8)
        await transact(house.db, (tx) => auditRecordAll(tx, ctx, [entries[i]!]));
    }),
  );
  return Math.round(entries.length / ((performance.now() - began) / 1_000));
}

try {
  await write();
  for (const trigger of ['disable', 'enable', 'disable', 'enable'])
    console.log(
      `${trigger === 'enable' ? 'sealed later' : 'without'}: ` +
        `${await asOwner(world, `alter table audit_event ${trigger} trigger audit_event_begun`).then(write)} events/s in batches of ${BATCH}, ` +
        `${await single()} single acts/s over 8 connections`,
    );
  const [seal] = allSweeps(house).filter(({ name }) => name === 'audit.seal');
  const later = new Date(house.clock.now().getTime() + 3_600_000);
  const { events } = await house.db
    .selectFrom('audit_event')
    .select((e) => e.fn.countAll<bigint>().as('events'))
    .executeTakeFirstOrThrow();
  let began = performance.now();
  while ((await house.db.selectFrom('audit_block').select('number').execute()).length === 0)
    await sweepAll(seal!, later);
  console.log(
    `sealed ${events} events: ${Math.round(Number(events) / ((performance.now() - began) / 1_000))}/s`,
  );
  began = performance.now();
  const { difference } = await transact(house.db, (tx) => auditVerify(tx));
  if (difference) throw new Error(JSON.stringify(difference));
  console.log(`verified: ${Math.round(Number(events) / ((performance.now() - began) / 1_000))}/s`);
} finally {
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
