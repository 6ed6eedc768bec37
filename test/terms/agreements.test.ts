import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call } from '../api/call.ts';
import { ROUTES } from '../api/route-table.ts';
import { bear, keyOf } from '../support/keys.ts';
import { signedIn } from '../support/members.ts';
import { staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** How agreements come about, what is sold by them, whose acts and services are whose, and where questions go. */

let world: World;

before(async () => {
  world = await testWorld();
});

function siteOf(brand: string): string {
  const { brands } = world.server.house;
  return brands.url(brands.get(brand), world.url);
}

const refused = (status: number, code: string, clause?: string) => (error: unknown) => {
  assert.ok(error instanceof ApiProblem, String(error));
  assert.deepEqual([error.status, error.code], [status, code]);
  if (clause) assert.equal((error.body.clause as { id: string }).id, clause);
  return true;
};

function accept(customer: StoryCustomer, method: 'register' | 'purchase') {
  return ok(customer.api.GET('/api/v1/terms')).then(({ id, sha256, highlights }) => {
    const body = { version_id: id, sha256, highlights: highlights.map((limit) => limit.id), method };
    return ok(customer.api.POST('/api/v1/terms/acceptances', { body }));
  });
}

test('[asiayun 1.1] the contract is with who registered: accepted while registering, on record so, and nothing is sold before', async () => {
  const customer = new StoryCustomer(siteOf('asiayun'));
  await customer.signUp();
  await customer.verifyRealName();
  await customer.topUp('50');
  const order = () => customer.order({ plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS });
  await assert.rejects(order(), refused(403, 'terms-not-accepted', '1.1'));
  await assert.rejects(accept(customer, 'purchase'), (error) => {
    assert.ok(error instanceof ApiProblem && error.code === 'acceptance-not-so', String(error));
    return true;
  });
  await accept(customer, 'register');
  const { items } = await ok(customer.api.GET('/api/v1/terms/acceptances'));
  assert.deepEqual(
    items.map(({ version, method, ip }) => [version, method, ip]),
    [['2021-04-05', 'register', '127.0.0.1']],
  );
  await order();
});

test('[asiayun 3.2] for own use: nothing that a customer can do names somebody else to have its service, its money or its account, but the platform’s own push', () => {
  const others = /^(to|customer|customer_id|recipient|receiver|payee|owner|tenant|user_id|user)$/;
  const passing = /\b(push|transfer|resell|resale|sublet|lease|assign|give-away|owner)\b/;
  // Names one of the account's own members, to be asked about a product: nothing becomes theirs.
  const asked = 'PUT /account/responsible/:product';
  const own = Object.entries(ROUTES).filter(
    ([name, { access }]) => access === 'customer' && name !== asked && !/\/push(es|-offers)\b/.test(name),
  );
  assert.ok(own.length > 40);
  for (const [name, { body = {} }] of own) {
    assert.doesNotMatch(name, passing);
    assert.deepEqual(
      Object.keys(body).filter((key) => others.test(key)),
      [],
      name,
    );
  }
});

test('[yunfuwuqi S2.2] what is done with the password is its holder’s act; a new password leaves the old one no use', async () => {
  const customer = new StoryCustomer(siteOf('yunfuwuqi'));
  await customer.getReady('60');
  const { email, password } = customer;
  const stranger = new StoryCustomer(siteOf('yunfuwuqi'), { email });
  const signIn = (word: string) =>
    ok(stranger.api.POST('/api/v1/auth/sign-in', { body: { email, password: word } }));
  await signIn(password);
  const id = await stranger.order({ plan: 'cs-1', region: 'sg', access: PASSWORD_ACCESS });
  const { user, customer: account } = await ok(stranger.api.GET('/api/v1/auth/session'));
  const sessions = await ok(stranger.api.GET('/api/v1/account/sessions'));
  const acts = await world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'actor_id', 'customer_id'])
    .where('session_id', '=', sessions.items.find(({ current }) => current)!.id)
    .where('actor_kind', '=', 'customer')
    .execute();
  assert.ok(
    acts.some(({ action }) => action.startsWith('order.')),
    JSON.stringify(acts),
  );
  assert.ok(acts.every(({ actor_id, customer_id }) => actor_id === user.id && customer_id === account.id));
  assert.ok((await customer.service(id)).id === id, 'and binds it');

  const next = 'Nine-geese-by-the-river';
  await ok(customer.api.POST('/api/v1/account/password', { body: { current: password, next } }));
  await assert.rejects(ok(stranger.api.GET('/api/v1/services')), refused(401, 'signed-out'));
  await assert.rejects(signIn(password), refused(401, 'wrong-credentials'));
  await signIn(next);
});

test('[yunfuwuqi S2.2] what is done with an API key is its customer’s act, on record with the key; taken back, it is of no use', async () => {
  const customer = await readyCustomer(world, null);
  const key = await keyOf(world, customer, { areas: { money: 'write' } });
  const pay = () =>
    bear(world, key, 'POST', '/payments', {
      body: { amount: '5', channel: 'alipay' },
      headers: { 'idempotency-key': randomUUID() },
    });
  assert.equal((await pay()).status, 201);
  const act = await world.server.house.db
    .selectFrom('audit_event')
    .select(['actor_kind', 'customer_id', 'key_id'])
    .where('action', '=', 'payment.created')
    .where('actor_kind', '=', 'customer')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const { customer: account } = await ok(customer.api.GET('/api/v1/auth/session'));
  assert.deepEqual(act, { actor_kind: 'customer', customer_id: account.id, key_id: key.id });
  const cookie = await signedIn(world, customer);
  assert.equal((await call(world, 'DELETE', `/account/keys/${key.id}`, { cookie })).status, 204);
  assert.equal((await pay()).status, 401);
});

test('[yunfuwuqi S6.1] a change of functions is told on the site, to visitors too, in both languages and on its brand’s alone', async () => {
  const staff = await staffMember(world, 'speaker', siteOf('yunfuwuqi'));
  const title = { zh: '控制台将更换监控图', en: 'New charts in the console' };
  const body = {
    kind: 'general' as const,
    title,
    body: { zh: '新图三月起使用，旧图停用。', en: 'In use from March on; the old ones go.' },
    until: addDays(world.clock.now(), 30, 'Asia/Shanghai').toISOString().slice(0, 10),
  };
  await ok(staff.POST('/api/v1/staff/announcements', { body }));
  const shown = async (brand: string) =>
    (await ok(new StoryCustomer(siteOf(brand)).api.GET('/api/v1/announcements'))).items.map(
      (item) => item.title,
    );
  assert.deepEqual(await shown('yunfuwuqi'), [title]);
  assert.deepEqual(await shown('lantian'), []);
});

test('[yunfuwuqi S9] a mailbox for questions stands on the site, and it isn’t the one that nobody reads', async () => {
  const { contact_email: mailbox } = await ok(
    new StoryCustomer(siteOf('yunfuwuqi')).api.GET('/api/v1/brand'),
  );
  assert.match(mailbox ?? '', /^[^@\s]+@[^@\s]+$/);
  assert.ok(!world.server.house.brands.get('yunfuwuqi').mailFrom.zh.includes(mailbox!));
});

test('[qiniu 1.1] storage, delivery, live streaming and processing are offered, each by what is measured, with its price', async () => {
  const customer = new StoryCustomer(siteOf('qiniu'));
  await customer.signUp();
  const { items } = await ok(customer.api.GET('/api/v1/usage/meters'));
  assert.deepEqual(
    [...new Set(items.map(({ product }) => product))],
    ['object-storage', 'fusion-cdn', 'live-streaming', 'data-processing'],
  );
  assert.ok(items.every(({ tariff }) => tariff.tiers.length > 0));
});
