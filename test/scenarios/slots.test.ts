import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { transact } from '#kernel/db.ts';
import { instanceViews } from '#modules/compute/instance-read.ts';
import { instancesAllow } from '#modules/compute/power.ts';
import { PORTS_PER_SLOT, slotAddress, slotCount, slotPorts } from '#modules/compute/rules.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { simulatedNode, type World } from '#server/world.ts';
import { call, caller, callUntilAnswered, ORDER } from '../faults/support/wire.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

const SLOTS = 6;
let world: World;
let customer: StoryCustomer;
before(async () => {
  const last = 20_000 + SLOTS * PORTS_PER_SLOT - 1;
  world = await testWorld({ nodes: [simulatedNode({ port_from: 20_000, port_to: last })] });
  customer = await readyCustomer(world, '9000');
});

test('slots never overlap, whatever the node: addresses, port ranges, none below 10000', () => {
  const space = fc
    .record({
      octet: fc.integer({ min: 0, max: 255 }),
      bits: fc.integer({ min: 16, max: 30 }),
      portFrom: fc.integer({ min: 10_000, max: 65_000 }),
      length: fc.integer({ min: 1, max: 55_000 }),
    })
    .map(({ octet, bits, portFrom, length }) => ({
      subnet: `10.${octet}.0.0/${bits}`,
      portFrom,
      portTo: Math.min(65_535, portFrom + length),
    }));
  fc.assert(
    fc.property(space, fc.integer({ min: 1, max: 20 }), (node, ports) => {
      const count = slotCount(node);
      const broadcast =
        ipNumber(node.subnet.split('/')[0]!) + 2 ** (32 - Number(node.subnet.split('/')[1])) - 1;
      let [lastPort, lastAddress] = [node.portFrom - 1, ipNumber(node.subnet.split('/')[0]!)];
      for (let slot = 0; slot < count; slot++) {
        const { from, to } = slotPorts(node, slot, ports);
        const address = ipNumber(slotAddress(node, slot));
        assert.ok(from > lastPort && from >= 10_000 && to - from + 1 === ports && to <= node.portTo);
        assert.ok(address > lastAddress && address < broadcast);
        [lastPort, lastAddress] = [to, address];
      }
    }),
  );
});

function ipNumber(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

test('F50 a node below 10000 is refused by its file, and by the database', async () => {
  assert.throws(() => simulatedNode({ port_from: 9_999, port_to: 12_000 }));
  const { db } = world.server.house;
  await assert.rejects(db.updateTable('compute_node').set({ port_from: 9_999 }).execute(), /check/);
  await assert.rejects(
    db
      .updateTable('compute_mapping')
      .set({ listen_port: 22 })
      .execute()
      .then(async () => {
        const [row] = await db.selectFrom('compute_mapping').selectAll().execute();
        assert.ok(!row || row.listen_port >= 10_000);
        throw new Error('check: no mapping was there to change');
      }),
    /check/,
  );
});

type Op =
  | { do: 'order'; plan: 'nat-s' | 'nat-m' }
  | { do: 'delete'; which: number }
  | { do: 'map'; which: number; port: number | null; protocol: 'tcp' | 'udp' };

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('order' as const), plan: fc.constantFrom('nat-s', 'nat-m') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('map' as const),
      which: fc.nat(20),
      port: fc.option(fc.constantFrom(22, 80, 9_999, 20_001, 20_003, 20_025, 20_119, 20_120, 65_535)),
      protocol: fc.constantFrom('tcp', 'udp'),
    }),
  },
);

async function perform(step: Op, live: string[]): Promise<void> {
  const me = caller(world, customer);
  if (step.do === 'order') {
    const { status, body } = await callUntilAnswered(me, '/orders', { body: { ...ORDER, plan: step.plan } });
    assert.ok(status === 201 || body.code === 'no-capacity', JSON.stringify(body));
    return;
  }
  const id = live[step.which % Math.max(1, live.length)];
  if (!id) return;
  if (step.do === 'delete') return transact(world.server.house.db, (tx) => instancesAllow(tx, [id], 'gone'));
  const body = {
    protocol: step.protocol,
    target_port: 8080,
    ...(step.port ? { listen_port: step.port } : {}),
  };
  const reply = await call(me, `/services/${id}/mappings`, { body });
  assert.ok([201, 400, 404, 409, 422].includes(reply.status), reply.text);
}

async function liveViews() {
  const { db } = world.server.house;
  const rows = await db.selectFrom('compute_instance').selectAll().where('gone_at', 'is', null).execute();
  return instanceViews(db, rows);
}

async function nothingOverlaps(): Promise<void> {
  const views = await liveViews();
  assert.ok(views.length <= SLOTS);
  const owners = new Map<string, string>();
  const claim = (thing: string, owner: string) => {
    assert.equal(owners.get(thing) ?? owner, owner, `${thing} belongs to two`);
    owners.set(thing, owner);
  };
  for (const { instance, address, ports, mappings } of views) {
    claim(address!, instance.id);
    for (let port = ports!.from; port <= ports!.to; port++) claim(`port ${port}`, instance.id);
    assert.ok(ports!.from >= 10_000);
    for (const { listen_port, protocol } of mappings) {
      assert.ok(listen_port >= ports!.from && listen_port <= ports!.to);
      claim(`port ${listen_port}`, instance.id);
      claim(`${protocol} ${listen_port} of ${instance.id}`, instance.id);
    }
  }
  const machines = await world.server.house.ports.hypervisors('simulated').observe();
  assert.equal(new Set(machines.map(({ address }) => address)).size, machines.length);
  assert.deepEqual(
    machines.map(({ serviceId }) => serviceId).sort(),
    views.map(({ instance }) => instance.id).sort(),
  );
  for (const { instance } of views) assert.equal(instance.last_error, null);
}

test('F50 random parallel orders, deletions and mappings on a small node: nothing is ever held by two', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(op, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 4 }),
      async (batches) => {
        for (const batch of batches) {
          const live = (await liveViews()).map(({ instance }) => instance.id);
          await Promise.all(batch.map((step) => perform(step, live)));
          await world.drain();
          await nothingOverlaps();
        }
        for (const { instance } of await liveViews())
          await perform({ do: 'delete', which: 0 }, [instance.id]);
        await world.drain();
        assert.deepEqual(await world.server.house.db.selectFrom('compute_mapping').selectAll().execute(), []);
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
});
