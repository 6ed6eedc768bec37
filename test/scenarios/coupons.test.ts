import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Api, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { look, rejected, troubledNode } from '../faults/support/node.ts';
import { caller, callUntilAnswered, forgiveVisitors, ORDER } from '../faults/support/wire.ts';
import { books, refusedBy, staffOf, yuan } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

let world: World;
let staff: Api;
before(async () => {
  world = await testWorld({ seed: true });
  staff = await staffOf(world);
});

const NAME = { zh: '优惠', en: 'Offer' };
const TEN_OFF = { kind: 'percent' as const, percent: '10' };
type Coupon = Partial<Parameters<typeof make>[0]> & { code: string };

function make(coupon: {
  code: string;
  off: { kind: 'percent'; percent: string } | { kind: 'fixed'; amount: string };
  products?: string[];
  plans?: string[];
  first_order?: boolean;
  renewals?: boolean;
  starts_at?: string | null;
  ends_at?: string | null;
  per_customer?: number | null;
  in_all?: number | null;
}) {
  return ok(staff.POST('/api/v1/staff/coupons', { body: { name: NAME, ...coupon } as never }));
}
const given = (coupon: Coupon) => make({ off: TEN_OFF, ...coupon });
const used = async (code: string) =>
  (await ok(staff.GET('/api/v1/staff/coupons'))).items.find((coupon) => coupon.code === code)?.used;
const buy = (customer: StoryCustomer, body: object) =>
  customer.order({ access: PASSWORD_ACCESS, ...body } as never);

test('what is quoted is what is charged, for carts of several services too, with parts that sum to the whole (F30)', async () => {
  const customer = await readyCustomer(world, '300');
  await given({ code: 'TENTH' });
  await make({ code: 'SEVEN', off: { kind: 'fixed', amount: '7' }, plans: ['nat-s'] });
  const { api } = customer;
  const line = { plan: 'nat-s', region: 'hk', months: 1 };
  const carts = [
    [{ ...line, quantity: 3, options: {} }],
    [
      { ...line, quantity: 2, options: { disk_gb: 5 } },
      { ...line, plan: 'nat-m', quantity: 1, options: {} },
    ],
  ];
  for (const coupon of [undefined, 'tenth', 'SEVEN']) {
    for (const [i, lines] of carts.entries()) {
      const before = yuan(await customer.balance());
      const code = coupon ? { coupon } : {};
      const quote = await ok(api.POST('/api/v1/carts/quote', { body: { lines, ...code } }));
      const machines = lines.map((each, n) => ({
        ...each,
        ...{ image: 'debian-12', hostname: `m${i}${n}`, access: PASSWORD_ACCESS },
      }));
      const made = await ok(api.POST('/api/v1/carts/orders', { body: { lines: machines, ...code } }));
      assert.equal(made.total, quote.total);
      assert.equal(yuan(await customer.balance()), before - yuan(quote.total));
      assert.deepEqual(quote.payment, { gift: '0.00', cash: quote.total, missing: '0.00' });
      const sum = (items: { amount: string }[]) =>
        items.reduce((total, { amount }) => total + yuan(amount), 0n);
      assert.equal(sum(quote.lines), yuan(quote.total));
      assert.equal(sum(made.orders), yuan(quote.total));
    }
  }
  const { items } = await ok(api.GET('/api/v1/orders'));
  for (const { lines, amount } of items)
    assert.equal(
      lines.reduce((total, each) => total + yuan(each.amount), 0n),
      yuan(amount),
    );
  // 3 × 9.90 less a tenth, and 7 off 29.70.
  const sevens = items.filter(({ lines }) => lines.some(({ amount }) => amount.startsWith('-2.33')));
  assert.equal(sevens.length, 2, '7.00 over three is 2.34, 2.33 and 2.33');
  await books(world);
});

test('who may not use it is told why, before and at the order, and keeps the money', async () => {
  const customer = await readyCustomer(world, '100');
  await given({ code: 'FIRST', first_order: true });
  await given({ code: 'LARGE', plans: ['nat-l'] });
  await given({ code: 'CDN', products: ['cdn'] });
  await given({ code: 'LATER', starts_at: '2026-05-01T00:00:00Z' });
  await given({ code: 'OVER', starts_at: '2025-05-01T00:00:00Z', ends_at: '2026-01-01T00:00:00Z' });
  await given({ code: 'ONCE', per_customer: 1 });
  const gone = await given({ code: 'GONE' });
  await ok(staff.POST('/api/v1/staff/coupons/{id}/disable', { params: { path: { id: gone.id } } }));
  await assert.rejects(given({ code: 'gone' }), refusedBy('coupon-code-taken'));

  const refused = async (coupon: string, code: string) => {
    const body = { plan: 'nat-s', region: 'hk', months: 1, coupon };
    await assert.rejects(ok(customer.api.POST('/api/v1/quote', { body: body as never })), refusedBy(code));
    const before = await customer.balance();
    await assert.rejects(buy(customer, { coupon }), refusedBy(code));
    assert.equal(await customer.balance(), before);
  };
  await refused('NOBODY', 'coupon-unknown');
  await refused('GONE', 'coupon-unknown');
  await refused('LARGE', 'coupon-scope');
  await refused('CDN', 'coupon-scope');
  await refused('LATER', 'coupon-not-now');
  await refused('OVER', 'coupon-not-now');
  await buy(customer, { coupon: 'FIRST' });
  assert.equal(await customer.balance(), '91.09');
  await refused('FIRST', 'coupon-first-order');
  const id = await buy(customer, { coupon: 'ONCE' });
  await refused('ONCE', 'coupon-used-up');

  await customer.until(id, ({ state }) => state === 'active');
  await given({ code: 'AGAIN', renewals: true });
  const renew = (coupon: string) =>
    ok(
      customer.api.POST('/api/v1/services/{id}/renewals', {
        params: { path: { id } },
        body: { months: 1, coupon },
      }),
    );
  await assert.rejects(renew('TENTH'), refusedBy('coupon-not-renewals'));
  assert.equal((await renew('AGAIN')).amount, '8.91');
});

test('F31 a coupon raced 100 times is used once, and 3 of a customer’s 20 at once are its three', async () => {
  await make({ code: 'RACE', off: { kind: 'fixed', amount: '9.90' }, in_all: 1 });
  const all: StoryCustomer[] = [];
  while (all.length < 10) {
    await forgiveVisitors(world);
    all.push(await readyCustomer(world, '10'));
  }
  const body = { ...ORDER, coupon: 'RACE' };
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      callUntilAnswered(caller(world, all[i % all.length]!), '/orders', { body }),
    ),
  );
  const codes = replies.map(({ status, body }) => (status === 201 ? 'made' : String(body.code)));
  assert.equal(codes.filter((code) => code === 'made').length, 1);
  assert.deepEqual([...new Set(codes)].sort(), ['coupon-used-up', 'made']);
  assert.equal(await used('RACE'), 1);
  const balances = await Promise.all(all.map((customer) => customer.balance()));
  assert.deepEqual(balances, Array(10).fill('10.00'));

  await make({ code: 'THREE', off: { kind: 'fixed', amount: '9.89' }, per_customer: 3 });
  const again = await Promise.all(
    Array.from({ length: 20 }, () =>
      callUntilAnswered(caller(world, all[0]!), '/orders', { body: { ...ORDER, coupon: 'THREE' } }),
    ),
  );
  assert.equal(again.filter(({ status }) => status === 201).length, 3);
  assert.equal(await used('THREE'), 3);
  assert.equal(await all[0]!.balance(), '9.97');
  await books(world);
});

test('what could not be made gives the coupon back with the money', async () => {
  const { node, hypervisors } = troubledNode();
  const failing = await testWorld({ seed: true, hypervisors });
  node.trouble = rejected('create');
  const api = await staffOf(failing);
  const body = { code: 'BACK', name: NAME, off: TEN_OFF, first_order: true, per_customer: 1, in_all: 1 };
  await ok(api.POST('/api/v1/staff/coupons', { body: body as never }));
  const customer = new StoryCustomer(failing.url);
  await customer.getReady('20');
  const left = async () => (await ok(api.GET('/api/v1/staff/coupons'))).items[0]?.used;
  for (let time = 0; time < 2; time++) {
    const id = await buy(customer, { coupon: 'BACK' });
    await failing.drain();
    for (let i = 0; i < 4 && (await customer.service(id)).state === 'preparing'; i++) await look(failing);
    assert.equal((await customer.service(id)).state, 'failed');
    assert.equal(await customer.balance(), '20.00');
    assert.equal(await left(), 0);
  }
  await books(failing);
});

test('amounts and limits that are none are refused (F28)', async () => {
  const refuse = (coupon: object) =>
    assert.rejects(given({ code: 'BAD', ...coupon } as never), refusedBy('invalid-input'));
  for (const percent of ['0', '0.00', '100.01', '-1', '1e2', 'NaN', '1,5', '']) {
    await refuse({ off: { kind: 'percent', percent } });
  }
  for (const amount of ['0', '-1', '1e309', '1,00', 'NaN', '0.001'])
    await refuse({ off: { kind: 'fixed', amount } });
  for (const in_all of [0, -1, 1.5]) await refuse({ in_all });
});
