import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { duesOf, sweepAll } from '#kernel/sweeps.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { bear, keyOf, type MadeKey, makeKey, signed } from '../support/keys.ts';
import { member, signedIn } from '../support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** API keys: what opens, what doesn't, and what each says. */

let world: World;
let customer: StoryCustomer;
let service: string;
let bearer: MadeKey;
let signing: MadeKey;

before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, '200');
  service = await customer.order({ access: PASSWORD_ACCESS });
  bearer = await keyOf(world, customer, { areas: { services: 'write', self: 'read', people: 'read' } });
  signing = await keyOf(world, customer, { kind: 'signed', areas: { services: 'write', money: 'write' } });
});

const said = ({ status, json }: { status: number; json: Record<string, unknown> }) => [status, json.code];
const row = (id: string) =>
  world.server.house.db.selectFrom('keys_key').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

test('a bearer opens what it was given, and nothing else; its secret is kept nowhere', async () => {
  const list = await bear(world, bearer, 'GET', '/services');
  assert.equal(list.status, 200, list.text);
  assert.equal((list.json.items as { id: string }[])[0]!.id, service);
  assert.deepEqual(said(await bear(world, bearer, 'GET', '/balance')), [403, 'not-permitted']);
  assert.deepEqual(said(await bear(world, bearer, 'GET', '/staff/customers')), [401, 'signed-out']);
  const kept = await row(bearer.id);
  assert.ok(!JSON.stringify(kept).includes(bearer.secret));
  const sealed = await row(signing.id);
  assert.ok(sealed.secret_hash === null && !sealed.secret_sealed!.includes(signing.secret));
});

test('whoever owns the account is told of a new key', async () => {
  const { json } = await call(world, 'GET', '/notices', { cookie: customer.api.cookie() });
  const told = (json.items as { subject: string }[]).filter(({ subject }) =>
    subject.includes('API 密钥“test”'),
  );
  assert.equal(told.length, 2);
});

test('a key of some services sees these alone', async () => {
  const own = await customer.order({ access: PASSWORD_ACCESS, hostname: 'web3' });
  const key = await keyOf(world, customer, { areas: { services: 'read' }, services: [own] });
  const { json } = await bear(world, key, 'GET', '/services');
  assert.deepEqual(
    (json.items as { id: string }[]).map(({ id }) => id),
    [own],
  );
  assert.deepEqual(said(await bear(world, key, 'GET', `/services/${service}`)), [404, 'not-found']);
  assert.equal((await bear(world, key, 'GET', `/services/${own}`)).status, 200);
});

test('a key is for the addresses that it names: IPv4, IPv6, networks', async () => {
  const at = (addresses: string[]) => keyOf(world, customer, { addresses });
  for (const addresses of [['127.0.0.1'], ['10.0.0.0/8', '127.0.0.0/8'], ['127.0.0.77/8']])
    assert.equal((await bear(world, await at(addresses), 'GET', '/services')).status, 200, addresses.join());
  for (const addresses of [['192.0.2.0/24'], ['2001:db8::/32'], ['128.0.0.0/1'], ['::1']]) {
    const reply = await bear(world, await at(addresses), 'GET', '/services');
    assert.deepEqual(said(reply), [403, 'key-address'], addresses.join());
  }
  for (const addresses of [['127.0.0.1/33'], ['localhost'], ['127.1'], ['::1/129'], ['']]) {
    const reply = await makeKey(world, customer, { addresses });
    assert.deepEqual(said(reply), [400, 'invalid-input'], addresses.join());
  }
});

test('revoked, expired or its maker gone: dead with the next request (F61)', async () => {
  const key = await keyOf(world, customer, { kind: 'signed' });
  const brief = await keyOf(world, customer, {
    expires_at: new Date(world.clock.now().getTime() + 3_600_000).toISOString(),
  });
  assert.equal((await signed(world, key, 'GET', '/services')).status, 200);
  const cookie = customer.api.cookie();
  assert.equal((await call(world, 'DELETE', `/account/keys/${key.id}`, { cookie })).status, 204);
  assert.deepEqual(said(await signed(world, key, 'GET', '/services')), [401, 'key-revoked']);
  assert.equal((await call(world, 'DELETE', `/account/keys/${key.id}`, { cookie })).status, 404);
  const wrong = { id: key.id, secret: 'x'.repeat(43) };
  assert.deepEqual(
    said(await signed(world, wrong, 'GET', '/services')),
    [401, 'signature-invalid'],
    'not told to strangers',
  );
  assert.equal((await bear(world, brief, 'GET', '/services')).status, 200);
  world.clock.moveTo(new Date(world.clock.now().getTime() + 3_600_001));
  assert.deepEqual(said(await bear(world, brief, 'GET', '/services')), [401, 'key-expired']);
});

test('a member’s key has what its maker has now: less when the role shrinks, nothing when the member goes (F61)', async () => {
  const owner = await signedIn(world, customer);
  const admin = await member(world, owner, { role: 'admin' });
  const made = await call(world, 'POST', '/account/keys', {
    cookie: admin.cookie,
    body: { name: 'theirs', kind: 'bearer', areas: { services: 'write', money: 'read' } },
  });
  assert.equal(made.status, 201, made.text);
  const key = made.json as unknown as MadeKey;
  assert.equal((await bear(world, key, 'GET', '/balance')).status, 200);
  const put = await call(world, 'PUT', `/members/${admin.id}`, {
    cookie: owner,
    body: { role: 'technical' },
  });
  assert.ok(put.status < 300, put.text);
  assert.deepEqual(said(await bear(world, key, 'GET', '/balance')), [403, 'not-permitted']);
  assert.equal((await bear(world, key, 'GET', '/services')).status, 200);
  const beyond = { name: 'more', kind: 'bearer', areas: { money: 'read' } };
  const asked = await call(world, 'POST', '/account/keys', { cookie: admin.cookie, body: beyond });
  assert.equal(asked.status, 403, 'a technical member manages no keys');
  const gone = await call(world, 'DELETE', `/members/${admin.id}`, { cookie: owner });
  assert.ok(gone.status < 300, gone.text);
  assert.deepEqual(said(await bear(world, key, 'GET', '/services')), [401, 'key-revoked']);
  const { json } = await call(world, 'GET', '/account/keys', { cookie: owner });
  assert.equal(
    (json.items as { id: string; state: string }[]).find(({ id }) => id === key.id)!.state,
    'maker-gone',
  );
  // The mail of before is of no use.
  await sql`delete from notify_sandbox_mail`.execute(world.server.house.db);
  const again = await member(world, owner, { role: 'admin' }, admin.person);
  assert.equal(
    (await call(world, 'GET', '/services', { cookie: again.cookie })).status,
    200,
    'asked in again',
  );
  assert.deepEqual(said(await bear(world, key, 'GET', '/services')), [401, 'key-revoked'], 'the key isn’t');
});

test('a key to read in `self` shows nothing of what is kept of its maker, of whichever area', async () => {
  const key = await keyOf(world, customer, { areas: { self: 'read' } });
  assert.equal((await bear(world, key, 'GET', '/auth/session')).status, 200);
  const own = ['/account/privacy', '/account/privacy/data/money', '/account/privacy/data/contacts'];
  for (const path of [...own, '/account/privacy/requests', '/account/sessions', '/account/bindings'])
    assert.deepEqual(said(await bear(world, key, 'GET', path)), [403, 'not-permitted'], path);
});

test('who didn’t show who they are within fifteen minutes makes no key', async () => {
  const cookie = customer.api.cookie();
  const body = { name: 'later', kind: 'bearer', areas: { services: 'read' } };
  assert.deepEqual(said(await call(world, 'POST', '/account/keys', { cookie, body })), [403, 'prove-again']);
});

test('an open stream ends within about a second of its key (F61)', async () => {
  const key = await keyOf(world, customer, {});
  const stream = await fetch(`${world.url}/api/v1/services/${service}/stream`, {
    headers: { authorization: `Bearer ${key.bearer}` },
  });
  assert.equal(stream.status, 200);
  const reader = stream.body!.getReader();
  await reader.read();
  const cookie = customer.api.cookie();
  assert.equal((await call(world, 'DELETE', `/account/keys/${key.id}`, { cookie })).status, 204);
  const revoked = performance.now();
  while (!(await reader.read()).done);
  assert.ok(performance.now() - revoked < 3_000);
});

test('people make keys, from a session, for no more than they have', async () => {
  const body = { name: 'more', kind: 'bearer', areas: { services: 'read' } };
  assert.deepEqual(said(await bear(world, bearer, 'POST', '/account/keys', { body })), [
    403,
    'not-permitted',
  ]);
  for (const areas of [{ people: 'write' }, { self: 'write' }, { audit: 'write' }, { staff: 'read' }, {}])
    assert.equal(
      (await makeKey(world, customer, { areas: areas as never })).status,
      400,
      JSON.stringify(areas),
    );
  const password = { current: customer.password, next: 'Plum-rain-and-9-geese-more' };
  assert.equal((await bear(world, bearer, 'POST', '/account/password', { body: password })).status, 403);
});

test('the list tells all but the secret, and the last use', async () => {
  const { json } = await call(world, 'GET', '/account/keys', { cookie: customer.api.cookie() });
  const items = json.items as Record<string, unknown>[];
  const shown = items.find(({ id }) => id === bearer.id)!;
  assert.deepEqual(
    [shown.kind, shown.state, shown.last_used_ip, (shown.made_by as { email: string }).email],
    ['bearer', 'live', '127.0.0.1', customer.email],
  );
  assert.ok(!JSON.stringify(json).includes(bearer.secret));
  assert.equal(items.find(({ state }) => state === 'revoked')?.last_used_at !== null, true);
  const stranger = await readyCustomer(world, null);
  const theirs = await call(world, 'GET', '/account/keys', { cookie: stranger.api.cookie() });
  assert.deepEqual(theirs.json.items, []);
  const path = `/account/keys/${bearer.id}`;
  assert.equal((await call(world, 'DELETE', path, { cookie: stranger.api.cookie() })).status, 404);
});

test('the last use is written once a minute at most', async () => {
  const key = await keyOf(world, customer);
  await bear(world, key, 'GET', '/services');
  const first = (await row(key.id)).last_used_at!;
  world.clock.moveTo(new Date(first.getTime() + 30_000));
  await bear(world, key, 'GET', '/services');
  assert.deepEqual((await row(key.id)).last_used_at, first);
  world.clock.moveTo(new Date(first.getTime() + 61_000));
  await bear(world, key, 'GET', '/services');
  assert.ok((await row(key.id)).last_used_at! > first);
});

test('nonces are kept while their requests would be let through, and no longer', async () => {
  const { house } = world.server;
  await signed(world, signing, 'GET', '/services');
  const left = () => transact(house.db, (tx) => tx.selectFrom('keys_nonce').select('nonce').execute());
  const sweep = allSweeps(house).find(({ name }) => name === 'keys.nonces')!;
  const before = (await left()).length;
  assert.ok(before > 0);
  const due = (await duesOf(house.db, [sweep]))[0]!;
  world.clock.moveTo(new Date(world.clock.now().getTime() + 601_000));
  assert.ok(due <= world.clock.now());
  assert.equal(await sweepAll(sweep, world.clock.now()), before);
  assert.deepEqual(await left(), []);
});

test('calls by keys are counted by key, customer and brand; who calls more is told when to come again', async () => {
  const brand = world.server.house.brands.get('lantian');
  const key = await keyOf(world, customer);
  const other = await keyOf(world, customer);
  const before = brand.api_limits;
  Object.assign(brand, {
    api_limits: { key: { calls: 5, seconds: 60 }, customer: { calls: 8, seconds: 600 } },
  });
  try {
    const replies = [];
    for (let i = 0; i < 7; i++) replies.push(await bear(world, key, 'GET', '/services'));
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 200, 200, 200, 429, 429],
    );
    assert.equal(
      replies[0]!.headers.get('ratelimit-policy'),
      '"key";q=5;w=60, "customer";q=8;w=600, "brand";q=60000;w=60',
    );
    assert.match(
      replies[0]!.headers.get('ratelimit')!,
      /^"key";r=4;t=60, "customer";r=7;t=600, "brand";r=\d+;t=\d+$/,
    );
    const held = replies[5]!;
    assert.equal(held.json.code, 'rate-limited');
    assert.equal(Number(held.headers.get('retry-after')), held.json.retry_after_s);
    assert.match(held.headers.get('ratelimit')!, /^"key";r=0;t=\d+$/);
    const theirs = [];
    for (let i = 0; i < 4; i++) theirs.push((await bear(world, other, 'GET', '/services')).status);
    assert.deepEqual(theirs, [200, 200, 200, 429], 'what the first was refused counts for nobody');
    assert.equal(
      (await call(world, 'GET', '/services', { cookie: customer.api.cookie() })).status,
      200,
      'people aren’t counted',
    );
    const stranger = await keyOf(world, await readyCustomer(world, null));
    assert.equal((await bear(world, stranger, 'GET', '/services')).status, 200);
    assert.deepEqual(
      said(await bear(world, { bearer: `${key.id}.${'A'.repeat(43)}` }, 'GET', '/services')),
      [401, 'key-refused'],
      'who hasn’t the secret uses up nothing',
    );
  } finally {
    Object.assign(brand, { api_limits: before });
  }
});
