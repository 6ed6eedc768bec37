import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call, cookieOf, staffCookie } from './call.ts';

/** Sessions that nobody uses end before their age is over (ASVS 7.3.1): customers' after a day here, staff's after half an hour. */

let world: World;
before(async () => {
  world = await testWorld({
    seed: true,
    env: { CLOUDPACT_SESSION_IDLE_HOURS: '24', CLOUDPACT_STAFF_IDLE_MINUTES: '30' },
  });
});

const later = (minutes: number) => world.clock.moveTo(addMinutes(world.clock.now(), minutes));

async function signedIn(): Promise<{ cookie: string; other: string; customer: StoryCustomer }> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  const { email, password } = customer;
  const other = cookieOf(await call(world, 'POST', '/auth/sign-in', { body: { email, password } }));
  return { cookie: customer.api.cookie(), other, customer };
}

const status = async (path: string, cookie: string, headers: Record<string, string> = {}) =>
  (await call(world, 'GET', path, { cookie, headers })).status;

test('a customer’s session ends after a day without use, and goes on while it is used; what is unused isn’t listed', async () => {
  const { cookie, other } = await signedIn();
  for (let day = 0; day < 3; day++) {
    later(23 * 60);
    assert.equal(await status('/auth/session', cookie), 200, `day ${day}`);
  }
  assert.equal(await status('/auth/session', other), 401, 'nothing came with it for three days');
  const { json } = await call(world, 'GET', '/account/sessions', { cookie });
  assert.equal((json.items as unknown[]).length, 1);
  later(24 * 60);
  assert.equal(await status('/auth/session', cookie), 401);
});

test('staff’s ends after half an hour; what a page asks by itself is no use', async () => {
  const staff = await staffCookie(world);
  for (let quarter = 0; quarter < 4; quarter++) {
    later(20);
    assert.equal(await status('/staff/overview', staff), 200);
  }
  for (let minutes = 0; minutes < 25; minutes += 5) {
    later(5);
    assert.equal(await status('/staff/overview', staff, { unattended: '1' }), 200);
  }
  later(6);
  assert.equal(await status('/staff/overview', staff, { unattended: '1' }), 401);
  assert.equal(await status('/staff/overview', staff), 401, 'what has ended stays ended');
});

test('signing out has the browser forget what pages kept (ASVS 14.3.1)', async () => {
  const { cookie } = await signedIn();
  const { headers } = await call(world, 'POST', '/auth/sign-out', { cookie });
  assert.equal(headers.get('clear-site-data'), '"storage"');
});

test('that a session is used is written once in five minutes', async () => {
  const { cookie } = await signedIn();
  const seen = async () => {
    const { json } = await call(world, 'GET', '/account/sessions', { cookie });
    const items = json.items as { current: boolean; last_seen_at: string }[];
    return items.find(({ current }) => current)!.last_seen_at;
  };
  const first = await seen();
  later(4);
  assert.equal(await seen(), first);
  later(2);
  assert.notEqual(await seen(), first);
});
