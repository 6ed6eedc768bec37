import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import type { World } from '#server/world.ts';
import { call, staffCookie } from '../api/call.ts';
import { member, signedIn } from '../support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** Who of a customer answers for which product, and how they are reached (七牛云 3.1.6). */

let world: World;
before(async () => {
  world = await testWorld({ seed: true });
});

const mailTo = async (email: string): Promise<string[]> => {
  const { json } = await call(world, 'GET', '/dev/mailbox');
  return (json.items as { to: string; subject: string }[])
    .filter(({ to }) => to === email)
    .map(({ subject }) => subject);
};

test('[qiniu 3.1.6] a customer names who is responsible for a product; staff see it, and its notices go there too', async () => {
  const owner = await readyCustomer(world, '30');
  const own = await signedIn(world, owner);
  const engineer = await member(world, own, { role: 'technical' });
  const stranger = await readyCustomer(world, null);
  const name = (product: string, user_id: string, phone: string | null) =>
    call(world, 'PUT', `/account/responsible/${product}`, { cookie: own, body: { user_id, phone } });
  const read = async (path: string, cookie: string) => {
    const { json } = await call(world, 'GET', path, { cookie });
    return (json.items as Record<string, unknown>[]).map(({ product, shown, phone }) => [
      product,
      shown,
      phone,
    ]);
  };
  const { json } = await call(world, 'GET', '/auth/session', { cookie: stranger.api.cookie() });
  const outside = await name('servers', (json.user as { id: string }).id, null);
  assert.deepEqual([outside.status, outside.json.code], [422, 'responsible-member']);
  assert.equal((await name('servers', engineer.id, '12345')).json.code, 'contact-form');
  assert.equal((await name('nothing-of-ours', engineer.id, null)).status, 404);
  assert.equal((await name('servers', engineer.id, '138 0013 8000')).status, 204);
  assert.equal((await name('object-storage', engineer.id, null)).status, 204);
  const expected = [
    ['object-storage', engineer.person.email, null],
    ['servers', engineer.person.email, '138****8000'],
  ];
  assert.deepEqual(await read('/account/responsible', own), expected);
  const me = await call(world, 'GET', '/auth/session', { cookie: own });
  const customer = (me.json.customer as { id: string }).id;
  assert.deepEqual(
    await read(`/staff/customers/${customer}/responsible`, await staffCookie(world)),
    expected,
  );
  const { rows } = await sql<{ found: boolean }>`select r::text like '%13800138000%' as found
    from reach_responsible r`.execute(world.server.house.db);
  assert.ok(
    rows.every(({ found }) => !found),
    'the number is sealed',
  );

  const service = await owner.order({ access: PASSWORD_ACCESS, hostname: 'told' });
  await owner.until(service, ({ state }) => state === 'active');
  await world.drain();
  const about = (subjects: string[]) => subjects.filter((subject) => subject.includes('told'));
  assert.deepEqual(about(await mailTo(engineer.person.email)), about(await mailTo(owner.email)));
  assert.equal(about(await mailTo(engineer.person.email)).length, 1);
  const inbox = await call(world, 'GET', '/notices', { cookie: own });
  const ready = (inbox.json.items as { kind: string }[]).filter(({ kind }) => kind === 'service-ready');
  assert.equal(ready.length, 1, 'once in the account’s inbox');
});

test('[qiniu 3.1.6] the list is kept current: another takes over, and who leaves the account answers for nothing', async () => {
  const owner = await readyCustomer(world, null);
  const own = await signedIn(world, owner);
  const [first, second] = [
    await member(world, own, { role: 'technical' }),
    await member(world, own, { role: 'technical' }),
  ];
  const name = (id: string) =>
    call(world, 'PUT', '/account/responsible/network', {
      cookie: own,
      body: { user_id: id, phone: '13900139000' },
    });
  const who = async () => {
    const { json } = await call(world, 'GET', '/account/responsible', { cookie: own });
    return (json.items as { user_id: string }[]).map(({ user_id }) => user_id);
  };
  assert.equal((await name(first.id)).status, 204);
  assert.equal((await name(second.id)).status, 204);
  assert.deepEqual(await who(), [second.id]);
  assert.equal((await call(world, 'DELETE', `/members/${second.id}`, { cookie: own })).status, 204);
  assert.deepEqual(await who(), []);
  const { rows } = await sql<{ sealed: number }>`select count(*)::int as sealed from reach_responsible
    where ended_at is not null and phone_sealed is not null`.execute(world.server.house.db);
  assert.equal(rows[0]!.sealed, 0, 'numbers go with the person');
  assert.equal((await name(first.id)).status, 204);
  const gone = await call(world, 'DELETE', '/account/responsible/network', { cookie: own });
  assert.equal(gone.status, 204);
  assert.equal((await call(world, 'DELETE', '/account/responsible/network', { cookie: own })).status, 404);
});
