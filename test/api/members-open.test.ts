import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, test } from 'node:test';
import WebSocket from 'ws';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type Asking, asked, itemsOf, member, signedIn, stand } from '../support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** What a member had open ends at once when the right to it does (F61). */

let world: World;
let owner: StoryCustomer;
/** A session of the owner's. */
let own: string;
let customerId: string;
let service: string;

before(async () => {
  world = await testWorld({ seed: true });
  owner = await readyCustomer(world, '30');
  service = await owner.order({ access: PASSWORD_ACCESS });
  await owner.until(service, ({ state }) => state === 'active');
  own = await signedIn(world, owner);
  const { json } = await call(world, 'GET', '/auth/session', { cookie: own });
  customerId = (json.customer as { id: string }).id;
});

const ask = (...said: Asking) => asked(world, ...said);
const items = (path: string, cookie: string) => itemsOf(world, path, cookie);

interface Live {
  terminal: Promise<number>;
  stream: Promise<unknown>;
}

/** A terminal and a stream of changes, open; each settles when the server ends it. */
async function openLive(cookie: string): Promise<Live> {
  const url = `${world.url.replace('http', 'ws')}/api/v1/services/${service}/terminal`;
  const socket = new WebSocket(url, { headers: { cookie, origin: world.url } });
  const terminal = new Promise<number>((resolve) => socket.on('close', resolve));
  await once(socket, 'message');
  const response = await fetch(`${world.url}/api/v1/services/${service}/stream`, { headers: { cookie } });
  assert.equal(response.status, 200);
  return { terminal, stream: response.text().catch(() => '') };
}

async function within(ms: number, live: Live): Promise<void> {
  const from = performance.now();
  assert.equal(await live.terminal, 4401);
  await live.stream;
  const took = performance.now() - from;
  assert.ok(took < ms, `${took} ms`);
}

test('who is removed is out within a second, open terminals and streams too (F61)', async () => {
  const technical = await member(world, own, { role: 'technical' });
  const live = await openLive(technical.cookie);
  assert.equal(await ask('DELETE', `/members/${technical.id}`, own), '204');
  assert.equal(await ask('GET', '/services', technical.cookie), '401 signed-out');
  await within(1_500, live);
  const again = await signedIn(world, technical.person);
  assert.equal(await ask('POST', `/account/customers/${customerId}/switch`, again), '404 not-found');
  assert.equal((await items('/account/customers', again)).length, 1);
});

test('another role holds at once, also for what is open (F61)', async () => {
  const technical = await member(world, own, { role: 'technical' });
  const live = await openLive(technical.cookie);
  assert.equal(await ask('PUT', `/members/${technical.id}`, own, { role: 'billing' }), '204');
  assert.equal(
    await ask('POST', `/services/${service}/power`, technical.cookie, { action: 'restart' }),
    '403 not-permitted',
  );
  assert.equal(await ask('GET', '/balance', technical.cookie), '200');
  const from = performance.now();
  assert.equal(await live.terminal, 4401);
  assert.ok(performance.now() - from < 1_500);
  const onlyMoney = { role: 'custom', areas: { money: 'read' } };
  assert.equal(await ask('PUT', `/members/${technical.id}`, own, onlyMoney), '204');
  await live.stream;
});

test('a person stands in one customer at a time, and what was open in the one before ends', async () => {
  const technical = await member(world, own, { role: 'technical' });
  const listed = await items('/account/customers', technical.cookie);
  assert.deepEqual(
    listed.map(({ shown, role, current }) => [shown, role, current]),
    [
      [technical.person.email, 'owner', false],
      [owner.email, 'technical', true],
    ],
  );
  const live = await openLive(technical.cookie);
  await stand(world, technical.cookie, String(listed[0]!.id));
  assert.deepEqual(await items('/services', technical.cookie), []);
  await within(1_500, live);
  await stand(world, technical.cookie, customerId);
  assert.equal(await ask('POST', '/members/leave', technical.cookie), '204');
  const session = await call(world, 'GET', '/auth/session', { cookie: technical.cookie });
  assert.equal((session.json.customer as { id: string }).id, listed[0]!.id, 'the session goes on at home');
});
