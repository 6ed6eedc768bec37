import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { addMinutes } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** What failed goes into the record of acts, where the account's owner sees it (ASVS 16.3.1), once an hour at most. */

let world: World;
before(async () => {
  world = await testWorld();
});
beforeEach(forget);
async function forget(): Promise<void> {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
}

const post = (path: string, body: unknown, cookie?: string) => call(world, 'POST', path, { body, cookie });

async function person(): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  return customer;
}

async function recorded(customer: StoryCustomer) {
  const { json } = await call(world, 'GET', '/account/audit', { cookie: customer.api.cookie() });
  const items = json.items as { action: string; after: { times?: number } }[];
  return items.filter(({ action }) => action.endsWith('-failed'));
}

test('wrong passwords, proofs and recoveries of an hour are one line each in the owner’s record, with how often', async () => {
  const customer = await person();
  const { email } = customer;
  for (let tries = 0; tries < 7; tries++)
    assert.equal((await post('/auth/sign-in', { email, password: 'not the password' })).status, 401);
  const wrong = { by: 'password', password: 'nor this one' };
  assert.equal((await post('/auth/prove', wrong, customer.api.cookie())).status, 401);
  assert.equal((await post('/auth/recovery/code', { email, code: '00000000' })).status, 422);
  assert.deepEqual(await recorded(customer), [], 'the hour isn’t over');
  await world.advanceTo(addMinutes(world.clock.now(), 61));
  const lines = await recorded(customer);
  assert.deepEqual(lines.map(({ action, after }) => [action, after.times]).toSorted(), [
    ['user.proof-failed', 1],
    ['user.recovery-failed', 1],
    ['user.sign-in-failed', 7],
  ]);
  assert.equal((await post('/auth/sign-in', { email, password: 'not the password' })).status, 401);
  await world.advanceTo(addMinutes(world.clock.now(), 61));
  assert.equal((await recorded(customer)).length, 4);
});

test('names that nobody has fill nothing: they share a few rows, which are on no record and gone after the hour', async () => {
  await world.advanceTo(addMinutes(world.clock.now(), 61));
  const { db } = world.server.house;
  const rows = async () => {
    const { count } = await db
      .selectFrom('factors_failure')
      .select((e) => e.fn.countAll<bigint>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  };
  for (let stranger = 0; stranger < 600; stranger++) {
    if (stranger % 50 === 0) await forget();
    const given = { email: `nobody${stranger}@example.com`, code: '00000000' };
    assert.equal((await post('/auth/recovery/code', given)).status, 422);
  }
  const many = await rows();
  assert.ok(many > 100 && many <= 256, `${many} rows for 600 names`);
  const before = await db
    .selectFrom('audit_event')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('action', 'like', '%-failed')
    .executeTakeFirstOrThrow();
  await world.advanceTo(addMinutes(world.clock.now(), 61));
  assert.equal(await rows(), 0);
  const after = await db
    .selectFrom('audit_event')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('action', 'like', '%-failed')
    .executeTakeFirstOrThrow();
  assert.equal(after.count, before.count);
});
