import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { formatYuan } from '#kernel/money.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { books, brandWith, REFUNDING, refusedBy, TAXED, yuan } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
type Wanted = { plan: string; options?: Record<string, number> };

async function running(world: World, customer: StoryCustomer, body: Partial<Wanted> & { coupon?: string }) {
  const id = await customer.order({ access: PASSWORD_ACCESS, ...body });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  return id;
}

const asked = ({ api }: StoryCustomer, id: string, body: Wanted) => {
  const params = { path: { id } };
  return {
    preview: () => ok(api.POST('/api/v1/services/{id}/changes/preview', { params, body })),
    change: () => ok(api.POST('/api/v1/services/{id}/changes', { params, body })),
  };
};

/** The rest of a price at an instant, as the tests reckon it. */
function rest(price: string, from: Date, to: Date, now: Date): bigint {
  const whole = yuan(price);
  const passed = (whole * BigInt(now.getTime() - from.getTime())) / BigInt(to.getTime() - from.getTime());
  return whole - passed;
}

/** What is paid, and what a change gives back, is whole fen. */
function fen(amount: bigint): bigint {
  return ((amount + 5_000n) / 10_000n) * 10_000n;
}

/** 蓝天云 as it is: nothing is refunded. */
let strict: World;
/** The same, where the unconsumed is refunded and prices contain a tax. */
let refunding: World;
before(async () => {
  strict = await testWorld();
  const brandsDir = await brandWith('terms.yaml', REFUNDING, [['catalogue.yaml', [TAXED]]]);
  refunding = await testWorld({ brandsDir });
});

test('a larger plan: the difference for the time that is left is paid, and the machine has its limits', async () => {
  const customer = await readyCustomer(strict, '100');
  const id = await running(strict, customer, { plan: 'nat-m' });
  const bought = await customer.service(id);
  const [from, to] = [new Date(bought.period_start), new Date(bought.period_end)];
  await strict.advanceTo(addDays(from, 11, ZONE));
  const now = strict.clock.now();
  const due = fen(rest('39.90', from, to, now)) - fen(rest('19.90', from, to, now));

  const before = yuan(await customer.balance());
  const wanted = asked(customer, id, { plan: 'nat-l' });
  const preview = await wanted.preview();
  assert.equal(preview.charge, formatYuan(due));
  assert.deepEqual([preview.left, preview.becomes, preview.missing], ['0.00', 'nothing', '0.00']);
  assert.equal(yuan(await customer.balance()), before, 'a preview costs nothing');
  const done = await wanted.change();
  assert.equal(done.charge, preview.charge);
  assert.equal(yuan(await customer.balance()), before - due);

  await strict.drain();
  const changed = await customer.service(id);
  assert.deepEqual([changed.plan, changed.price, changed.period_end], ['nat-l', '39.90', bought.period_end]);
  assert.deepEqual([changed.instance?.cpus, changed.instance?.memory_mb], [2, 2048]);
  assert.equal(changed.instance?.trouble, false);
  const seen = await behindOurBack(strict).observe();
  assert.equal(seen.length, 1, 'the same machine');
  const orders = await ok(customer.api.GET('/api/v1/orders'));
  assert.deepEqual(
    orders.items.map(({ kind, amount }) => [kind, amount]),
    [
      ['change', preview.charge],
      ['new', '19.90'],
    ],
  );
  // What was paid for the month is earned by its end, to the micro-yuan.
  await strict.advanceTo(to);
  const { revenue = 0n, deferred_revenue = 0n } = await books(strict);
  assert.deepEqual([revenue, deferred_revenue], [yuan('19.90') + due, 0n]);
});

test('[lantian 5.4] a smaller plan where nothing is refunded: what is left becomes time, and the clause is cited', async () => {
  const customer = await readyCustomer(strict, '100');
  const id = await running(strict, customer, { plan: 'nat-l' });
  const bought = await customer.service(id);
  const smaller = { plan: 'nat-s', options: { disk_gb: 15 } };
  const balance = await customer.balance();
  const { change, preview } = asked(customer, id, smaller);
  const told = await preview();
  const done = await change();
  assert.deepEqual(told, { ...done, missing: '0.00' });
  assert.deepEqual([done.charge, done.left, done.becomes, done.clause.id], ['0.00', '24.00', 'time', '5.4']);
  assert.equal(done.renewal_price, '15.90');
  assert.equal(await customer.balance(), balance, 'no money moved');
  const service = await customer.service(id);
  assert.equal(service.period_end, done.period_end);
  // 24.00 is one month of 15.90 and half of another: from 2 April past 2 May.
  const days = (new Date(service.period_end).getTime() - new Date(bought.period_end).getTime()) / 86_400_000;
  assert.ok(days > 44 && days < 47, `${days} days more`);
  assert.ok(
    (await customer.history(id)).some(
      ({ action, clause }) => action === 'service.changed' && clause?.id === '5.4',
    ),
  );
  await books(strict);
});

test('what can’t be done is refused with its reason, and nothing has happened', async () => {
  const customer = await readyCustomer(strict, '25');
  const id = await running(strict, customer, { plan: 'nat-m' });
  const refused = async (wanted: Wanted, code: string) => {
    const balance = await customer.balance();
    await assert.rejects(asked(customer, id, wanted).change(), refusedBy(code));
    const { plan, price } = await customer.service(id);
    assert.deepEqual([plan, price, await customer.balance()], ['nat-m', '19.90', balance]);
  };
  await refused({ plan: 'nat-s' }, 'disk-shrinks');
  await assert.rejects(asked(customer, id, { plan: 'nat-s' }).preview(), refusedBy('disk-shrinks'));
  await refused({ plan: 'nat-m' }, 'same-plan');
  await refused({ plan: 'nat-xxl' }, 'plan-unknown');
  await refused({ plan: 'nat-m', options: { disk_gb: 3 } }, 'option-quantity');
  await refused({ plan: 'nat-m', options: { disk_gb: 45 } }, 'option-quantity');
  await refused({ plan: 'nat-m', options: { cpus: 1 } }, 'option-unknown');
  await refused({ plan: 'nat-l' }, 'insufficient-balance');
  assert.equal((await asked(customer, id, { plan: 'nat-l' }).preview()).missing, '14.90');
  await books(strict);
});

test('F34 up and down again at once costs nothing, whenever and however often; more than was paid never comes back', async () => {
  const customer = await readyCustomer(refunding, '300');
  const id = await running(refunding, customer, { plan: 'nat-s', options: { disk_gb: 35 } });
  const { api } = customer;
  const plans: Wanted[] = [
    { plan: 'nat-s', options: { disk_gb: 35 } },
    { plan: 'nat-m', options: { disk_gb: 30 } },
    { plan: 'nat-l', options: { disk_gb: 20 } },
    { plan: 'nat-xl' },
  ];
  const walks = [
    [1, 2, 1],
    [2, 3, 0],
    [3, 1, 3],
  ];
  for (const [day, walk] of walks.entries()) {
    await refunding.advanceTo(addDays(refunding.clock.now(), day * 3 + 1, ZONE));
    const [at, cash] = [(await customer.service(id)).plan, yuan(await customer.balance())];
    const home = plans.find(({ plan }) => plan === at)!;
    for (const step of [...walk, plans.indexOf(home)]) {
      const to = plans[step]!;
      if ((await customer.service(id)).plan === to.plan) continue;
      const { preview, change } = asked(customer, id, to);
      const told = await preview();
      assert.equal((await change()).charge, told.charge);
    }
    assert.equal(yuan(await customer.balance()), cash, `after walk ${walk.join(' ')}`);
    // Onwards with another plan than the one that it was bought as.
    await asked(customer, id, plans[(plans.indexOf(home) + 1) % 4]!).change();
    await refunding.drain();
  }
  const { items } = await ok(api.GET('/api/v1/orders'));
  for (const { amount, refunded } of items) assert.ok(yuan(refunded) <= yuan(amount));
  // Ended: what isn't consumed comes back, and all that came in is cash, revenue or tax.
  const params = { path: { id } };
  const { left, refund } = await ok(api.GET('/api/v1/services/{id}/end', { params }));
  assert.equal(left, refund);
  const cash = yuan(await customer.balance());
  const { refunded } = await ok(api.POST('/api/v1/services/{id}/end', { params, body: {} }));
  assert.equal(refunded, refund);
  assert.equal(yuan(await customer.balance()), cash + yuan(refund));
  const { revenue = 0n, tax = 0n, customer_cash = 0n, deferred_revenue = 0n } = await books(refunding);
  assert.equal(deferred_revenue, 0n);
  assert.equal(customer_cash + revenue + tax, yuan('300'));
  assert.ok(revenue > 0n && tax > 0n);
});

test('a renewal that is paid ahead changes with it, each period by its own price', async () => {
  const customer = await readyCustomer(refunding, '200');
  const id = await running(refunding, customer, { plan: 'nat-m' });
  await customer.renew(id);
  const paid = yuan('200') - yuan(await customer.balance());
  assert.equal(paid, yuan('39.80'));
  const { charge } = await asked(customer, id, { plan: 'nat-l' }).change();
  assert.equal(charge, '40.00', 'twice the difference, for nothing has passed');
  const back = await asked(customer, id, { plan: 'nat-m', options: { disk_gb: 10 } }).change();
  assert.deepEqual([back.charge, back.left, back.becomes], ['0.00', '32.00', 'refund']);
  assert.equal(yuan(await customer.balance()), yuan('200') - paid - yuan('8'));
  await books(refunding);
});
