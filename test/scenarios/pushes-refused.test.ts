import assert from 'node:assert/strict';
import { get } from 'node:http';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BrandSite } from '../support/brand-site.ts';
import { caseFound, caseMake } from '../support/cases.ts';
import { idOf, refusedBy } from '../support/money.ts';
import { accept, machineOf, offer, offersTo, pass, prove, pushCustomer } from '../support/pushes.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';

/** What keeps a server where it is: on the giver's side, on the other's, and between the two. */

const ZONE = 'Asia/Shanghai';
let world: World;
let site: BrandSite;
let url: string;
let staff: StaffApi;
before(async () => {
  world = await testWorld({ seed: true });
  site = new BrandSite(world, 'asiayun');
  url = site.url;
  staff = await staffMember(world, 'desk', url);
});

const path = (id: string) => ({ params: { path: { id } } });

/** An offer that stands, with what accepting it takes. */
async function offered(region = 'hk') {
  const [giver, taker] = [await pushCustomer(url, '300'), await pushCustomer(url, '50')];
  const service = await machineOf(world, giver, region);
  const { id, code } = await offer(giver, service, { email: taker.email });
  const [seen] = await offersTo(taker);
  const take = () => accept(taker, id, { code, as_shown: seen!.as_shown });
  return { giver, taker, service, id, code, take };
}

function freeze(customer: string) {
  const body = { amount: null, reason: '5.4.3', explanation: '短时间内多次异常充值' };
  return ok(staff.POST('/api/v1/staff/customers/{id}/freezes', { ...path(customer), body }));
}

test('[asiayun 3.1.1] [asiayun 4.5.1] a case, a freeze or a restriction keeps the giver’s server, and the other isn’t told which', async () => {
  const { giver, taker, service, take } = await offered();
  const customerId = await idOf(giver);
  const found = await caseMake(staff, { customerId, serviceId: service, category: '9' });
  await assert.rejects(take(), refusedBy('push-waits'), 'a case that was opened after the offer');
  await caseFound(staff, found, false);
  const body = { acts: ['push' as const], reason: '交易异常' };
  const { id: restriction } = await ok(
    staff.POST('/api/v1/staff/customers/{id}/restrictions', { ...path(customerId), body }),
  );
  await assert.rejects(take(), (error: Error) => {
    assert.ok(refusedBy('push-waits')(error));
    assert.ok(!JSON.stringify(error).includes('交易异常'));
    return true;
  });
  await ok(
    staff.POST('/api/v1/staff/restrictions/{id}/lift', { ...path(restriction), body: { reason: '已核实' } }),
  );
  await take();
  // Nor does anybody whose money is frozen give or take.
  await freeze(await idOf(taker));
  await assert.rejects(offer(taker, service, { email: giver.email }), refusedBy('money-frozen', '5.4'));
});

test('[asiayun 2.1.2] [asiayun 1.1] who takes it stands before the gates of buying: terms, real name, money', async () => {
  const giver = await pushCustomer(url, '300');
  const service = await machineOf(world, giver, 'cn-south');
  const taker = new StoryCustomer(url);
  await taker.signUp();
  await prove(taker);
  const { id, code } = await offer(giver, service, { email: taker.email });
  const take = async () => {
    const [seen] = await offersTo(taker);
    return accept(taker, id, { code, as_shown: seen!.as_shown });
  };
  const obstacles = async () => (await offersTo(taker))[0]!.obstacles.map((one) => one.code);
  assert.ok((await obstacles()).includes('terms-not-accepted'));
  await assert.rejects(take(), refusedBy('terms-not-accepted'));
  await taker.acceptTerms();
  await taker.topUp('50');
  assert.deepEqual(await obstacles(), ['real-name-needed']);
  await assert.rejects(take(), refusedBy('real-name-needed', '2.1.2'));
  await taker.verifyRealName();
  assert.deepEqual(await obstacles(), []);
  const [seen] = await offersTo(taker);
  assert.equal(seen!.web_shut, true, 'a filing of its own is needed');
  const frozen = await idOf(taker);
  await freeze(frozen);
  await assert.rejects(take(), refusedBy('money-frozen', '5.4'));
});

test('[asiayun 4.5.1-icp] the web’s ports follow the filings of whoever has the server', async () => {
  const [giver, taker] = [await pushCustomer(url, '300'), await pushCustomer(url)];
  const service = await machineOf(world, giver, 'cn-south');
  const body = { protocol: 'tcp', target_port: 443 };
  await site.ask('POST', `/services/${service}/mappings`, giver.api.cookie(), body);
  await giver.ownDomain(world.names, 'pushed.example.com');
  const filing = { kind: 'icp-filing' as const, number: '粤ICP备2026000002号', domain: 'pushed.example.com' };
  const made = await ok(
    giver.api.POST('/api/v1/filings', { body: { ...filing, subject: '张三', valid_until: null } }),
  );
  await ok(
    staff.POST('/api/v1/staff/filings/{id}/decision', {
      ...path(made.id),
      body: { approve: true, reason: '已核对' },
    }),
  );
  const shut = async (customer: StoryCustomer) => {
    const { items } = await ok(customer.api.GET('/api/v1/services/{id}/mappings', path(service)));
    return items.filter((one) => one.shut).map(({ target_port }) => target_port);
  };
  assert.deepEqual(await shut(giver), []);
  await pass(giver, taker, service);
  assert.deepEqual(await shut(taker), [443]);
  await pass(taker, giver, service);
  assert.deepEqual(await shut(giver), []);
});

test('[asiayun 3.1.1] two acceptances at once, and one beside a renewal: one winner, everything right', async () => {
  const { giver, taker, service, take } = await offered();
  const twice = await Promise.allSettled([take(), take()]);
  assert.deepEqual(twice.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await ok(taker.api.GET('/api/v1/services'))).items.length, 1);
  await assert.rejects(giver.service(service), refusedBy('not-found'));

  const other = await offered();
  const [renewed, taken] = await Promise.allSettled([other.giver.renew(other.service), other.take()]);
  const orders = (await ok(other.giver.api.GET('/api/v1/orders'))).items.length;
  if (renewed.status === 'fulfilled') {
    // The offer said less than the service has by now: the other looks again.
    assert.ok(taken.status === 'rejected' && refusedBy('push-changed')(taken.reason));
    assert.equal(orders, 2);
  } else {
    assert.ok(
      taken.status === 'fulfilled' && refusedBy('not-found')(renewed.reason),
      String([renewed, taken].map((one) => 'reason' in one && one.reason)),
    );
    assert.equal(orders, 1);
  }
});

test('[asiayun 3.1.1] what has expired isn’t pushed, nor what changed since it was looked at', async () => {
  const { giver, taker, service, id, code, take } = await offered();
  const body = { plan: 'ay-2', options: {} };
  await ok(giver.api.POST('/api/v1/services/{id}/changes', { ...path(service), body }));
  await world.drain();
  await assert.rejects(take(), refusedBy('push-changed'));
  const [again] = await offersTo(taker);
  assert.equal(again!.plan, 'ay-2');
  await accept(taker, id, { code, as_shown: again!.as_shown });
  // What the giver paid ahead is no money and no time of the other's.
  const smaller = { plan: 'ay-1', options: {} };
  await assert.rejects(
    ok(taker.api.POST('/api/v1/services/{id}/changes', { ...path(service), body: smaller })),
    (error: Error) => refusedBy('paid-by-another', '3.1')(error) || refusedBy('disk-shrinks')(error),
  );
  const { period_end } = await taker.service(service);
  await world.advanceTo(addDays(new Date(period_end), 1, ZONE));
  await prove(taker);
  await assert.rejects(offer(taker, service, { email: giver.email }), refusedBy('push-not-now'));
});

/** Reads what stays open until it ends. */
function open(at: string, cookie: string): Promise<void> {
  const { port } = new URL(world.url);
  return new Promise((resolve, reject) => {
    const asked = get(
      { host: '127.0.0.1', port, path: at, headers: { host: new URL(url).host, cookie } },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`answered with ${answer.statusCode}`));
        answer.resume().on('end', resolve).on('error', reject);
      },
    );
    asked.on('error', reject);
  });
}

test('F61 [asiayun 3.1.1] keys, scopes and sessions of the giver lose it at once; keys never push', async () => {
  const { giver, service, take } = await offered();
  const key = await ok(
    giver.api.POST('/api/v1/account/keys', {
      body: {
        ...{ name: 'deploy', kind: 'bearer', areas: { services: 'write' }, services: [service] },
        ...{ addresses: [], expires_at: null },
      },
    }),
  );
  const bearing = (method: 'GET' | 'POST', at: string, payload?: object) =>
    world.server.app.inject({
      ...{ method, url: `/api/v1${at}` },
      headers: {
        host: new URL(url).host,
        authorization: `Bearer ${key.bearer}`,
        'idempotency-key': crypto.randomUUID(),
      },
      ...(payload ? { payload } : {}),
    });
  assert.equal((await bearing('GET', `/services/${service}`)).statusCode, 200);
  const pushed = await bearing('POST', `/services/${service}/pushes`, { to: { email: 'a@example.com' } });
  assert.equal(pushed.statusCode, 403, pushed.body);
  const streaming = open(`/api/v1/services/${service}/stream`, giver.api.cookie());
  await take();
  const began = performance.now();
  // It ends by itself: reading goes on until it does.
  await streaming;
  assert.ok(performance.now() - began < 10_000);
  assert.equal((await bearing('GET', `/services/${service}`)).statusCode, 404);
  const list = await bearing('GET', '/services');
  assert.deepEqual(list.json().items, [], 'a key of that service alone reaches none, not all');
  const { db } = world.server.house;
  const row = await db
    .selectFrom('keys_key')
    .select('services')
    .where('id', '=', key.id)
    .executeTakeFirstOrThrow();
  assert.deepEqual(row.services, []);
});

test('[asiayun 3.1.1] an old proof is not enough; staff see who gave what to whom', async () => {
  const { giver, taker, service, take, id } = await offered();
  await world.advanceTo(addMinutes(world.clock.now(), 16));
  await assert.rejects(take(), refusedBy('prove-again'));
  await prove(taker);
  await take();
  await prove(giver);
  const customer = await idOf(giver);
  const desk = await staffMember(world, 'later-desk', url);
  const to = await idOf(taker);
  for (const query of [
    { customer },
    { customer: to },
    { service },
    { service, state: 'accepted' as const },
  ]) {
    const { items } = await ok(desk.GET('/api/v1/staff/pushes', { params: { query } }));
    assert.deepEqual(
      items.map((one) => [one.id, one.service_id, one.from_customer, one.to_customer, one.state]),
      [[id, service, customer, to, 'accepted']],
    );
    assert.ok(Number(items[0]!.worth) > 0 && items[0]!.clause.id === '3.2');
  }
  const open = { service, state: 'open' as const };
  assert.deepEqual((await ok(desk.GET('/api/v1/staff/pushes', { params: { query: open } }))).items, []);
});
