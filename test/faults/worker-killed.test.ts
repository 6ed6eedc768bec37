import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { type ChildOrder, startChild } from './support/children.ts';

/** About ten by design: a lock counts as orphaned after five, looked at every three; the rest is for a busy machine. */
const WITHIN_SECONDS = 20;

/** A world whose jobs only other processes run, and a customer with money who came in while one of them worked. */
async function worldOfWorkers(): Promise<{ world: World; customer: StoryCustomer }> {
  const world = await testWorld({ env: { CLOUDPACT_ROLE: 'api' } });
  const helper = await startChild(world, 'worker');
  const customer = await readyCustomer(world, '20');
  await helper.stop();
  return { world, customer };
}

/** Orders a machine whose worker kills itself, then has another worker take over. */
async function orderedAcrossADeath(dieIn: NonNullable<ChildOrder['dieIn']>) {
  const { world, customer } = await worldOfWorkers();
  const doomed = await startChild(world, 'worker', { dieIn });
  const id = await customer.order({ access: PASSWORD_ACCESS });
  assert.equal(await doomed.ended, 'SIGKILL');
  const left = await world.server.house.ports.hypervisors('simulated').observe();
  assert.equal((await customer.service(id)).state, 'preparing');

  const heir = await startChild(world, 'worker');
  const came = performance.now();
  const service = await customer.until(id, ({ state }) => state === 'active', 30);
  const seconds = (performance.now() - came) / 1_000;
  await heir.stop();
  return { world, customer, id, left, service, seconds };
}

async function oneEffect(world: World, customer: StoryCustomer, id: string): Promise<void> {
  const { db } = world.server.house;
  assert.equal((await world.server.house.ports.hypervisors('simulated').observe()).length, 1);
  assert.equal(await customer.balance(), '10.10');
  const ready = await db
    .selectFrom('notify_notice')
    .where('kind', '=', 'service-ready')
    .selectAll()
    .execute();
  assert.equal(ready.length, 1, 'told once');
  const history = await customer.history(id);
  assert.equal(history.filter(({ action }) => action === 'service.ready').length, 1);
  const steps = await db.selectFrom('compute_step').selectAll().where('instance_id', '=', id).execute();
  assert.equal(steps.filter(({ step, state }) => step === 'ready' && state === 'done').length, 1);
}

describe('a worker dies', { concurrency: true }, () => {
  test('F02 worker killed inside a job: another runs it again within seconds, one effect', async (t) => {
    const { world, customer, id, left, service, seconds } = await orderedAcrossADeath({
      port: 'hypervisor',
      method: 'exec',
      when: 'before',
    });
    assert.deepEqual(
      left.map(({ power }) => power),
      ['running'],
      'it died in the middle, with the machine made and started',
    );
    assert.equal(service.instance?.power, 'running');
    t.diagnostic(`taken over ${seconds.toFixed(1)} s after the next worker came`);
    assert.ok(seconds < WITHIN_SECONDS, `taken over after ${seconds.toFixed(1)} s`);
    await oneEffect(world, customer, id);
  });

  test('F04 F05 worker killed between the create of the hypervisor and our write: adopted, no second machine', async () => {
    const { world, customer, id, left, seconds } = await orderedAcrossADeath({
      port: 'hypervisor',
      method: 'create',
      when: 'after',
    });
    assert.equal(left.length, 1, 'the hypervisor had made it');
    assert.equal(left[0]?.power, 'stopped');
    const [now] = await world.server.house.ports.hypervisors('simulated').observe();
    assert.equal(now?.name, left[0]?.name);
    assert.equal(now?.serviceId, id);
    assert.ok(seconds < WITHIN_SECONDS, `taken over after ${seconds.toFixed(1)} s`);
    await oneEffect(world, customer, id);
  });

  test('F04 worker killed before the hypervisor made anything: one machine', async () => {
    const { world, customer, id, left } = await orderedAcrossADeath({
      port: 'hypervisor',
      method: 'create',
      when: 'before',
    });
    assert.equal(left.length, 0);
    await oneEffect(world, customer, id);
  });
});
