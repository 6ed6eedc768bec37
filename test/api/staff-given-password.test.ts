import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { addMinutes } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import type { World } from '#server/world.ts';
import { deskOf } from '../support/staff-desk.ts';
import { testWorld } from '../support/world.ts';
import { call, cookieOf, said, staffCookie, staffEntered } from './call.ts';

/** Passwords that somebody else made: they open the way to one of their own, and nothing else (ASVS 5.0 6.4.1, 6.2.2). */

const NEXT = 'Seven-pines-by-the-lake';
let world: World;
let admin: string;
let people = 0;
const { member, enter, get, post } = deskOf(() => world);

before(async () => {
  world = await testWorld({ seed: true });
});

beforeEach(async () => {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
  admin = await staffCookie(world);
});

async function added(): Promise<{ id: string; email: string; password: string }> {
  const email = `new${++people}@staff.example.com`;
  const body = { email, name: `New ${people}`, holdings: [{ role: 'support', brand: null }] };
  const made = await post('/staff/members', admin, body);
  assert.equal(made.status, 201, made.text);
  return { email, ...(made.json as { id: string; password: string }) };
}

/** In by that password, with a first factor set up. */
async function entered({ email, password }: { email: string; password: string }): Promise<string> {
  const first = cookieOf(await post('/staff/auth/sign-in', '', { email, password }));
  const change = await post('/staff/auth/password', first, { current: password, next: NEXT });
  assert.deepEqual(said(change), [403, 'second-factor-needed']);
  const { json } = await post('/staff/auth/totp', first);
  const code = totpCode(String(json.secret), world.clock.now());
  return cookieOf(await post('/staff/auth/totp/confirm', first, { code }));
}

const stage = async (cookie: string) => (await get('/staff/auth/session', cookie)).json.stage;

test('whoever added somebody has seen a password that opens nothing; the own one does', async () => {
  const who = await added();
  const cookie = await entered(who);
  assert.equal(await stage(cookie), 'password');
  for (const path of ['/staff/customers', '/staff/auth/factors', '/staff/auth/sessions'])
    assert.deepEqual(said(await get(path, cookie)), [403, 'own-password-needed'], path);
  const change = (body: object) => post('/staff/auth/password', cookie, body);
  assert.deepEqual(said(await change({ current: 'not this one', next: NEXT })), [401, 'wrong-credentials']);
  assert.deepEqual(said(await change({ current: who.password, next: 'password123' })), [
    400,
    'weak-password',
  ]);
  assert.equal(await stage(cookie), 'password', 'nothing was changed');
  assert.equal((await change({ current: who.password, next: NEXT })).status, 204);
  assert.equal(await stage(cookie), 'done');
  assert.equal((await get('/staff/customers', cookie)).status, 200);
  const old = await post('/staff/auth/sign-in', '', { email: who.email, password: who.password });
  assert.deepEqual(said(old), [401, 'wrong-credentials']);
  assert.equal(await stage(await staffEntered(world, who.email, NEXT)), 'done');
});

test('it lapses after 72 hours, before and after the first sign-in', async () => {
  const [never, half] = [await added(), await added()];
  const cookie = await entered(half);
  world.clock.moveTo(addMinutes(world.clock.now(), 72 * 60));
  for (const { email, password } of [never, half])
    assert.deepEqual(said(await post('/staff/auth/sign-in', '', { email, password })), [
      403,
      'given-password-lapsed',
    ]);
  const late = await post('/staff/auth/password', cookie, { current: half.password, next: NEXT });
  assert.equal(late.status, 401, 'the session has ended with the day');
});

test('a password that a colleague set anew is one of these, and the own one is changed with the old one at hand', async () => {
  const who = await member([{ role: 'support', brand: null }]);
  const [here, there] = [await enter(who), await enter(who)];
  assert.equal(await stage(here), 'done');
  const change = await post('/staff/auth/password', here, { current: who.password, next: NEXT });
  assert.equal(change.status, 204, change.text);
  assert.equal((await get('/staff/auth/session', there)).status, 401, 'the others end');
  assert.equal(await stage(here), 'done');
  const told = await world.server.house.db
    .selectFrom('notify_notice')
    .select('kind')
    .where('address', '=', who.email)
    .where('kind', '=', 'staff-password-changed')
    .execute();
  assert.equal(told.length, 1, 'and it is told');

  const { json } = await post(`/staff/members/${who.id}/password`, admin);
  assert.equal((await get('/staff/auth/session', here)).status, 401);
  const again = await staffEntered(world, who.email, String(json.password));
  assert.equal(await stage(again), 'password');
});

test('nobody ends the sessions of somebody who may do more', async () => {
  const { json } = await post('/staff/roles', admin, { name: '人事', areas: { staff: 'write' } });
  const hr = await enter(await member([{ role: String(json.id), brand: null }]));
  const boss = await member([{ role: 'admin', brand: null }]);
  const theirs = await enter(boss);
  assert.deepEqual(said(await post(`/staff/members/${boss.id}/end-sessions`, hr)), [403, 'grant-too-far']);
  assert.equal(await stage(theirs), 'done');
  assert.equal((await post(`/staff/members/${boss.id}/end-sessions`, admin)).status, 204);
  assert.equal((await call(world, 'GET', '/staff/auth/session', { cookie: theirs })).status, 401);
});
