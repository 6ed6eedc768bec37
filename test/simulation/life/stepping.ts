import { sql } from 'kysely';
import { asSystem } from '#kernel/house.ts';
import { duesOf, type Sweep, sweepAll } from '#kernel/sweeps.ts';
import { certificateIssue } from '#modules/endings/index.ts';
import { serviceReady } from '#modules/lifecycle/index.ts';
import { allJobs, allSweeps } from '#server/worker.ts';
import type { Life } from './life.ts';

/** What a worker does: sweeps of all that is due, the jobs that they leave, and machines that come and go. */

const ROUNDS = 6;
/** A machine that is to be handed over, or to go. */
const MOVING = sql`(allowed = 'gone' and gone_at is null) or (allowed = 'yes' and ready_at is null)`;
/** Mail, machines and the channels' answers take the world outside; days are sealed in ledger-proof.test.ts. Neither is the subject. */
const OUTSIDE = new Set([
  'notify.deliver',
  'compute.reconcile',
  'payments.query',
  'payments.refund',
  'reconciliation.days',
  'ledger.seal',
]);

/**
 * Does all that is due now. A sweep is run once, and to its end (until it says that it has nothing more) where it is still
 * due after that. @throws Error when something stays due however often it is done.
 */
export async function workerRuns(life: Life, sweeps: readonly Sweep[]): Promise<void> {
  const { house } = life.world.server;
  const now = life.world.clock.now();
  for (let round = 1; ; round++) {
    const wait = await waiting(life);
    if (wait.machines) await machinesRun(life);
    if (wait.machines || wait.jobs) await jobsRun(life);
    const dues = await duesOf(house.db, sweeps);
    const due = sweeps.filter((_, i) => dues[i] && dues[i] <= now);
    if (due.length === 0) break;
    if (round > ROUNDS)
      throw new Error(`stays due at ${now.toISOString()}: ${due.map(({ name }) => name).join(', ')}`);
    for (const sweep of due) await (round === 1 ? sweep.run(now) : sweepAll(sweep, now));
  }
  life.sweptAt = now;
  life.sweeps.push(now);
  if (life.sweeps.length > 200) life.sweeps.splice(0, 100);
}

/** Whether there are machines that come or go, and jobs: on most days there are none. */
async function waiting(life: Life): Promise<{ machines: boolean; jobs: boolean }> {
  const { rows } = await sql<{ machines: boolean; jobs: boolean }>`
    select exists (select from compute_instance where ${MOVING}) as machines,
      exists (select from graphile_worker._private_jobs) as jobs`.execute(life.world.server.house.db);
  return rows[0]!;
}

export function sweepsOf(life: Life): Sweep[] {
  const all = new Map(allSweeps(life.world.server.house).map((sweep) => [sweep.name, sweep]));
  return [...all.values()].filter(({ name }) => !OUTSIDE.has(name));
}

async function jobsRun(life: Life): Promise<void> {
  const { house } = life.world.server;
  const handlers = allJobs(house);
  const { rows } = await sql<{ id: bigint; task: string; payload: unknown }>`
    with taken as (delete from graphile_worker._private_jobs returning id, task_id, payload)
    select taken.id, t.identifier as task, taken.payload from taken
    join graphile_worker._private_tasks t on t.id = taken.task_id order by taken.id`.execute(house.db);
  for (const { task, payload } of rows)
    if (!OUTSIDE.has(task)) await handlers[task]!(payload, { attempt: 1, last: false });
}

/** Machines are handed over as soon as they are ordered, and gone as soon as they are to be. */
async function machinesRun(life: Life): Promise<void> {
  const { house } = life.world.server;
  const { rows } = await sql<{ id: string; brand: string; gone: boolean }>`
    select id, brand, allowed = 'gone' as gone from compute_instance
    where ${MOVING} order by id`.execute(house.db);
  for (const { id, brand, gone } of rows)
    await asSystem(house, brand, 'simulation', async (tx, ctx) => {
      if (!gone) {
        await tx.updateTable('compute_instance').set({ ready_at: ctx.now }).where('id', '=', id).execute();
        return serviceReady(tx, ctx, { serviceId: id, access: 'ssh root@192.0.2.1' });
      }
      await tx.deleteFrom('compute_mapping').where('instance_id', '=', id).execute();
      const set = { slot: null, gone_at: ctx.now, sealed_access: null };
      const machine = await tx
        .updateTable('compute_instance')
        .set(set)
        .where('id', '=', id)
        .returning(['name', 'disk_bytes'])
        .executeTakeFirstOrThrow();
      const addresses = { private: null, public: '127.0.0.1', ports: [] };
      await certificateIssue(tx, ctx, {
        serviceId: id,
        seen: {
          ...{ node: 'node', product: 'simulated', simulated: true, machine: machine.name },
          ...{
            diskBytes: machine.disk_bytes,
            absent: [{ what: 'instance', place: machine.name }],
            addresses,
          },
        },
      });
    });
}
