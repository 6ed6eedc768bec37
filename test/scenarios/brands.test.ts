import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { addDays, addMonthsAnchored, dayOfMonth } from '#kernel/time.ts';
import { balances } from '#modules/ledger/index.ts';
import { type Api, ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';
import { filled, ROUTES } from '../api/route-table.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Brands side by side in one deployment: whatever belongs to one doesn't exist for the other. */

const ZONE = 'Asia/Shanghai';
const EMAIL = 'both@example.com';
const SERVER = { plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS };

let world: World;
let lantian: StoryCustomer;
let asiayun: StoryCustomer;

function siteOf(brand: string): string {
  const { brands } = world.server.house;
  return brands.url(brands.get(brand), world.url);
}

const problem = (code: string) => (error: unknown) => error instanceof ApiProblem && error.code === code;

const NOTHING = {
  service: '',
  mapping: randomUUID(),
  payment: '',
  session: '',
  customer: '',
  member: randomUUID(),
  invitation: randomUUID(),
  job: '',
};

async function staffAt(brand: string): Promise<string> {
  const { email, password } = world.server.logins.find(({ role }) => role === 'staff')!;
  const cookieOf = ({ headers }: Awaited<ReturnType<typeof ask>>) =>
    String(headers['set-cookie']).split(';')[0]!;
  const first = cookieOf(await ask(brand, '/staff/auth/sign-in', '', 'POST', { email, password }));
  const shown = { factor: 'totp', code: await staffCode(world, email) };
  return cookieOf(await ask(brand, '/staff/auth/second-factor', first, 'POST', shown));
}

/** One request by its host name and cookie, as any program may send it. */
async function ask(
  brand: string,
  path: string,
  cookie: string,
  method: 'GET' | 'POST' = 'GET',
  body?: object,
) {
  const {
    statusCode,
    headers,
    body: text,
  } = await world.server.app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { host: new URL(siteOf(brand)).host, cookie, 'idempotency-key': 'the-same-key' },
    ...(body ? { payload: body } : {}),
  });
  return { status: statusCode, headers, text };
}

before(async () => {
  world = await testWorld({ seed: true });
  lantian = new StoryCustomer(siteOf('lantian'), { email: EMAIL });
  asiayun = new StoryCustomer(siteOf('asiayun'), { email: EMAIL });
  await lantian.getReady('50');
  await asiayun.getReady('80');
});

test('one address has an account in each brand, with a password of its own', async () => {
  const session = async ({ api }: { api: Api }) => ok(api.GET('/api/v1/auth/session'));
  const [one, other] = [await session(lantian), await session(asiayun)];
  assert.deepEqual([one.user.email, other.user.email], [EMAIL, EMAIL]);
  assert.notEqual(one.user.id, other.user.id);
  assert.notEqual(one.customer.id, other.customer.id);
  assert.deepEqual([one.balance, other.balance], ['50.00', '80.00']);

  const signIn = (password: string) =>
    ok(
      new StoryCustomer(siteOf('asiayun')).api.POST('/api/v1/auth/sign-in', {
        body: { email: EMAIL, password },
      }),
    );
  await assert.rejects(signIn(lantian.password), problem('wrong-credentials'));
  await signIn(asiayun.password);
});

test('a session of one brand opens nothing on another, also a staff member’s', async () => {
  for (const [own, other, customer] of [
    ['lantian', 'asiayun', lantian],
    ['asiayun', 'wujiyun', asiayun],
  ] as const) {
    const cookie = customer.api.cookie();
    assert.equal((await ask(own, '/auth/session', cookie)).status, 200);
    assert.equal((await ask(other, '/auth/session', cookie)).status, 401);
  }
  const cookie = await staffAt('asiayun');
  assert.equal((await ask('asiayun', '/staff/customers', cookie)).status, 200);
  assert.equal((await ask('lantian', '/staff/customers', cookie)).status, 401);
  const { customer } = await ok(lantian.api.GET('/api/v1/auth/session'));
  assert.equal((await ask('asiayun', `/staff/customers/${customer.id}`, cookie)).status, 404);
});

test('what one brand has isn’t there for another', async () => {
  const service = await lantian.order({ access: PASSWORD_ACCESS });
  await lantian.until(service, ({ state }) => state === 'active');
  const { items: payments } = await ok(lantian.api.GET('/api/v1/payments'));
  const { items: orders } = await ok(lantian.api.GET('/api/v1/orders'));
  assert.deepEqual([payments.length, orders.length], [1, 1]);

  const cookie = asiayun.api.cookie();
  for (const path of [`/services/${service}`, `/services/${service}/history`, `/payments/${payments[0]!.id}`])
    assert.equal((await ask('asiayun', path, cookie)).status, 404, path);
  for (const [path, body] of [
    [`/services/${service}/renewals`, { months: 1 }],
    [`/services/${service}/power`, { action: 'stop' }],
  ] as const)
    assert.equal((await ask('asiayun', path, cookie, 'POST', body)).status, 404, path);
  for (const path of ['/api/v1/services', '/api/v1/orders'] as const)
    assert.equal((await ok(asiayun.api.GET(path))).items.length, 0, path);
  assert.equal((await lantian.service(service)).state, 'active');
});

test('no route of one brand, of customers or of staff, reaches or names what is another’s', async () => {
  const { customer } = await ok(lantian.api.GET('/api/v1/auth/session'));
  const [service] = (await ok(lantian.api.GET('/api/v1/services'))).items;
  const [payment] = (await ok(lantian.api.GET('/api/v1/payments'))).items;
  const ids = { ...NOTHING, service: service!.id, payment: payment!.id, customer: customer.id };
  const foreign = [ids.service, ids.payment, ids.customer, payment!.out_trade_no, customer.id];
  const staff = await staffAt('asiayun');
  let reached = 0;
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method, path] = name.split(' ') as ['GET' | 'POST', string];
    if (route.access !== 'customer' && route.access !== 'staff') continue;
    const cookie = route.access === 'staff' ? staff : asiayun.api.cookie();
    if (route.of && route.of in ids && route.good < 300) {
      const { status } = await ask('asiayun', filled(path, route, ids), cookie, method, route.body);
      assert.equal(status, 404, name);
      reached++;
    } else if (method === 'GET' && !path.includes(':')) {
      const { text } = await ask('asiayun', path, cookie);
      assert.deepEqual(
        foreign.filter((id) => text.includes(id)),
        [],
        name,
      );
      reached++;
    }
  }
  assert.ok(reached > 30, String(reached));
});

test('each has its own name, look, terms, prices and mail', async () => {
  const visit = async (brand: string) => {
    const { api } = new StoryCustomer(siteOf(brand));
    const [shown, terms, catalogue, mail] = await Promise.all([
      ok(api.GET('/api/v1/brand')),
      ok(api.GET('/api/v1/terms')),
      ok(api.GET('/api/v1/catalogue')),
      ok(api.GET('/api/v1/dev/mailbox')),
    ]);
    const plans = catalogue.products.flatMap((product) =>
      product.plans.map(({ id, price }) => `${id} ${price}`),
    );
    return { id: shown.id, name: shown.name.zh, colour: shown.theme.primary, terms, plans, mail: mail.items };
  };
  const sites = await Promise.all(['lantian', 'asiayun', 'wujiyun', 'yunfuwuqi', 'qiniu'].map(visit));
  assert.deepEqual(
    sites.map(({ name }) => name),
    ['蓝天云', '亚云', '武极云', '云服务器', '七牛云'],
  );
  for (const different of [
    sites.map(({ colour }) => colour),
    sites.map(({ terms }) => terms.sha256),
    sites.map(({ terms }) => terms.title.zh),
  ])
    assert.equal(new Set(different).size, sites.length);
  const [first, second, third, , last] = sites;
  assert.ok(first!.plans.includes('nat-s 9.90') && second!.plans.includes('ay-1 18.00'));
  assert.deepEqual(third!.plans, second!.plans, '武极云 sells what 亚云 sells');
  assert.deepEqual(last!.plans, [], 'nothing by the month');
  assert.deepEqual([...new Set(second!.mail.map(({ from }) => from))], ['亚云 <no-reply@asiayun.com>']);
  assert.deepEqual([...new Set(first!.mail.map(({ from }) => from))], ['蓝天云 <no-reply@lantian.pro>']);
  assert.deepEqual(third!.mail, []);
});

test('a plan, a period and an acceptance are good where they are from', async () => {
  const quote = (customer: StoryCustomer, plan: string) =>
    ok(customer.api.POST('/api/v1/quote', { body: { plan, region: 'hk', months: 3 } }));
  assert.equal((await quote(asiayun, 'ay-1')).total, '54.00');
  await assert.rejects(quote(asiayun, 'nat-s'), problem('plan-unknown'));
  await assert.rejects(asiayun.order({ ...SERVER, months: 2 }), problem('period-not-sold'));

  const terms = await ok(lantian.api.GET('/api/v1/terms'));
  const accept = asiayun.api.POST('/api/v1/terms/acceptances', {
    body: { version_id: terms.id, sha256: terms.sha256, highlights: [] },
  });
  await assert.rejects(ok(accept), problem('terms-outdated'));
});

test('money is kept apart: a brand’s books hold its own customers’ alone', async () => {
  const { house } = world.server;
  const { customer } = await ok(asiayun.api.GET('/api/v1/auth/session'));
  assert.equal((await balances(house.db, 'asiayun', customer.id)).cash, 80_000_000n);
  assert.equal((await balances(house.db, 'lantian', customer.id)).cash, 0n);
});

test('a customer pays at its brand and comes back to it', async () => {
  const body = { amount: '20', channel: 'alipay' as const };
  const payment = await ok(asiayun.api.POST('/api/v1/payments', { body }));
  const asked = JSON.stringify(Object.fromEntries(new URL(payment.pay_url!).searchParams));
  assert.ok(asked.includes(`${siteOf('asiayun')}/top-up/${payment.id}`), asked);
});

test('[asiayun 4.5.2.1] 亚云: what isn’t renewed stops by 4.5.2.1, is deleted by no clause, and comes back with the payment', async () => {
  const service = await asiayun.order(SERVER);
  const bought = await asiayun.until(service, ({ state }) => state === 'active');
  assert.deepEqual([bought.grace_days, bought.clause.id, bought.months], [null, '4.5.2.1', [1, 3, 6, 12]]);
  const end = new Date(bought.period_end);
  await world.advanceTo(addDays(end, 60, ZONE));
  await asiayun.stayIn(world.clock.now());
  const stopped = await asiayun.service(service);
  assert.deepEqual([stopped.state, stopped.delete_at], ['suspended', null]);
  const history = await asiayun.history(service);
  const suspended = history.find(({ action }) => action === 'service.suspended');
  assert.deepEqual([suspended?.clause?.id, suspended?.clause?.version], ['4.5.2.1', '2021-04-05']);
  const mails = await ok(asiayun.api.GET('/api/v1/notices'));
  const told = mails.items.find(({ kind }) => kind === 'service-suspended-kept');
  assert.ok(told && !/\{\w+\}/.test(told.body), 'every gap of the notice is filled');
  // What stood still for two months isn't paid for: the month begins with the payment, and so does the due day.
  await asiayun.renew(service);
  const again = await asiayun.service(service);
  const now = world.clock.now();
  const month = addMonthsAnchored(now, 1, dayOfMonth(now, ZONE), ZONE);
  assert.deepEqual([again.state, again.period_end], ['active', month.toISOString()]);
  await asiayun.renew(service);
  const next = addMonthsAnchored(month, 1, dayOfMonth(now, ZONE), ZONE);
  assert.equal((await asiayun.service(service)).period_end, next.toISOString());
});

test('[asiayun 2.1.2] [yunfuwuqi P1.2] 亚云 and 云服务器 ask no guardian, for no clause of theirs does; the real name they ask for', async () => {
  for (const [brand, plan, region, clause] of [
    ['asiayun', 'ay-1', 'cn-south', '2.1.2'],
    ['yunfuwuqi', 'cs-1', 'cn-north', 'P1.2'],
  ] as const) {
    const young = new StoryCustomer(siteOf(brand));
    await young.signUp({ minor: true });
    await young.acceptTerms();
    await young.topUp('100');
    const mainland = await young.order({ plan, region, access: PASSWORD_ACCESS }).then(
      () => null,
      (error: ApiProblem) => error,
    );
    assert.deepEqual(
      [mainland?.code, (mainland?.body.clause as { id: string })?.id],
      ['real-name-needed', clause],
    );
    await young.order({ plan, region: region === 'cn-south' ? 'hk' : 'sg', access: PASSWORD_ACCESS });
  }
});

test('a name that no brand has meets the default brand; a brand is met under its domains and its .localhost', async () => {
  const met = async (host: string) =>
    (await world.server.app.inject({ url: '/api/v1/brand', headers: { host } })).json().id;
  for (const [host, brand] of [
    ['localhost', 'lantian'],
    ['203.0.113.7', 'lantian'],
    ['nobody.localhost', 'lantian'],
    ['www.asiayun.com', 'asiayun'],
    ['wujiidc.com', 'wujiyun'],
    ['QINIU.localhost:8080', 'qiniu'],
    ['yunfuwuqi.localhost', 'yunfuwuqi'],
  ])
    assert.equal(await met(host!), brand, host);
});
