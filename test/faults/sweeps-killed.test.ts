import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { sweepAll } from '#kernel/sweeps.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { dueServices } from '../../bench/due-services.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { chance, keepRunning } from './support/processes.ts';

/**
 * The same due dates of many services twice: swept in one go, and by two worker processes that are killed with SIGKILL at
 * random moments. CLOUDPACT_DUE makes them more, CLOUDPACT_SEED repeats the kills.
 */
const DUE = Number(process.env.CLOUDPACT_DUE ?? 3_000);
const SEED = Number(process.env.CLOUDPACT_SEED ?? Math.floor(Math.random() * 1e9));
const KILLS = 6;
const WITHIN_MS = 240_000 + DUE * 5;
const SWEEPS = ['lifecycle.reminders', 'lifecycle.expiry', 'lifecycle.deletion'];
const ACTIONS = ['service.reminded', 'service.suspended', 'service.deleted'];

/** A world in which so many services are due at this instant, a third each to be reminded, suspended and deleted. */
async function dueWorld(): Promise<World> {
  const env: Record<string, string> = {};
  const world = await testWorld({ env });
  const customer = await readyCustomer(world, '30');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  world.clock.moveTo(await dueServices(world.server, id, DUE + 100, DUE));
  env.CLOUDPACT_ROLE = 'api';
  await world.reopen();
  return world;
}

/** How many were acted on. */
async function acted(world: World): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from audit_event
    where action = any(${ACTIONS}::text[]) and at = ${world.clock.now()}`.execute(world.server.house.db);
  return Number(rows[0]!.n);
}

/** All that the sweeps leave behind, by the services' names instead of their ids. */
async function state(world: World) {
  const { db } = world.server.house;
  const { rows: services } = await sql`
    select s.label, s.state, s.period_end, s.remind_at, s.suspended_at, s.delete_at, s.deleted_at, s.ended_at, s.holds,
      e.by, e.clause_id, e.clause_hash, e.ended_at as end_at, e.erase_at, cardinality(e.notices) as told
    from lifecycle_service s left join lifecycle_end e on e.service_id = s.id order by s.label`.execute(db);
  const { rows: acts } = await sql`
    select s.label, a.action, a.at, a.actor_name, a.clause_id, a.clause_version, a.clause_hash, a.facts::text as facts,
      (select array_agg(n.kind order by n.kind) from notify_notice n where n.id = any(a.notices)) as notices
    from audit_event a join lifecycle_service s on s.id::text = a.subject_id
    where a.action = any(${ACTIONS}::text[]) order by s.label, a.action, a.facts::text`.execute(db);
  const { rows: reminders } = await sql`
    select s.label, r.period_end, r.days_before, r.at, n.kind, n.subject, n.body
    from lifecycle_reminder r join lifecycle_service s on s.id = r.service_id
    left join notify_notice n on n.id = r.notice_id order by s.label, r.days_before, r.period_end`.execute(
    db,
  );
  return { services, acts, reminders };
}

test(`F01 F24 F25 ${DUE} due dates swept by workers that are killed end as in a run that nobody disturbed`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const quiet = await dueWorld();
  for (const sweep of allSweeps(quiet.server.house))
    if (SWEEPS.includes(sweep.name)) await sweepAll(sweep, quiet.clock.now());
  const wanted = await state(quiet);
  assert.equal(await acted(quiet), DUE);

  const world = await dueWorld();
  const workers = [keepRunning(world, 'worker'), keepRunning(world, 'worker')];
  const random = chance(SEED);
  const marks = Array.from({ length: KILLS }, () => Math.floor(random() * DUE * 0.9)).sort((a, b) => a - b);
  const deadline = performance.now() + WITHIN_MS;
  const reached = async (mark: number) => {
    for (let now = await acted(world); now < mark; now = await acted(world)) {
      assert.ok(performance.now() < deadline, `no progress: ${now} of ${DUE}`);
      await sleep(10);
    }
  };
  let killed = 0;
  try {
    for (const [i, mark] of marks.entries()) {
      await reached(mark);
      await sleep(random() * 200);
      if ((await acted(world)) < DUE) killed += 1;
      await workers[i % 2]!.kill();
    }
    await reached(DUE);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  t.diagnostic(`${killed} of ${KILLS} kills while something was due`);
  const found = await state(world);
  for (const part of ['services', 'acts', 'reminders'] as const)
    assert.deepEqual(found[part], wanted[part], part);
});
