import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, test } from 'node:test';
import WebSocket from 'ws';
import { addMinutes } from '#kernel/time.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call, cookieOf, staffCookie } from './call.ts';

/** Sessions end at once wherever they are used (F61), also on connections that stay open. */

let world: World;
let customer: StoryCustomer;
let service: string;

before(async () => {
  world = await testWorld({ seed: true });
  customer = await readyCustomer(world, '20');
  service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
});

async function signIn(): Promise<string> {
  const { email, password } = customer;
  return cookieOf(await call(world, 'POST', '/auth/sign-in', { body: { email, password } }));
}

async function alive(cookie: string): Promise<boolean> {
  const { status } = await call(world, 'GET', '/auth/session', { cookie });
  assert.ok(status === 200 || status === 401);
  return status === 200;
}

interface Opened {
  socket: WebSocket;
  closed: Promise<{ code: number }>;
}

function terminal(cookie: string, headers: Record<string, string> = {}, id = service): WebSocket {
  const url = `${world.url.replace('http', 'ws')}/api/v1/services/${id}/terminal?columns=100&rows=30`;
  return new WebSocket(url, { headers: { cookie, origin: world.url, ...headers } });
}

/** The terminal with its first output; `closed` settles when the server ends it. */
async function openTerminal(cookie: string): Promise<Opened> {
  const socket = terminal(cookie);
  const closed = new Promise<{ code: number }>((resolve) => socket.on('close', (code) => resolve({ code })));
  await Promise.race([once(socket, 'message'), closed.then(({ code }) => assert.fail(`closed: ${code}`))]);
  return { socket, closed };
}

/** The status that the handshake is refused with. */
async function refused(socket: WebSocket): Promise<number> {
  socket.on('error', () => undefined);
  const opened = once(socket, 'open').then(() => assert.fail('it was opened'));
  const [, response] = await Promise.race([once(socket, 'unexpected-response'), opened]);
  response.resume();
  return response.statusCode;
}

/** How long until it happened; the promise must settle by itself. */
async function elapsed(happening: Promise<unknown>): Promise<number> {
  const from = performance.now();
  await happening;
  return performance.now() - from;
}

test('[asiayun 2.2.2] signing out kills the token itself, not just the cookie', async () => {
  const cookie = await signIn();
  assert.ok(await alive(cookie));
  const out = await call(world, 'POST', '/auth/sign-out', { cookie });
  assert.equal(out.status, 204);
  assert.match(out.headers.getSetCookie()[0]!, /^cp_session=;.*Expires=Thu, 01 Jan 1970/);
  assert.equal(await alive(cookie), false);
  assert.equal((await call(world, 'POST', '/auth/sign-out', { cookie })).status, 204, 'again is no error');
});

test('[lantian 2.3] a new password ends every other session at once; the old password is of no use', async () => {
  const [mine, other, third] = [await signIn(), await signIn(), await signIn()];
  const next = 'Nine-geese-by-the-river';
  const change = await call(world, 'POST', '/account/password', {
    cookie: mine,
    body: { current: customer.password, next },
  });
  assert.equal(change.status, 204);
  assert.deepEqual([await alive(mine), await alive(other), await alive(third)], [true, false, false]);
  const { email } = customer;
  const old = await call(world, 'POST', '/auth/sign-in', { body: { email, password: customer.password } });
  assert.deepEqual([old.status, old.json.code], [401, 'wrong-credentials']);
  const back = await call(world, 'POST', '/account/password', {
    cookie: mine,
    body: { current: next, next: customer.password },
  });
  assert.equal(back.status, 204);
});

test('[lantian 2.3] one’s other session can be ended from the list', async () => {
  const [mine, other] = [await signIn(), await signIn()];
  const { json } = await call(world, 'GET', '/account/sessions', { cookie: other });
  const id = (json.items as { id: string; current: boolean }[]).find(({ current }) => current)!.id;
  assert.equal((await call(world, 'DELETE', `/account/sessions/${id}`, { cookie: mine })).status, 204);
  assert.deepEqual([await alive(mine), await alive(other)], [true, false]);
  assert.equal((await call(world, 'DELETE', `/account/sessions/${id}`, { cookie: mine })).status, 404);
});

test('a terminal opens for its owner only, and only from our own pages', async () => {
  const cookie = await signIn();
  const stranger = await readyCustomer(world, null);
  assert.equal(await refused(terminal('cp_session=nothing')), 401);
  assert.equal(await refused(terminal(await staffCookie(world))), 401);
  assert.equal(await refused(terminal(stranger.api.cookie())), 404);
  assert.equal(await refused(terminal(cookie, {}, '018f0000-0000-7000-8000-000000000000')), 404);
  assert.equal(await refused(terminal(cookie, { origin: 'https://evil.example' })), 403);
  assert.equal(await refused(terminal(cookie, { origin: 'null' })), 403);
  assert.equal(await refused(terminal(cookie, { 'sec-fetch-site': 'cross-site' })), 403);
  const { socket, closed } = await openTerminal(cookie);
  socket.close();
  await closed;
});

test('an open terminal dies within two seconds of its session (F61)', async () => {
  const ways: [string, (cookie: string) => Promise<unknown>][] = [
    ['signed out', (cookie) => call(world, 'POST', '/auth/sign-out', { cookie })],
    [
      'password changed elsewhere',
      async () => {
        const { password } = customer;
        const cookie = await signIn();
        const body = { current: password, next: password };
        assert.equal((await call(world, 'POST', '/account/password', { cookie, body })).status, 204);
      },
    ],
  ];
  for (const [way, end] of ways) {
    const cookie = await signIn();
    const { closed } = await openTerminal(cookie);
    await end(cookie);
    const took = await elapsed(closed.then(({ code }) => assert.equal(code, 4401, way)));
    assert.ok(took < 2_500, `${way}: ${took} ms`);
  }
});

test('an open stream of changes ends within two seconds of its session (F61)', async () => {
  const cookie = await signIn();
  const response = await fetch(`${world.url}/api/v1/services/${service}/stream`, { headers: { cookie } });
  const reader = response.body!.getReader();
  assert.match(new TextDecoder().decode((await reader.read()).value), /^event: change\n/);
  await call(world, 'POST', '/auth/sign-out', { cookie });
  const over = (async () => {
    while (!(await reader.read()).done);
  })();
  const took = await elapsed(
    Promise.race([over, new Promise((resolve) => setTimeout(resolve, 4_000).unref())]),
  );
  await reader.cancel();
  assert.ok(took < 2_500, `${took} ms`);
});

test('one customer can’t fill the house with terminals', async () => {
  const cookie = await signIn();
  const opened: Opened[] = [];
  for (let i = 0; i < 5; i++) opened.push(await openTerminal(cookie));
  assert.equal(await refused(terminal(cookie)), 429);
  for (const { socket } of opened) socket.close();
  await Promise.all(opened.map(({ closed }) => closed));
});

test('sessions end by themselves: customers after 30 days, staff after 12 hours', async () => {
  const [cookie, staff] = [await signIn(), await staffCookie(world)];
  const start = world.clock.now();
  const staffAlive = async () => (await call(world, 'GET', '/staff/auth/session', { cookie: staff })).status;
  world.clock.moveTo(addMinutes(start, 12 * 60 - 1));
  assert.equal(await staffAlive(), 200);
  world.clock.moveTo(addMinutes(start, 12 * 60));
  assert.equal(await staffAlive(), 401);
  world.clock.moveTo(addMinutes(start, 30 * 24 * 60 - 1));
  assert.ok(await alive(cookie));
  const { closed } = await openTerminal(cookie);
  world.clock.moveTo(addMinutes(start, 30 * 24 * 60));
  assert.equal(await alive(cookie), false);
  assert.ok((await elapsed(closed)) < 2_500, 'also where it is open');
});
