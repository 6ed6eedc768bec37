import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { type ApiProblem, ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { BrandSite } from '../support/brand-site.ts';
import { books, idOf, refusedBy } from '../support/money.ts';
import { accept, machineOf, mailed, offer, offersTo, pass, prove, pushCustomer } from '../support/pushes.ts';
import { testWorld } from '../support/world.ts';

/** A server is pushed from one customer of 亚云 to another. */

const ZONE = 'Asia/Shanghai';
let world: World;
let site: BrandSite;
let url: string;
before(async () => {
  world = await testWorld({ seed: true });
  site = new BrandSite(world, 'asiayun');
  url = site.url;
});

const listed = async (customer: Awaited<ReturnType<typeof pushCustomer>>) =>
  (await ok(customer.api.GET('/api/v1/services'))).items.map(({ id }) => id);

test('[asiayun 3.1.1] [asiayun 3.2] a customer pushes a server to another: it passes whole, what was paid stays the giver’s', async () => {
  const [giver, taker] = [await pushCustomer(url, '200'), await pushCustomer(url)];
  const service = await machineOf(world, giver);
  const params = { path: { id: service } };
  await ok(giver.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months: 1 } }));
  const bought = await giver.service(service);
  const before = await books(world);
  const orders = (await ok(giver.api.GET('/api/v1/orders'))).items;
  const invoices = (await ok(giver.api.GET('/api/v1/invoices'))).items;
  const balance = await giver.balance();

  const made = await offer(giver, service, { email: taker.email.toUpperCase() });
  assert.match(made.code, /^\d{8}$/);
  await world.drain();
  assert.match(await mailed(giver, /过户/), /条款 3\.2/);
  const told = await mailed(taker, /过户给您/);
  assert.match(told, /条款 3\.2/);
  assert.ok(!told.includes(giver.email) && !told.includes(made.code), 'nothing of the giver, nor the code');
  assert.deepEqual(await listed(giver), [service], 'an offer changes nothing yet');

  const [seen, ...others] = await offersTo(taker);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [seen!.id, seen!.plan, seen!.period_end, seen!.price, seen!.obstacles],
    [made.id, 'ay-1', bought.period_end, bought.price, []],
  );
  assert.ok(!JSON.stringify(seen).includes(giver.email.slice(0, 6)));
  await assert.rejects(
    accept(taker, made.id, { code: '00000000', as_shown: seen!.as_shown }),
    refusedBy('push-code'),
  );
  await accept(taker, made.id, { code: made.code, as_shown: seen!.as_shown });
  await world.drain();

  assert.deepEqual([await listed(giver), await listed(taker)], [[], [service]]);
  await assert.rejects(giver.service(service), refusedBy('not-found'));
  const taken = await taker.service(service);
  assert.deepEqual(
    [taken.state, taken.period_end, taken.plan, taken.price, taken.auto_renew.months],
    ['active', bought.period_end, 'ay-1', bought.price, null],
  );
  assert.deepEqual(await books(world), before, 'no money moved');
  assert.equal(await giver.balance(), balance);
  assert.deepEqual((await ok(giver.api.GET('/api/v1/orders'))).items, orders);
  assert.deepEqual((await ok(giver.api.GET('/api/v1/invoices'))).items, invoices);
  assert.deepEqual((await ok(taker.api.GET('/api/v1/orders'))).items, []);
  const policy = await ok(taker.api.GET('/api/v1/services/{id}/policy', { params }));
  assert.equal(policy.order, null, 'the giver’s order is none of its business');

  const history = await taker.history(service);
  assert.deepEqual(
    history.map(({ action, clause }) => [action, clause?.id]),
    [['push.taken', '3.2']],
  );
  assert.match(await mailed(giver, /已过户/), /账单、发票和订单记录不变/);
  assert.match(await mailed(taker, /已归您所有/), /条款 3\.2/);
  const given = (await ok(giver.api.GET('/api/v1/pushes/given'))).items;
  assert.deepEqual(
    given.map(({ id, state, code, clause }) => [id, state, code, clause.id]),
    [[made.id, 'accepted', null, '3.2']],
  );
  const came = (await ok(taker.api.GET('/api/v1/pushes/taken'))).items;
  assert.equal(came[0]!.passed!.price, bought.price);
  assert.ok(!JSON.stringify([came, history]).includes(await idOf(giver)));

  // The time that the giver paid is earned on to its end, and whoever has it is told of the end.
  await world.advanceTo(addDays(new Date(bought.period_end), 1, ZONE));
  const after = await books(world);
  assert.equal(after.deferred_revenue ?? 0n, 0n);
  assert.equal((after.revenue ?? 0n) - (before.revenue ?? 0n), before.deferred_revenue);
  await prove(taker);
  assert.equal((await taker.service(service)).state, 'suspended');
  assert.match(await mailed(taker, /到期/), /web1/);
});

test('F62 [asiayun 3.1.1] making an offer says nothing of whether anybody has that address, nor does its list', async () => {
  const [giver, taker, minor] = [
    await pushCustomer(url, '200'),
    await pushCustomer(url),
    await pushCustomer(url),
  ];
  const service = await machineOf(world, giver);
  const shapes: unknown[] = [];
  for (const to of [
    { email: taker.email },
    { email: `nobody-${crypto.randomUUID()}@example.com` },
    { phone: '139 0000 1111' },
  ]) {
    const made = await offer(giver, service, to);
    await world.drain();
    const [row] = (await ok(giver.api.GET('/api/v1/pushes/given'))).items;
    const { id: _, service_id: __, made_at: ___, to: ____, code: _____, ...rest } = row!;
    shapes.push({ keys: Object.keys(made), rest: { ...rest, expires_at: rest.expires_at.slice(0, 10) } });
    await prove(giver);
    await ok(giver.api.DELETE('/api/v1/pushes/{id}', { params: { path: { id: made.id } } }));
  }
  assert.deepEqual(shapes[1], shapes[0]);
  assert.deepEqual(shapes[2], shapes[0]);
  // Somebody else's offer is none at all, with the code too.
  const { id, code } = await offer(giver, service, { email: taker.email });
  assert.deepEqual(await offersTo(minor), []);
  const as_shown = (await offersTo(taker))[0]!.as_shown;
  await assert.rejects(accept(minor, id, { code, as_shown }), refusedBy('not-found'));
  await assert.rejects(offer(giver, service, { email: taker.email }), refusedBy('push-open'));
  await assert.rejects(offer(giver, service, { email: giver.email }), refusedBy('push-to-self'));
  await assert.rejects(offer(giver, service, { phone: '12' }), refusedBy('push-address'));
  // Declined: it stays the giver's, who isn't told by whom.
  await ok(taker.api.POST('/api/v1/push-offers/{id}/refusal', { params: { path: { id } } }));
  assert.match(await mailed(giver, /未被接受/), /仍归您所有/);
  await assert.rejects(accept(taker, id, { code, as_shown }), refusedBy('not-found'));
  assert.deepEqual(await listed(giver), [service]);
});

test('F62 [asiayun 3.1.1] the giver’s code can’t be guessed: ten tries, then a pause, for the right one too', async () => {
  const [giver, taker] = [await pushCustomer(url, '200'), await pushCustomer(url)];
  const { id, code } = await offer(giver, await machineOf(world, giver), { email: taker.email });
  const wrong = code === '00000000' ? '11111111' : '00000000';
  const [seen] = await offersTo(taker);
  const tries: string[] = [];
  for (let attempt = 0; attempt < 11; attempt++)
    await accept(taker, id, { code: wrong, as_shown: seen!.as_shown }).catch((error: ApiProblem) =>
      tries.push(error.code),
    );
  assert.deepEqual(tries, [...Array(10).fill('push-code'), 'too-many-requests']);
  await assert.rejects(accept(taker, id, { code, as_shown: seen!.as_shown }), refusedBy('too-many-requests'));
});

test('[asiayun 3.1.1] an offer that nobody answers runs out, as the forecast said; withdrawn, it is of no use', async () => {
  const [giver, taker] = [await pushCustomer(url, '200'), await pushCustomer(url)];
  const service = await machineOf(world, giver);
  const first = await offer(giver, service, { email: taker.email });
  const [seen] = await offersTo(taker);
  await ok(giver.api.DELETE('/api/v1/pushes/{id}', { params: { path: { id: first.id } } }));
  await assert.rejects(
    accept(taker, first.id, { code: first.code, as_shown: seen!.as_shown }),
    refusedBy('not-found'),
  );
  const second = await offer(giver, service, { email: taker.email });
  const foretold = await ok(giver.api.GET('/api/v1/account/forecast', { params: { query: { days: 90 } } }));
  const line = foretold.lines.find(({ act }) => act === 'push.lapsed');
  assert.deepEqual([line?.at, line?.clause?.id], [second.expires_at, '3.2']);
  await world.advanceTo(new Date(second.expires_at));
  assert.match(await mailed(giver, /过户已过期/), /仍归您所有/);
  await prove(giver);
  const states = (await ok(giver.api.GET('/api/v1/pushes/given'))).items.map(({ state }) => state);
  assert.deepEqual(states, ['lapsed', 'withdrawn']);
  await prove(taker);
  assert.deepEqual(await offersTo(taker), []);
});

test('[asiayun 3.1.1] pushed there and back again and again: nothing is gained, and both forecasts are right', async () => {
  const [one, other] = [await pushCustomer(url, '200'), await pushCustomer(url, '200')];
  const service = await machineOf(world, one);
  const before = await books(world);
  const bought = await one.service(service);
  for (const [from, to] of [
    [one, other],
    [other, one],
    [one, other],
  ] as const)
    await pass(from, to, service);
  await world.drain();
  assert.deepEqual(await books(world), before);
  const has = await other.service(service);
  assert.deepEqual([has.period_end, has.price], [bought.period_end, bought.price]);
  const about = async ({ api }: typeof one) => {
    const { lines } = await ok(api.GET('/api/v1/account/forecast', { params: { query: { days: 90 } } }));
    return lines.filter(({ subject }) => subject.id === service).map(({ act }) => act);
  };
  assert.deepEqual(await about(one), []);
  assert.ok((await about(other)).includes('service.suspended'));
  // The new owner renews at its price, and that order is its own.
  await other.renew(service);
  assert.deepEqual(
    (await ok(other.api.GET('/api/v1/orders'))).items.map(({ kind }) => kind),
    ['renewal'],
  );
  // Back once more: what the giver paid for is the next one's, the money never.
  await pass(other, one, service);
  assert.equal((await ok(one.api.GET('/api/v1/orders'))).items.length, 1);
});

test('[lantian 5.4] a brand whose terms know no push refuses it', async () => {
  const lantian = new BrandSite(world, 'lantian');
  const customer = await pushCustomer(lantian.url, '100');
  const service = await customer.order({ access: { type: 'password', password: 'Plum-rain-and-9-geese' } });
  await customer.until(service, ({ state }) => state === 'active');
  await assert.rejects(offer(customer, service, { email: 'a@example.com' }), refusedBy('act-not-offered'));
});
