import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';
import { call, cookieOf, said, staffCookie } from '../api/call.ts';
import { idOf } from '../support/money.ts';
import { deskOf } from '../support/staff-desk.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Staff in a customer's place. */

let world: World;
let admin: string;

before(async () => {
  world = await testWorld({ seed: true });
  admin = await staffCookie(world);
});

const { member, enter, get, post } = deskOf(() => world);

test('in a customer’s place: told, seen, on record with both names, and never more than was asked for', async () => {
  const customer = await readyCustomer(world, '50');
  const id = await idOf(customer);
  const helper = await member([{ role: 'support', brand: null }]);
  const cookie = await enter(helper);
  const visit = async (writes: boolean, by = cookie) => {
    const reply = await post(`/staff/customers/${id}/visits`, by, { reason: '排查主机无法连接', writes });
    assert.equal(reply.status, 204, reply.text);
    assert.match(reply.headers.getSetCookie()[0]!, /^cp_session=/);
    return cookieOf(reply);
  };
  const looking = await visit(false);
  assert.equal(((await get('/auth/session', looking)).json.customer as { id: string }).id, id);
  const shown = (await get('/visit', looking)).json.visit as Record<string, unknown>;
  assert.deepEqual([shown.staff, shown.reason, shown.writes], [helper.name, '排查主机无法连接', false]);
  assert.equal((await get('/services', looking)).status, 200);
  const refused: [method: string, path: string, body?: object][] = [
    ['POST', '/account/password', { current: customer.password, next: 'Plum-rain-and-9-geese' }],
    ['POST', '/funds/withdrawals', { amount: '1' }],
    ['POST', '/orders', { plan: 'nat-s' }],
    ['POST', '/members/invitations', { email: 'x@example.com', role: 'admin' }],
    ['POST', '/account/keys', {}],
    ['PUT', '/account/contacts', {}],
    ['GET', '/account/sessions'],
    ['GET', '/account/factors'],
    ['POST', '/services/alignment', {}],
    ['POST', '/services/018f0000-0000-7000-8000-000000000000/power', { action: 'restart' }],
  ];
  for (const [method, path, body] of refused)
    assert.deepEqual(
      said(await call(world, method, path, { cookie: looking, body })),
      [403, 'not-permitted'],
      path,
    );

  const acting = await visit(true);
  const unknown = '/services/018f0000-0000-7000-8000-000000000000';
  assert.equal(
    (await post(`${unknown}/power`, acting, { action: 'restart' })).status,
    404,
    'it would be done',
  );
  for (const [method, path, body] of refused.slice(0, -1))
    assert.deepEqual(
      said(await call(world, method, path, { cookie: acting, body })),
      [403, 'not-permitted'],
      path,
    );
  assert.equal((await post(`${unknown}/end`, acting, {})).status, 403, 'a service is its owner’s to end');
  assert.equal((await post(`/account/outages${unknown.slice(9)}/end`, acting)).status, 403, 'down or not');
  assert.equal((await post('/notices/read', acting, { ids: [] })).status !== 403, true);

  const notices = await world.server.house.db
    .selectFrom('notify_notice')
    .select(['kind', 'body'])
    .where('customer_id', '=', id)
    .where('kind', 'like', 'staff-visit%')
    .execute();
  assert.deepEqual(notices.map(({ kind }) => kind).sort(), ['staff-visit', 'staff-visit-acting']);
  assert.match(notices[0]!.body, /排查主机无法连接/);

  assert.equal((await post('/visit/end', looking)).status, 204);
  assert.equal((await get('/auth/session', looking)).status, 401);
  const left = await world.server.house.db
    .selectFrom('audit_event')
    .selectAll()
    .where('action', '=', 'customer.visit-ended')
    .where('customer_id', '=', id)
    .executeTakeFirstOrThrow();
  assert.deepEqual([left.actor_kind, left.behalf_staff_id], ['customer', helper.id], 'both are named');

  assert.equal((await post('/staff/auth/sign-out', cookie)).status, 204);
  assert.equal((await get('/auth/session', acting)).status, 401, 'it ended with the session it came from');
  assert.equal((await get('/auth/session', customer.api.cookie())).status, 200, 'the customer’s own goes on');
});

test('a visit ends with the right to make one, after half an hour, and asks for fresh proof', async () => {
  const customer = await readyCustomer(world, null);
  const id = await idOf(customer);
  const helper = await member([{ role: 'support', brand: null }]);
  const cookie = await enter(helper);
  const ask = () => post(`/staff/customers/${id}/visits`, cookie, { reason: '核对账单显示', writes: false });
  const first = cookieOf(await ask());
  await call(world, 'PUT', `/staff/members/${helper.id}/roles`, {
    cookie: admin,
    body: { holdings: [{ role: 'finance', brand: null }] },
  });
  assert.equal((await get('/auth/session', first)).status, 401);
  await call(world, 'PUT', `/staff/members/${helper.id}/roles`, {
    cookie: admin,
    body: { holdings: [{ role: 'support', brand: null }] },
  });
  const second = cookieOf(await ask());
  assert.equal((await get('/auth/session', second)).status, 200);
  await world.advanceTo(new Date(world.clock.now().getTime() + 31 * 60_000));
  assert.equal((await get('/auth/session', second)).status, 401);
  assert.deepEqual(said(await ask()), [403, 'prove-again']);
  const proof = { factor: 'totp', code: await staffCode(world, helper.email) };
  assert.equal((await post('/staff/auth/second-factor', cookie, proof)).status, 204);
  assert.equal((await ask()).status, 204);
});
