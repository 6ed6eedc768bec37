import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoryCustomer } from '#server/story/customer.ts';
import { someIdNumber } from '#server/story/identity.ts';
import { call } from '../api/call.ts';
import { testWorld } from '../support/world.ts';

test('[lantian 1.3] a minor whose number was verified is of age from the midnight of that day in the brand’s zone, by itself, and the date is forgotten', async () => {
  const world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
  const { db } = world.server.house;
  const customer = new StoryCustomer(world.url);
  await customer.signUp({ minor: true });
  const cookie = customer.api.cookie();
  const body = { name: '李小明', id_number: someIdNumber('20080310') };
  const checked = await call(world, 'POST', '/account/real-name', { cookie, body });
  assert.deepEqual([checked.json.result, checked.json.minor], ['pass', true], checked.text);
  const minor = async () => {
    const { json } = await call(world, 'GET', '/auth/session', { cookie });
    return (json.customer as { minor: boolean; real_name: string }).minor;
  };
  const kept = () => db.selectFrom('verification_identity').select('of_age_at').executeTakeFirstOrThrow();
  assert.deepEqual((await kept()).of_age_at, new Date('2026-03-09T16:00:00Z'));

  await world.advanceTo(new Date('2026-03-09T15:59:00Z'));
  assert.equal(await minor(), true);
  await world.advanceTo(new Date('2026-03-09T16:01:00Z'));
  assert.equal(await minor(), false);
  assert.equal((await kept()).of_age_at, null);
  const { json } = await call(world, 'GET', '/account/audit', { cookie });
  const acts = (json.items as { action: string }[]).map(({ action }) => action);
  assert.ok(acts.includes('customer.came-of-age'));
  const again = await call(world, 'GET', '/account/real-name', { cookie });
  assert.equal(again.status, 200);
});
