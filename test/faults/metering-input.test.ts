import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { call, staffCookie } from '../api/call.ts';
import { event, type Lab, openLab } from '../support/metering.ts';

/** What machines send wrongly, and what pretends to be one. */

let lab: Lab;

before(async () => {
  lab = await openLab({ balance: null });
  await lab.open('a');
});

test('what is wrong in its form refuses the batch, each by its place; what nobody owns is put aside', async () => {
  const now = lab.world.clock.now();
  const good = event('lab.requests', 'a', now, { count: 1 });
  const bad: [field: string, event: unknown][] = [
    ['event', null],
    ['event', 'text'],
    ['specversion', { ...good, specversion: '0.3' }],
    ['id', { ...good, id: '' }],
    ['id', { ...good, id: 'a\u0000b' }],
    ['id', { ...good, id: 'x'.repeat(201) }],
    ['source', { ...good, source: 7 }],
    ['type', { ...good, type: undefined }],
    ['subject', { ...good, subject: undefined }],
    ['subject', { ...good, subject: '\ud800' }],
    ['time', { ...good, time: 'yesterday' }],
    ['time', { ...good, time: '2026-13-40T00:00:00Z' }],
    ['data', { ...good, data: [1] }],
    ['data.count', { ...good, data: {} }],
    ['data.count', { ...good, data: { count: -1 } }],
    ['data.count', { ...good, data: { count: 1.5 } }],
    ['data.count', { ...good, data: { count: 2 ** 53 } }],
    ['data.count', { ...good, data: { count: '-5' } }],
    ['data.count', { ...good, data: { count: '1'.repeat(19) } }],
    ['data.count', { ...good, data: { toString: 1 } }],
    ['data.viewer', event('lab.views', 'a', now, { viewer: 7 })],
  ];
  const { status, json } = await lab.send([good, ...bad.map(([, wrong]) => wrong)]);
  assert.deepEqual([status, json.code], [422, 'usage-invalid']);
  const named = (json.errors as { field: string }[]).map(({ field }) => field);
  assert.deepEqual(
    named,
    bad.map(([field], i) => `${i + 1}.${field}`),
  );
  assert.equal((await lab.send([good])).json.accepted, 1, 'nothing of that batch was taken');
  const aside = await lab.send([
    event('lab.requests', 'nobody', now, { count: 1 }),
    event('lab.nonsense', 'a', now, { count: 1 }),
    event(
      'lab.requests',
      'a',
      now,
      { count: '000000000000000012' },
      { id: 'quoted "and" \\ escaped, {null}' },
    ),
  ]);
  assert.equal(aside.json.accepted, 1);
  assert.deepEqual((aside.json.quarantined as { reason: string }[]).map(({ reason }) => reason).sort(), [
    'unknown-meter',
    'unknown-subject',
  ]);
});

test('only CloudEvents from a machine with a token of this brand are read, and no more of them than fit', async () => {
  const { world } = lab;
  const staff = await staffCookie(world);
  const one = event('lab.requests', 'a', world.clock.now(), { count: 1 });
  const [id = '', secret = ''] = lab.token.split('.');
  for (const token of [
    '',
    'x',
    id,
    `${id}.`,
    `${id}.${'A'.repeat(43)}`,
    `${id.replace(/^./, 'f')}.${secret}`,
  ]) {
    const { status, json } = await lab.send([one], { token });
    assert.deepEqual([status, json.code], [401, 'ingest-token-refused']);
  }
  assert.equal((await lab.send([one], { type: 'application/cloudevents+json' })).json.accepted, 1);
  assert.equal((await lab.send([one], { type: 'application/json' })).json.code, 'usage-malformed');
  const raw = (body: string | Uint8Array, type = 'application/cloudevents-batch+json') =>
    call(world, 'POST', '/usage/events', {
      body,
      headers: { 'content-type': type, authorization: `Bearer ${lab.token}` },
    });
  for (const body of ['{', 'null', '{"a":1}', Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d)])
    assert.equal((await raw(body)).json.code, 'usage-malformed');
  const written = JSON.stringify([{ ...one, id: 'read-two-ways' }]);
  for (const body of [
    written.replace('"count":1', '"count":1,"count":1000'),
    written.replace('"count":1', '"count":1,"\\u0063ount":1000'),
    written.replace('"count":1', '"__proto__":{"count":1}'),
    written.replace('"count":1', `"count":${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  ])
    assert.equal((await raw(body)).json.code, 'usage-malformed', body.slice(0, 300));
  assert.equal((await raw(written)).json.accepted, 1, 'nothing of those was taken');
  assert.equal((await raw(`[${'1,'.repeat(10_000)}1]`)).json.code, 'usage-too-many');
  assert.equal((await raw(' '.repeat(8 * 1024 * 1024 + 1))).status, 413);
  const made = await call(world, 'POST', '/staff/usage/tokens', { cookie: staff, body: { name: 'second' } });
  const second = String(made.json.token);
  assert.equal((await lab.send([one], { token: second })).json.duplicates, 1);
  assert.equal(
    (await call(world, 'DELETE', `/staff/usage/tokens/${made.json.id}`, { cookie: staff })).status,
    204,
  );
  assert.equal((await lab.send([one], { token: second })).status, 401);
});
