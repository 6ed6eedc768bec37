import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** What stays open costs as long as it does: a customer has so many streams, and others theirs. */

const MOST = 50;

let world: World;
let [one, other] = [null, null] as unknown as [Owner, Owner];

interface Owner {
  customer: StoryCustomer;
  service: string;
}

async function owner(): Promise<Owner> {
  const customer = await readyCustomer(world, '50');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  return { customer, service };
}

before(async () => {
  world = await testWorld();
  [one, other] = [await owner(), await owner()];
});

const open = ({ customer, service }: Owner, signal: AbortSignal) =>
  fetch(`${world.url}/api/v1/services/${service}/stream`, {
    headers: { cookie: customer.api.cookie() },
    signal,
  });

test('fifty streams of a customer are open at once, and no more until one of them closes', async () => {
  const all = new AbortController();
  const first = new AbortController();
  assert.equal((await open(one, first.signal)).status, 200);
  for (let each = 1; each < MOST; each++) assert.equal((await open(one, all.signal)).status, 200);
  const over = await open(one, all.signal);
  assert.equal(over.status, 429);
  assert.equal(((await over.json()) as { code: string }).code, 'too-many-streams');
  assert.equal((await open(other, all.signal)).status, 200, 'another customer’s are its own');
  first.abort();
  let status = 0;
  for (let attempt = 0; attempt < 100 && status !== 200; attempt++) {
    await sleep(20);
    ({ status } = await open(one, all.signal));
  }
  assert.equal(status, 200);
  all.abort();
});
