import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { caseFound, caseMake, measureTake } from '../support/cases.ts';
import { periodBrand } from '../support/outages.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** A breach of 七牛云's terms, tried on what 蓝天云 sells: the service is ended, or what it holds is deleted, at once. */

let world: World;
let one: StaffApi;
let two: StaffApi;

before(async () => {
  world = await testWorld({ brandsDir: await periodBrand() });
  one = await staffMember(world, 'one');
  two = await staffMember(world, 'two');
});

async function breach(measure: 'end' | 'wipe') {
  const customer = await readyCustomer(world, '50');
  const { id: customerId } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
  const serviceId = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(serviceId, ({ state }) => state === 'active');
  await world.drain();
  const caseId = await caseMake(one, { customerId, serviceId, category: 'spam' });
  await caseFound(one, caseId);
  const was = await customer.balance();
  const { id } = await measureTake(one, caseId, { measure });
  assert.equal((await customer.service(serviceId)).state, 'active', 'not by one alone');
  await decideNewest(two, true);
  await world.drain();
  assert.equal(await customer.balance(), was, 'nothing is refunded');
  const { db } = world.server.house;
  const acts = await db
    .selectFrom('audit_event')
    .select(['action', 'clause_id'])
    .where('subject_id', '=', id)
    .where('action', '=', `measure.${measure}`)
    .execute();
  const there = (await behindOurBack(world).observe()).some((machine) => machine.serviceId === serviceId);
  return { state: (await customer.service(serviceId)).state, clause: acts[0]?.clause_id, there };
}

test('[qiniu 3.1.3.10] on a breach the data is deleted at once, by the clause that says so', async () => {
  assert.deepEqual(await breach('wipe'), { state: 'deleted', clause: '3.1.3.10', there: false });
});

test('[qiniu 3.1.3.10] [qiniu 7.3.2] or the service is ended at once; its data is kept as after any end', async () => {
  assert.deepEqual(await breach('end'), { state: 'ended', clause: '7.3.2', there: true });
});
