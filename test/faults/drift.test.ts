import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiClient, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { staffEnter } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { behindOurBack, look } from './support/node.ts';

let world: World;
let customer: StoryCustomer;
let id: string;
let name: string;
before(async () => {
  world = await testWorld({ seed: true });
  customer = await readyCustomer(world, '50');
  id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  name = (await behindOurBack(world).observe())[0]!.name;
});

async function power(): Promise<string | undefined> {
  return (await behindOurBack(world).observe(name))[0]?.power;
}

test('F07 the host was restarted: what should run, runs', async () => {
  await behindOurBack(world).power(name, 'stop');
  await look(world);
  assert.equal(await power(), 'running');
  assert.equal((await customer.service(id)).instance?.power, 'running');
});

test('F07 what the customer stopped stays stopped, also when somebody else starts it', async () => {
  await customer.api.POST('/api/v1/services/{id}/power', {
    params: { path: { id } },
    body: { action: 'stop' },
  });
  await world.drain();
  assert.equal(await power(), 'stopped');
  await look(world);
  assert.equal(await power(), 'stopped');
  await behindOurBack(world).power(name, 'start');
  await look(world);
  assert.equal(await power(), 'stopped');
  await customer.api.POST('/api/v1/services/{id}/power', {
    params: { path: { id } },
    body: { action: 'start' },
  });
  await world.drain();
  assert.equal(await power(), 'running');
});

test('F07 limits and ports that were changed on the node are put back', async () => {
  const hypervisor = behindOurBack(world);
  const { specOf } = await import('#modules/compute/instance-read.ts');
  const { instanceView } = await import('#modules/compute/instance-read.ts');
  const view = (await instanceView(world.server.house.db, id))!;
  const spec = specOf(view, world.server.house.ports.deployment);
  await hypervisor.configure({ ...spec, memoryBytes: spec.memoryBytes * 8, ports: [] });
  const changed = (await hypervisor.observe(name))[0]!.specDigest;
  await look(world);
  const after = (await hypervisor.observe(name))[0]!.specDigest;
  assert.notEqual(after, changed);
});

test('F07 a machine in use that is missing is never made anew in silence: shown as trouble, to staff too', async () => {
  await behindOurBack(world).destroy(name);
  await look(world);
  await look(world);
  assert.deepEqual(await behindOurBack(world).observe(), [], 'no empty machine in its place');
  const service = await customer.service(id);
  assert.equal(service.state, 'active');
  assert.equal(service.instance?.power, null);
  assert.equal(service.instance?.trouble, true);
  const row = await world.server.house.db
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  assert.match(row.last_error ?? '', /missing/);
  assert.notEqual(row.slot, null, 'its address and ports stay its own');
  assert.equal(await customer.balance(), '40.10', 'no false refund');
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const staff = apiClient(world.url);
  await staffEnter(world, staff, login);
  const { items } = await ok(staff.GET('/api/v1/staff/services'));
  assert.equal(items.find((shown) => shown.id === id)?.instance?.trouble, true);
});

test('F07 a machine of ours that no row knows is left alone', async () => {
  const hypervisor = behindOurBack(world);
  const ghost = {
    name: `cp-${world.server.house.ports.deployment}-ghost`,
    deployment: world.server.house.ports.deployment,
    serviceId: 'ghost',
    image: { alias: 'debian-12' },
    ...{ cpus: 1, memoryBytes: 2 ** 29, diskBytes: 2 ** 32, processes: 100, bandwidthBps: 1_000_000 },
    address: '10.88.200.1',
    ports: [],
  };
  await hypervisor.create(ghost);
  await look(world);
  assert.equal((await hypervisor.observe(ghost.name)).length, 1);
});
