import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { addDays } from '#kernel/time.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Clauses about people and what they do under their login: 亚云 2, 3, 5.3, 5.4, 6; 云服务器 P, S1, S2. */

const SERVER = { plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS };
let world: World;

before(async () => {
  world = await testWorld({ seed: true });
});

function siteOf(brand: string): string {
  const { brands } = world.server.house;
  return brands.url(brands.get(brand), world.url);
}

async function ready(brand: string, balance: string | null): Promise<StoryCustomer> {
  const customer = new StoryCustomer(siteOf(brand));
  await customer.getReady(balance);
  return customer;
}

const refused = (status: number, code: string) => (error: unknown) => {
  assert.ok(error instanceof ApiProblem, String(error));
  assert.deepEqual([error.status, error.code], [status, code]);
  return true;
};

async function who(customer: StoryCustomer) {
  const { user, customer: account } = await ok(customer.api.GET('/api/v1/auth/session'));
  const { items } = await ok(customer.api.GET('/api/v1/account/sessions'));
  return { userId: user.id, customerId: account.id, sessionId: items.find(({ current }) => current)!.id };
}

function recorded(customerId: string) {
  return world.server.house.db
    .selectFrom('audit_event')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('actor_kind', '=', 'customer')
    .orderBy('id')
    .execute();
}

test('[asiayun 2.2] [asiayun 3.1] each instruction is on record as the customer’s own, with time, address and session', async () => {
  const customer = await ready('asiayun', '300');
  const { userId, customerId, sessionId } = await who(customer);
  const params = (id: string) => ({ params: { path: { id } } });
  const power = (id: string, action: 'restart' | 'stop' | 'start') =>
    ok(customer.api.POST('/api/v1/services/{id}/power', { ...params(id), body: { action } }));
  let id = '';
  const instructions: [string, () => Promise<unknown>][] = [
    [
      'buy',
      async () => {
        id = await customer.order(SERVER);
        await customer.until(id, ({ state }) => state === 'active');
      },
    ],
    ['renew', () => customer.renew(id)],
    ['restart', () => power(id, 'restart')],
    [
      'auto-renewal',
      () =>
        ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { ...params(id), body: { months: 3 } })),
    ],
    ['withdraw', () => ok(customer.api.POST('/api/v1/funds/withdrawals', { body: { amount: '20' } }))],
    [
      'end',
      () => ok(customer.api.POST('/api/v1/services/{id}/end', { ...params(id), body: { give_up: true } })),
    ],
  ];
  for (const [name, give] of instructions) {
    const known = (await recorded(customerId)).length;
    await give();
    await world.drain();
    const [act] = (await recorded(customerId)).slice(known);
    assert.ok(act, `${name} is recorded`);
    assert.deepEqual(
      [act.actor_id, act.session_id, act.ip, act.at.toISOString()],
      [userId, sessionId, '127.0.0.1', world.clock.now().toISOString()],
      name,
    );
  }
  const staff = await staffMember(world, 'reader', siteOf('asiayun'));
  const { items } = await ok(
    staff.GET('/api/v1/staff/audit', { params: { query: { customer: customerId } } }),
  );
  assert.ok(
    items.some((item) => item.session_id === sessionId),
    'and staff can read it',
  );
});

test('[asiayun 3.1] an instruction stands once given: what was bought and used for a minute gives nothing back', async () => {
  const customer = await ready('asiayun', '50');
  const id = await customer.order(SERVER);
  await customer.until(id, ({ state }) => state === 'active');
  const path = { params: { path: { id } } };
  const told = await ok(customer.api.GET('/api/v1/services/{id}/end', path));
  assert.deepEqual([told.left, told.refund, told.clause.id], ['18.00', '0.00', '3.1']);
  await ok(customer.api.POST('/api/v1/services/{id}/end', { ...path, body: { give_up: true } }));
  assert.equal(await customer.balance(), '32.00');
});

test('[asiayun 5.3] what is bought and renewed comes from the balance, by itself where that was wished, and never from less than there is', async () => {
  const customer = await ready('asiayun', '40');
  const id = await customer.order(SERVER);
  const bought = await customer.until(id, ({ state }) => state === 'active');
  assert.equal(await customer.balance(), '22.00');
  await ok(
    customer.api.PUT('/api/v1/services/{id}/auto-renewal', {
      params: { path: { id } },
      body: { months: 1 },
    }),
  );
  await world.advanceTo(addDays(new Date(bought.period_end), -7, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  assert.equal(await customer.balance(), '4.00');
  assert.ok((await customer.service(id)).period_end > bought.period_end);
  await assert.rejects(customer.renew(id), refused(402, 'insufficient-balance'));
  assert.equal(await customer.balance(), '4.00');
});

test('[asiayun 5.4] [asiayun 5.4.1] [asiayun 5.4.2] [asiayun 5.4.4] [asiayun 5.4.5] [asiayun 5.4.6] [asiayun 5.4.7] for each of the seven reasons money may be frozen, and the customer is told which', async () => {
  const customer = await ready('asiayun', '70');
  const { customerId } = await who(customer);
  const staff = await staffMember(world, 'freezer', siteOf('asiayun'));
  const freeze = (reason: string) =>
    ok(
      staff.POST('/api/v1/staff/customers/{id}/freezes', {
        params: { path: { id: customerId } },
        body: { amount: '10', reason, explanation: '核查中' },
      }),
    );
  for (const reason of ['5.4.1', '5.4.2', '5.4.3', '5.4.4', '5.4.5', '5.4.6', '5.4.7']) {
    await freeze(reason);
    await world.drain();
    const { items } = await ok(customer.api.GET('/api/v1/funds/freezes'));
    assert.equal(items[0]?.reason, reason);
    const notices = await ok(customer.api.GET('/api/v1/notices'));
    const told = notices.items.find(({ body }) => body.includes(`${reason}`));
    assert.ok(told, `${reason} is told`);
  }
  await assert.rejects(freeze('5.4.8'), refused(422, 'freeze-reason-unknown'));
  assert.equal(await customer.balance(), '0.00');
});

test('[asiayun 6.4] sign-ins are recorded and stay on record when the session has ended; other customers see none of it', async () => {
  const customer = await ready('asiayun', null);
  const { customerId } = await who(customer);
  const { email, password } = customer;
  await ok(customer.api.POST('/api/v1/auth/sign-in', { body: { email, password } }));
  const { sessionId } = await who(customer);
  await ok(customer.api.POST('/api/v1/auth/sign-out'));
  const acts = (await recorded(customerId)).filter(({ subject_id }) => subject_id === sessionId);
  assert.deepEqual(
    acts.map(({ action, ip }) => [action, ip]),
    [
      ['session.opened', '127.0.0.1'],
      ['session.ended', '127.0.0.1'],
    ],
  );
  const kept = await world.server.house.db
    .selectFrom('identity_session')
    .select(['ip', 'created_at', 'ended_at'])
    .where('id', '=', sessionId)
    .executeTakeFirstOrThrow();
  assert.ok(kept.ip && kept.ended_at);
  const other = await ready('asiayun', null);
  const { items } = await ok(other.api.GET('/api/v1/account/sessions'));
  assert.ok(items.every(({ id }) => id !== sessionId));
});

test('[asiayun 2.1.4] an account is one person’s: the same address opens no second one, and a verified name isn’t changed for another', async () => {
  const customer = await ready('asiayun', null);
  const again = new StoryCustomer(siteOf('asiayun'), { email: customer.email });
  const { email, password } = again;
  await ok(again.api.POST('/api/v1/auth/sign-up', { body: { email, password, locale: 'zh', minor: false } }));
  await world.drain();
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from identity_user
    where email = ${email} and brand = 'asiayun'`.execute(world.server.house.db);
  assert.equal(rows[0]?.count, 1);
  await assert.rejects(
    ok(again.api.POST('/api/v1/auth/sign-in', { body: { email, password } })),
    refused(401, 'wrong-credentials'),
  );
  await assert.rejects(customer.verifyRealName('李四'), (error) => (error as ApiProblem).status === 409);
});

test('[asiayun 2.1.1] [yunfuwuqi S2.1] data is proved where it can be: an address by its code, a name by the authority', async () => {
  for (const [brand, plan, region] of [
    ['asiayun', 'ay-1', 'cn-south'],
    ['yunfuwuqi', 'cs-1', 'cn-north'],
  ] as const) {
    const customer = new StoryCustomer(siteOf(brand));
    const { email, password } = customer;
    const body = { email, password, locale: 'zh' as const, minor: false };
    await ok(customer.api.POST('/api/v1/auth/sign-up', { body }));
    // Nobody gets in by an address that wasn't proved.
    await assert.rejects(
      ok(customer.api.POST('/api/v1/auth/sign-in', { body: { email, password } })),
      refused(403, 'email-unverified'),
    );
    const code = await customer.code();
    await ok(customer.api.POST('/api/v1/auth/verify-email', { body: { email, code, password } }));
    await customer.acceptTerms();
    await customer.topUp('100');
    await assert.rejects(
      customer.verifyRealName('张三', '110105194912310021'),
      refused(400, 'real-name-form'),
    );
    assert.equal((await customer.verifyRealName('不一致')).result, 'fail');
    await assert.rejects(
      customer.order({ plan, region, access: PASSWORD_ACCESS }),
      refused(403, 'real-name-needed'),
    );
    assert.equal((await customer.verifyRealName()).result, 'pass');
    await customer.order({ plan, region, access: PASSWORD_ACCESS });
  }
});
