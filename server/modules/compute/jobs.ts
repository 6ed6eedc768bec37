import { sql } from 'kysely';
import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import type { JobTable } from '#kernel/jobs.ts';
import type { Patrol } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { desiredOf, instanceViews, specOf } from './instance-read.ts';
import { nodeSeen } from './node-register.ts';
import { reconcile } from './reconcile.ts';
import { reconcileSoon } from './reconcile-soon.ts';
import { askRemotes } from './remotes.ts';
import { readFollow, WEB_FOLLOW, webFollow } from './restrain.ts';
import { nextStep } from './rules.ts';
import './driver.ts';
import './tables.ts';

const payload = z.object({ instance: z.uuid() });
const SAMPLES_KEPT_DAYS = 7;

export function jobs(house: House): JobTable {
  return {
    'compute.reconcile': async (raw) => reconcile(house, payload.parse(raw).instance),
    [WEB_FOLLOW]: async (raw) => {
      const follow = readFollow(raw);
      await asSystem(house, follow.brand, WEB_FOLLOW, (tx, ctx) => webFollow(tx, ctx, follow));
    },
  };
}

export function patrols(house: House): Patrol[] {
  const eachNode = (work: (name: string) => Promise<void>) => async () => {
    const results = await Promise.allSettled(house.ports.nodeNames.map(work));
    for (const [i, result] of results.entries()) {
      if (result.status === 'fulfilled') continue;
      const { message } = result.reason as Error;
      house.log.warn({ node: house.ports.nodeNames[i], err: message }, 'a node does not answer');
    }
  };
  return [
    { name: 'compute.probe', everySeconds: 20, run: eachNode((name) => nodeProbe(house, name)) },
    { name: 'compute.observe', everySeconds: 20, run: eachNode((name) => nodeObserve(house, name)) },
    { name: 'compute.sample', everySeconds: 10, run: eachNode((name) => nodeSample(house, name)) },
    { name: 'compute.remotes', everySeconds: 300, run: () => askRemotes(house) },
    { name: 'compute.forget-samples', everySeconds: 3_600, run: () => forgetSamples(house) },
  ];
}

/** What the node is and has; an error is kept where staff see it. */
export async function nodeProbe(house: House, name: string): Promise<void> {
  const brand = house.brands.all[0]!.id;
  try {
    const facts = await house.ports.hypervisors(name).probe();
    await asSystem(house, brand, 'compute', (tx, ctx) => nodeSeen(tx, ctx, name, facts));
  } catch (error) {
    await asSystem(house, brand, 'compute', (tx, ctx) =>
      nodeSeen(tx, ctx, name, { error: (error as Error).message }),
    );
    throw error;
  }
}

/** Compares all of a node's instances with what should be, and has those that differ brought in line (F07, ghosts). */
async function nodeObserve(house: House, name: string): Promise<void> {
  const observed = new Map(
    (await house.ports.hypervisors(name).observe()).map((instance) => [instance.name, instance]),
  );
  const rows = await house.db
    .selectFrom('compute_instance as i')
    .innerJoin('compute_node as n', 'n.id', 'i.node_id')
    .selectAll('i')
    .where('n.name', '=', name)
    .where('i.gone_at', 'is', null)
    .execute();
  for (const view of await instanceViews(house.db, rows)) {
    const { instance } = view;
    const is = observed.get(instance.name) ?? null;
    const desired = desiredOf(view, specOf(view, house.ports.deployment));
    const agrees =
      nextStep(desired, is) === null && instance.ready_at !== null && instance.power === (is?.power ?? null);
    if (!agrees) await transact(house.db, (tx) => reconcileSoon(tx, instance.id));
    observed.delete(instance.name);
  }
  // An instance of ours that no row knows: shown, never touched by itself.
  for (const ghost of observed.keys())
    house.log.error({ node: name, instance: ghost }, 'a ghost: on the node, but not in the database');
}

async function nodeSample(house: House, name: string): Promise<void> {
  const samples = await house.ports.hypervisors(name).samples();
  if (samples.length === 0) return;
  const at = house.clock.now();
  const rows = await house.db
    .selectFrom('compute_instance')
    .select(['id', 'name'])
    .where(
      'name',
      'in',
      samples.map((sample) => sample.name),
    )
    .where('gone_at', 'is', null)
    .execute();
  const ids = new Map(rows.map((row) => [row.name, row.id]));
  const values = samples.flatMap((sample) => {
    const instance_id = ids.get(sample.name);
    if (!instance_id) return [];
    return {
      instance_id,
      at,
      cpu_ns: sample.cpuNs,
      memory_bytes: sample.memoryBytes,
      disk_bytes: sample.diskBytes,
      received_bytes: sample.receivedBytes,
      sent_bytes: sample.sentBytes,
      processes: sample.processes,
      connections: sample.begun?.connections ?? null,
      targets: sample.begun?.targets ?? null,
      mails: sample.begun?.mails ?? null,
      answers: sample.begun?.answers ?? null,
    };
  });
  if (values.length === 0) return;
  await house.db
    .insertInto('compute_sample')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function forgetSamples(house: House): Promise<void> {
  const before = addMinutes(house.clock.now(), -SAMPLES_KEPT_DAYS * 24 * 60);
  for (;;) {
    const { numAffectedRows = 0n } = await sql`delete from compute_sample where (instance_id, at) in
      (select instance_id, at from compute_sample where at < ${before} limit 10000)`.execute(house.db);
    if (numAffectedRows < 10_000n) return;
  }
}
