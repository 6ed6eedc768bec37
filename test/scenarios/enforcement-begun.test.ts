import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { asSystem } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import type { Begun } from '#modules/compute/driver.ts';
import { instanceHandOver } from '#modules/compute/instance-change.ts';
import { patrols } from '#modules/compute/jobs.ts';
import { begunWatch } from '#modules/enforcement/watch-begun.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { caseFound, caseOf } from '../support/cases.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What machines begin, as their node counts it: above the operator's figures of brand.yaml staff are asked to look. */

const NOTHING: Begun = { connections: 0n, targets: 0n, mails: 0n, answers: 0n };
let world: World;
let staff: StaffApi;
/** What the node says of every machine; null: it doesn't count. */
let said: Begun | null = NOTHING;

before(async () => {
  world = await testWorld({
    hypervisors: (node, deployment) => {
      const real = simulatedHypervisor({ deployment, stateFile: node.state_file });
      const samples = async () => (await real.samples()).map((sample) => ({ ...sample, begun: said }));
      return { ...real, samples };
    },
  });
  staff = await staffMember(world, 'one');
});

async function machine(brand = 'lantian', order: object = {}) {
  const { brands } = world.server.house;
  const customer = new StoryCustomer(brands.url(brands.get(brand), world.url));
  await customer.getReady('30');
  const id = await customer.order({ access: PASSWORD_ACCESS, ...order });
  await customer.until(id, ({ state }) => state === 'active');
  const cases = async () => (await ok(customer.api.GET('/api/v1/cases'))).items;
  return { customer, id, cases };
}

/** It began so many up to now, evenly; what it had before doesn't count. */
async function began(id: string, total: Partial<Record<keyof Begun, number>>, minutes: number) {
  const { db } = world.server.house;
  const now = world.clock.now();
  await db.deleteFrom('compute_sample').where('instance_id', '=', id).execute();
  const counter = (of: keyof Begun, i: number) =>
    BigInt(7_000_000 + Math.floor(((total[of] ?? 0) * i) / minutes));
  await db
    .insertInto('compute_sample')
    .values(
      Array.from({ length: minutes + 1 }, (_, i) => ({
        ...{ instance_id: id, at: addMinutes(now, i - minutes), processes: 1 },
        ...{ cpu_ns: 1n, memory_bytes: 1n, disk_bytes: 1n, received_bytes: 1n, sent_bytes: 1n },
        ...{
          connections: counter('connections', i),
          targets: counter('targets', i),
          mails: counter('mails', i),
          answers: counter('answers', i),
        },
      })),
    )
    .execute();
}

const look = () => begunWatch(world.server.house, world.clock.now());

for (const [of, most, minutes, category] of [
  ['mails', 300, 60, 'f'],
  ['targets', 12_000, 10, 'e'],
  ['connections', 60_000, 10, 'e'],
] as const)
  test(`[lantian 3.2-detect] more than ${most} ${of} in ${minutes} minutes open one case with the counts alone, and nothing more`, async () => {
    const { customer, id, cases } = await machine();
    await began(id, { [of]: most }, minutes);
    await look();
    assert.deepEqual(await cases(), [], 'not more');
    await began(id, { [of]: most + 1 }, minutes + 1);
    await look();
    assert.deepEqual(await cases(), [], 'in more time');
    await began(id, { connections: most + 1, answers: 3, [of]: most + 1 }, minutes);
    await look();
    await look();
    const [found, ...more] = await cases();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [found?.category, found?.clause, found?.origin, found?.state],
      [category, '3.2', 'trace', 'open'],
    );
    const { evidence, measures } = await caseOf(staff, found!.id);
    assert.equal(evidence.length, 1, 'the same minutes are evidence once');
    const now = world.clock.now();
    assert.deepEqual(evidence[0]!.facts, {
      ...{
        trace: of,
        more_than: most,
        since: addMinutes(now, -minutes).toISOString(),
        until: now.toISOString(),
      },
      ...{ connections: most + 1, answers: 3, targets: 0, mails: 0, [of]: most + 1 },
    });
    assert.deepEqual(measures, [], 'staff decide');
    assert.equal((await customer.service(id)).state, 'active');
  });

test('[lantian 3.2-detect] what goes on is evidence once in so many minutes; what staff dismissed opens another case only with what came after', async () => {
  const { id, cases } = await machine();
  await began(id, { mails: 400 }, 60);
  await look();
  await world.advanceTo(addMinutes(world.clock.now(), 59));
  await began(id, { mails: 400 }, 60);
  await look();
  const [first] = await cases();
  assert.equal((await caseOf(staff, first!.id)).evidence.length, 1);
  await world.advanceTo(addMinutes(world.clock.now(), 1));
  await began(id, { mails: 400 }, 60);
  await look();
  assert.equal((await caseOf(staff, first!.id)).evidence.length, 2);
  await caseFound(staff, first!.id, false);
  await look();
  assert.equal((await cases()).length, 1, 'what was dismissed isn’t found again');
  await world.advanceTo(addMinutes(world.clock.now(), 60));
  await began(id, { mails: 400 }, 60);
  await look();
  assert.equal((await cases()).length, 2);
});

test('[asiayun 4.5.2.2] each by what its own customer agreed to: 亚云’s category and clause, and no mail, which it doesn’t watch', async () => {
  const one = await machine('asiayun', { plan: 'ay-1', region: 'hk' });
  await began(one.id, { targets: 12_001, mails: 5_000 }, 10);
  await look();
  const found = await one.cases();
  assert.deepEqual(
    found.map(({ category, clause }) => [category, clause]),
    [['network', '4.5.2.2']],
  );
});

test('F46 what the node counts comes with its samples; counters raised anew, and nodes that do not count, hold nothing against anybody', async () => {
  const { id, cases } = await machine();
  const sample = patrols(world.server.house).find(({ name }) => name === 'compute.sample')!;
  const says = async (begun: Begun | null, minutes = 1) => {
    said = begun;
    await world.advanceTo(addMinutes(world.clock.now(), minutes));
    await sample.run();
    await look();
  };
  await world.server.house.db.deleteFrom('compute_sample').where('instance_id', '=', id).execute();
  await says({ ...NOTHING, mails: 90_000n });
  await says({ ...NOTHING, mails: 90_200n });
  await says({ ...NOTHING, mails: 250n });
  await says({ ...NOTHING, mails: 299n });
  await says(null);
  await says({ ...NOTHING, mails: 900_000n });
  assert.deepEqual(await cases(), [], '200 and 49 are known of');
  await says({ ...NOTHING, mails: 900_052n });
  assert.equal((await cases()).length, 1);
  said = NOTHING;
});

test('what whoever had a machine before began is not held against the next', async () => {
  const { id, cases } = await machine();
  const next = await machine();
  const { house } = world.server;
  const { customer_id: to } = await house.db
    .selectFrom('compute_instance')
    .select('customer_id')
    .where('id', '=', next.id)
    .executeTakeFirstOrThrow();
  await began(id, { mails: 5_000 }, 60);
  await asSystem(house, 'lantian', 'test', (tx, ctx) =>
    instanceHandOver(tx, ctx, { serviceId: id, from: to, to, region: 'hk', sealedAccess: null as never }),
  );
  await look();
  assert.deepEqual([...(await cases()), ...(await next.cases())], []);
});
