import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** Co-termination: services that end at different times are paid up to the last of them. */

const ZONE = 'Asia/Shanghai';
let world: World;
let customer: StoryCustomer;
let early: string;
let late: string;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
  const { brands } = world.server.house;
  customer = new StoryCustomer(brands.url(brands.get('asiayun'), world.url));
  await customer.getReady('500');
  const plan = { plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS };
  early = await customer.order({ ...plan, hostname: 'early' });
  await world.advanceTo(addDays(world.clock.now(), 10, ZONE));
  late = await customer.order({ ...plan, hostname: 'late', months: 3 });
  for (const id of [early, late]) await customer.until(id, ({ state }) => state === 'active');
});

const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

const align = (services: string[], who = customer) =>
  ok(who.api.POST('/api/v1/services/alignment', { body: { services } }));

test('the preview says what it costs: whole months and a part of one, and takes nothing', async () => {
  const price = Number((await customer.service(early)).price);
  const before = await customer.balance();
  const preview = await ok(
    customer.api.POST('/api/v1/services/alignment/preview', { body: { services: [early, late] } }),
  );
  // Paid to 2 April, and then up to 12 June: two months to 2 June, and 10 of the 30 days to 2 July.
  assert.equal(preview.until, '2026-06-12T02:00:00.000Z');
  assert.equal(preview.total, (Math.round((2 + 10 / 30) * price * 100) / 100).toFixed(2));
  assert.deepEqual(
    preview.services.map(({ service_id }) => service_id),
    [early],
  );
  assert.equal(await customer.balance(), before);
});

test('aligned they end together, at the price of the preview, and are due on one day from then on', async () => {
  const before = Number(await customer.balance());
  const done = await align([early, late, early]);
  const [one, other] = [await customer.service(early), await customer.service(late)];
  assert.equal(one.period_end, other.period_end);
  assert.equal((before - Number(await customer.balance())).toFixed(2), done.services[0]!.amount);
  const { db } = world.server.house;
  const days = await db
    .selectFrom('lifecycle_service')
    .select('anchor_day')
    .where('brand', '=', 'asiayun')
    .execute();
  assert.deepEqual(
    days.map(({ anchor_day }) => anchor_day),
    [12, 12],
  );
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
  await assert.rejects(align([early, late]), problem('nothing-to-align'));
});

test('[lantian 5.2] somebody else’s service is none; 蓝天云 sells whole months only, citing 5.2', async () => {
  const lantian = await readyCustomer(world, '50');
  await assert.rejects(align([early, late], lantian), problem('not-found'));
  const first = await lantian.order({ access: PASSWORD_ACCESS, hostname: 'a' });
  await world.advanceTo(addDays(world.clock.now(), 1, ZONE));
  const second = await lantian.order({ access: PASSWORD_ACCESS, hostname: 'b' });
  for (const id of [first, second]) await lantian.until(id, ({ state }) => state === 'active');
  await assert.rejects(align([first, second], lantian), (error) => {
    assert.ok(error instanceof ApiProblem);
    assert.deepEqual([error.code, (error.body.clause as { id: string }).id], ['period-not-sold', '5.2']);
    return true;
  });
});
