import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorldClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import { openServer } from '#server/main.ts';
import { simulatedNode, type World } from '#server/world.ts';
import { realParts } from '#server/world-mover.ts';
import { instantFrom, spanFrom } from '#server/world-span.ts';
import { call, staffCookie } from '../api/call.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** The time machine: a world whose clock staff move from the back office, and which no real deployment has. */

const ZONE = 'Asia/Shanghai';

async function advance(world: World, cookie: string, body: object) {
  const reply = await call(world, 'POST', '/staff/world/advance', { cookie, body });
  if (reply.status === 202) await world.server.house.mover!.settled();
  return reply;
}

test('each due date on the way is done, in its order; who is signed in stays so', async () => {
  const world = await testWorld({ seed: true, movable: true, start: new Date('2026-03-02T02:00:00Z') });
  const staff = await staffCookie(world);
  const customer = await readyCustomer(world, '20');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');

  const shown = async () => (await call(world, 'GET', '/brand')).json.moved_clock;
  assert.deepEqual(await shown(), { now: '2026-03-02T02:00:00.000Z', going: false });
  assert.equal((await advance(world, staff, { by: '1mo' })).status, 202);
  assert.deepEqual(await shown(), { now: '2026-04-02T02:00:00.000Z', going: false });
  // Both sessions are as they were, though staff's lasts twelve hours and a customer's thirty days.
  assert.equal((await customer.service(id)).state, 'suspended');
  assert.equal((await advance(world, staff, { until: '2026-04-06' })).status, 202);
  assert.equal((await customer.service(id)).state, 'deleted');
  const history = await customer.history(id);
  const acts = history
    .map(({ action }) => action)
    .filter((action) => /remind|suspended|deleted/.test(action));
  assert.deepEqual(acts.reverse(), [
    ...['service.reminded', 'service.reminded', 'service.reminded'],
    ...['service.suspended', 'service.deleted'],
  ]);
  assert.deepEqual(
    history.filter(({ action }) => action === 'service.deleted').map(({ at }) => at),
    ['2026-04-05T02:00:00.000Z'],
    'at its own time, not at the end of the way',
  );

  const audit = await call(world, 'GET', '/staff/audit', { cookie: staff });
  const moves = (audit.json.items as { action: string }[]).filter(
    ({ action }) => action === 'world.advanced',
  );
  assert.equal(moves.length, 2);
  for (const body of [
    { by: '3weeks' },
    { by: '0d' },
    { until: '2026-01-01' },
    { until: '2026-02-30' },
    { by: '99999d' },
  ]) {
    const reply = await advance(world, staff, body);
    assert.deepEqual([reply.status, reply.json.code], [422, 'clock-target'], JSON.stringify(body));
  }
  for (const body of [{}, { by: '1d', until: '2027-01-01' }, { by: 1 }])
    assert.equal((await advance(world, staff, body)).status, 400, JSON.stringify(body));
  const going = call(world, 'POST', '/staff/world/advance', { cookie: staff, body: { by: '3mo' } });
  const again = call(world, 'POST', '/staff/world/advance', { cookie: staff, body: { by: '3mo' } });
  assert.deepEqual([(await going).status, (await again).status].sort(), [202, 409]);
  await world.server.house.mover!.settled();
  assert.equal((await call(world, 'POST', '/staff/world/advance', { body: { by: '1d' } })).status, 401);
  const cookie = customer.api.cookie();
  assert.equal(
    (await call(world, 'POST', '/staff/world/advance', { cookie, body: { by: '1d' } })).status,
    401,
  );
});

test('elsewhere there is no such route, and no page says that time is anything but real', async () => {
  const world = await testWorld({ seed: true });
  const cookie = await staffCookie(world);
  for (const [method, path] of [
    ['GET', '/staff/world'],
    ['POST', '/staff/world/advance'],
  ] as const) {
    const reply = await call(world, method, path, {
      cookie,
      ...(method === 'POST' ? { body: { by: '1d' } } : {}),
    });
    assert.equal(reply.status, 404, path);
  }
  assert.equal((await call(world, 'GET', '/brand')).json.moved_clock, null);
});

const CONFIG = { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' };
const KEYS = {
  SMTP_URL: 'smtp://mail.example',
  ALIYUN_ACCESS_KEY_ID: 'id',
  ALIYUN_ACCESS_KEY_SECRET: 'secret',
};
const ALIPAY = {
  ALIPAY_APP_ID: '1',
  ALIPAY_SELLER_ID: '2',
  ALIPAY_PRIVATE_KEY_FILE: 'private.pem',
  ALIPAY_PUBLIC_KEY_FILE: 'public.pem',
};

test('production, real channels, real mail, real people and real machines: the clock is nobody’s to move', async () => {
  const real = simulatedNode({ name: 'node1', driver: 'lxd', endpoint: 'https://192.0.2.1:8443' });
  for (const [env, nodes, why] of [
    [{ CLOUDPACT_ENV: 'production', ...KEYS, ...ALIPAY }, [], /CLOUDPACT_ENV=production/],
    [ALIPAY, [], /ALIPAY_APP_ID/],
    [{ SMTP_URL: KEYS.SMTP_URL }, [], /SMTP_URL/],
    [{ ALIYUN_ACCESS_KEY_ID: 'id', ALIYUN_ACCESS_KEY_SECRET: 'secret' }, [], /ALIYUN_ACCESS_KEY_ID/],
    [{}, [real], /node1/],
  ] as const) {
    const config = readConfig({ ...CONFIG, ...env });
    assert.match(realParts(config, nodes).join('; '), why);
  }
  assert.deepEqual(realParts(readConfig(CONFIG), [simulatedNode()]), []);
});

test('a server that is told to let its clock be moved doesn’t start where something is real', async () => {
  const plain = await testWorld();
  await assert.rejects(
    openServer({
      config: readConfig({ DATABASE_URL: plain.databaseUrl, SMTP_URL: KEYS.SMTP_URL, PORT: '0' }),
      clock: new WorldClock(plain.clock.now(), { ticking: false }),
      log: plain.server.house.log,
      nodes: [simulatedNode()],
      movable: true,
    }),
    /only where nothing is real; here: SMTP_URL/,
  );
});

test('spans and dates are those of the zone', () => {
  const now = new Date('2026-01-30T16:30:00Z');
  const at = (instant: Date | null) => instant?.toISOString();
  assert.equal(at(spanFrom(now, '12h', ZONE)), '2026-01-31T04:30:00.000Z');
  assert.equal(at(spanFrom(now, '30d', ZONE)), '2026-03-01T16:30:00.000Z');
  assert.equal(at(spanFrom(now, '1mo', ZONE)), '2026-02-27T16:30:00.000Z', '31 January, 28 February');
  assert.equal(at(instantFrom('2027-03-01', ZONE)), '2027-02-28T16:00:00.000Z');
  assert.equal(at(instantFrom('2027-03-01 09:30', ZONE)), '2027-03-01T01:30:00.000Z');
  assert.equal(at(instantFrom('2027-03-01T01:30:00Z', ZONE)), '2027-03-01T01:30:00.000Z');
  for (const text of ['', '12', 'h', '-1d', '1.5d', '1y', '٣d'])
    assert.equal(spanFrom(now, text, ZONE), null, text);
  for (const text of ['', '2027', '2027-13-01', '2027-02-29', '2027-03-01 25:00', '1/3/2027', 'tomorrow'])
    assert.equal(instantFrom(text, ZONE), null, text);
});
