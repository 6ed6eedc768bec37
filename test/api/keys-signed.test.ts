import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { contentDigest } from '#kernel/message-signature.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { keyOf, type MadeKey, signed } from '../support/keys.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** Signed requests: what opens, what was changed or comes again, and what each refusal says. */

let world: World;
let customer: StoryCustomer;
let bearer: MadeKey;
let signing: MadeKey;

before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, '200');
  await customer.order({ access: PASSWORD_ACCESS });
  bearer = await keyOf(world, customer, { areas: { services: 'write', self: 'read', people: 'read' } });
  signing = await keyOf(world, customer, { kind: 'signed', areas: { services: 'write', money: 'write' } });
});

const said = ({ status, json }: { status: number; json: Record<string, unknown> }) => [status, json.code];

test('a signed request opens what its key was given: with a body, a query, and once', async () => {
  const quota = await signed(world, signing, 'GET', '/services?a=b&c=%20d');
  assert.equal(quota.status, 200, quota.text);
  const order = {
    plan: 'nat-s',
    region: 'hk',
    image: 'debian-12',
    hostname: 'web2',
    months: 1,
    access: PASSWORD_ACCESS,
  };
  const made = await signed(world, signing, 'POST', '/orders', { body: order });
  assert.equal(made.status, 201, made.text);
  const { rows } = {
    rows: await world.server.house.db
      .selectFrom('audit_event')
      .selectAll()
      .where('key_id', '=', signing.id)
      .execute(),
  };
  assert.ok(rows.some(({ action, session_id }) => action === 'order.placed' || session_id === signing.id));
});

test('a signed request that comes again is refused, at once or later, whatever became of the first (F40)', async () => {
  const nonce = randomUUID();
  const created = world.clock.now();
  const again = () => signed(world, signing, 'GET', '/services', { nonce, created });
  const all = await Promise.all(Array.from({ length: 20 }, again));
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  assert.ok(all.every((reply) => reply.status === 200 || reply.json.code === 'nonce-used'));
  const failed = { body: { plan: 'none' }, nonce: randomUUID(), created };
  assert.equal((await signed(world, signing, 'POST', '/quote', failed)).status, 400);
  assert.deepEqual(said(await signed(world, signing, 'POST', '/quote', failed)), [401, 'nonce-used']);
});

test('what was changed on its way is refused: method, path, query, body, digest, nonce, time (F39)', async () => {
  const body = { plan: 'nat-s', region: 'hk', months: 1 };
  const other = JSON.stringify({ ...body, months: 12 });
  const changes: [string, NonNullable<Parameters<typeof signed>[4]>['sent']][] = [
    ['method', { method: 'PUT', path: '/quote' }],
    ['path', { path: '/carts/quote' }],
    ['query', { path: '/quote?x=1' }],
    ['body', { body: other }],
    ['body and digest', { body: other, headers: { 'content-digest': contentDigest(Buffer.from(other)) } }],
    ['no digest', { headers: { 'content-digest': '' } }],
    ['longer body', { body: `${JSON.stringify(body)} ` }],
  ];
  for (const [name, sent] of changes) {
    const reply = await signed(world, signing, 'POST', '/quote', { body, sent: sent! });
    if (name === 'method') assert.ok([401, 404].includes(reply.status), name);
    else assert.deepEqual(said(reply), [401, 'signature-invalid'], name);
  }
  assert.equal((await signed(world, signing, 'POST', '/quote', { body })).status, 200);
  const unsigned = await signed(world, signing, 'POST', '/quote', { sent: { body: other } });
  assert.deepEqual(said(unsigned), [401, 'signature-invalid'], 'a body that nobody signed');
});

test('a signature is good for five minutes around its time', async () => {
  const at = (seconds: number) => new Date(world.clock.now().getTime() + seconds * 1_000);
  for (const seconds of [-290, 290])
    assert.equal((await signed(world, signing, 'GET', '/services', { created: at(seconds) })).status, 200);
  for (const seconds of [-302, 330, -86_400]) {
    const reply = await signed(world, signing, 'GET', '/services', { created: at(seconds) });
    assert.deepEqual(said(reply), [401, 'signature-expired'], String(seconds));
  }
});

test('another algorithm, key, kind or none: 401 (F60)', async () => {
  const stranger = await keyOf(world, await readyCustomer(world, null), { kind: 'signed' });
  const input = (change: (text: string) => string) => {
    const field = `("@method" "@path" "@query");created=${Math.floor(world.clock.now().getTime() / 1_000)};nonce="${randomUUID()}";alg="hmac-sha256";keyid="${signing.id}"`;
    return { 'signature-input': `sig=${change(field)}`, signature: 'sig=:AAAA:' };
  };
  const authorizations = [
    'Bearer ',
    'Bearer x',
    `Bearer ${bearer.id}.${'A'.repeat(43)}`,
    `Bearer ${bearer.id}.${signing.secret}`,
    `Bearer ${signing.id}.${signing.secret}`,
    `Bearer ${randomUUID()}.${bearer.secret}`,
    `bearer ${bearer.bearer!.slice(0, -1)}`,
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
  ];
  for (const authorization of authorizations) {
    const reply = await call(world, 'GET', '/services', { headers: { authorization } });
    assert.deepEqual(said(reply), [401, 'key-refused'], authorization);
  }
  const same = (text: string) => text;
  for (const change of [
    same,
    (text: string) => text.replace('hmac-sha256', 'hmac-sha512'),
    (text: string) => text.replace('hmac-sha256', 'none'),
    (text: string) => text.replace('hmac-sha256', 'rsa-v1_5-sha256'),
    (text: string) => text.replace(/;alg="[^"]+"/, ''),
    (text: string) => text.replace(' "@query"', ''),
    (text: string) => text.replace('"@method" ', ''),
    (text: string) => text.replace(/nonce="[^"]+"/, 'nonce="short"'),
  ]) {
    const reply = await call(world, 'GET', '/services', { headers: input(change) });
    assert.deepEqual(said(reply), [401, 'signature-invalid'], change.toString());
  }
  for (const keyid of [randomUUID(), bearer.id]) {
    const headers = input((text) => text.replace(signing.id, keyid));
    const reply = await call(world, 'GET', '/services', { headers });
    assert.ok(reply.status === 401 && /^(key-refused|signature-invalid)$/.test(String(reply.json.code)));
  }
  assert.deepEqual(
    said(await signed(world, { id: signing.id, secret: stranger.secret }, 'GET', '/services')),
    [401, 'signature-invalid'],
  );
  const cookie = customer.api.cookie();
  const both = await call(world, 'GET', '/services', { cookie, headers: { authorization: 'Bearer x' } });
  assert.deepEqual(said(both), [401, 'key-refused'], 'who shows a key is asked by it alone');
  assert.deepEqual(
    said(
      await signed(world, signing, 'GET', '/services', {
        sent: { headers: { authorization: `Bearer ${bearer.bearer}` } },
      }),
    ),
    [401, 'key-refused'],
  );
});
