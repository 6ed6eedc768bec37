import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { machinesWatch } from '#modules/enforcement/watch.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { caseMake, measureTake } from '../support/cases.ts';
import { revisingWorld } from '../support/revising.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';

/** Measures that meet on one machine, and figures that were revised while a customer stands under the older ones. */

let at: Awaited<ReturnType<typeof revisingWorld>>;
let world: World;

before(async () => {
  at = await revisingWorld();
  world = at.world;
});

async function machineOf(brand: string) {
  const customer = await at.customerAt(brand, '200');
  const id = await at.serviceAt(customer);
  return { customer, customerId: await at.idOf(customer), id };
}

const instance = (id: string) =>
  world.server.house.db
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

const cpusLeft = async (id: string) => {
  const { throttled_cpus } = await instance(id);
  return throttled_cpus === null ? null : Number(throttled_cpus);
};

/** The machine used this part of its processors for so many minutes, up to now. */
async function used(id: string, part: number, minutes: number): Promise<void> {
  const { db } = world.server.house;
  const now = world.clock.now();
  await db.deleteFrom('compute_sample').where('instance_id', '=', id).execute();
  const { cpus } = await instance(id);
  const rows = Array.from({ length: minutes + 1 }, (_, i) => ({
    instance_id: id,
    at: addMinutes(now, i - minutes),
    cpu_ns: BigInt(Math.round(i * 60e9 * part * cpus)) + 1n,
    ...{ memory_bytes: 1n, disk_bytes: 1n, received_bytes: 1n, sent_bytes: 1n, processes: 1 },
  }));
  await db.insertInto('compute_sample').values(rows).execute();
}

const look = () => machinesWatch(world.server.house, world.clock.now());

const reverse = (by: StaffApi, id: string) => {
  const params = { path: { id } };
  return ok(by.POST('/api/v1/staff/measures/{id}/reversal', { params, body: { reason: '已整改' } }));
};

test('[lantian 4.1] [lantian 1.2] the throttling by itself is over after its hour and takes nothing from what staff placed in a case, nor loosens it', async () => {
  const one = await staffMember(world, 'one', at.siteOf('lantian'));
  const { customerId, id } = await machineOf('lantian');
  const { cpus } = await instance(id);
  await used(id, 0.9, 15);
  await look();
  assert.equal(await cpusLeft(id), cpus / 2);
  const caseId = await caseMake(one, { customerId, serviceId: id, category: 'g' });
  const placed = await measureTake(one, caseId, { measure: 'throttle', cpus: cpus / 4 });
  assert.equal(await cpusLeft(id), cpus / 4);
  await world.advanceTo(addMinutes(world.clock.now(), 61));
  assert.equal(await cpusLeft(id), cpus / 4, 'the measure of the case stands');
  await used(id, 0.9, 15);
  await look();
  assert.equal(await cpusLeft(id), cpus / 4, 'the stricter one goes first');
  await reverse(one, placed.id);
  assert.equal(await cpusLeft(id), cpus / 2, 'then the other');
  await world.advanceTo(addMinutes(world.clock.now(), 61));
  assert.equal(await cpusLeft(id), null);
});

test('[asiayun 4.5.1-ddos] an address that is unbound in two cases comes back with the second', async () => {
  const one = await staffMember(world, 'two', at.siteOf('asiayun'));
  const { customerId, id } = await machineOf('asiayun');
  const unbind = async (category: string) => {
    const caseId = await caseMake(one, { customerId, serviceId: id, category });
    return (await measureTake(one, caseId, { measure: 'unbind-address' })).id;
  };
  const [first, second] = [await unbind('ddos'), await unbind('network')];
  await reverse(one, first);
  assert.equal((await instance(id)).unbound, true, 'the other case’s measure stands');
  await reverse(one, second);
  assert.equal((await instance(id)).unbound, false);
});

test('[lantian 4.1] [lantian 6.2] who hasn’t come under a stricter version is throttled by the minutes of the one that it accepted', async () => {
  const { id } = await machineOf('lantian');
  await at.reviseLantian('minutes: 15', 'minutes: 5');
  const throttles = async () =>
    (
      await world.server.house.db
        .selectFrom('enforcement_measure')
        .select(['reason', 'clause_version'])
        .where('service_id', '=', id)
        .execute()
    ).map(({ reason, clause_version }) => [reason, clause_version]);
  await used(id, 0.9, 10);
  await look();
  assert.deepEqual(await throttles(), [], 'ten minutes are not fifteen');
  await used(id, 0.9, 15);
  await look();
  assert.deepEqual(await throttles(), [['CPU > 80 % ≥ 15 min', '2025-07-19']]);
});
