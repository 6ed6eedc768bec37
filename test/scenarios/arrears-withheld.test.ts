import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { stringify } from 'yaml';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMinutes } from '#kernel/time.ts';
import { subjectOpen, usageRecord } from '#modules/metering/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { actsOf, STORE, stateOf } from '../support/arrears.ts';
import { brandWith, idOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** Until all is paid, what the customer has prepaid is withheld too (七牛云 2.2), at a brand that sells both kinds. */

const BRAND = 'lantian';
const ZONE = 'Asia/Shanghai';
let world: World;
let me: StoryCustomer;
let customerId: string;
let service: string;

before(async () => {
  const refund = 'refund: { clause: "5.4", rule: none }';
  const dir = await brandWith('terms.yaml', [
    [
      refund,
      `${refund}
  metered: { clause: "5.1", every: day }
  arrears: { clause: "5.3", freeze: balance-below-consumption, end_days: 20, end_clause: "5.4", then: end-and-delete }
  withhold: { clause: "5.2", until: all-is-paid }`,
    ],
  ]);
  await appendFile(join(dir, 'lantian/catalogue.yaml'), `\n${stringify({ metered: [STORE] })}`);
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z'), brandsDir: dir });
  me = await readyCustomer(world, '30');
  customerId = await idOf(me);
  service = await me.order({ access: PASSWORD_ACCESS });
  await me.until(service, ({ state }) => state === 'active');
  await asSystem(world.server.house, BRAND, 'test', async (tx, ctx) => {
    await subjectOpen(tx, ctx, { product: STORE.id, name: 'b', customerId });
  });
});

const acts = (actions: RegExp) => actsOf(world, customerId, actions);
const machine = () =>
  world.server.house.db
    .selectFrom('lifecycle_service')
    .select(['state', 'holds', 'period_end'])
    .where('id', '=', service)
    .executeTakeFirstOrThrow();

const buying = () => ok(me.api.GET('/api/v1/gates/{act}', { params: { path: { act: 'buy' } } }));

let calls = 0;
/** So many yuan of calls, now. */
async function use(count: number): Promise<void> {
  await asSystem(world.server.house, BRAND, 'test', (tx, ctx) =>
    usageRecord(tx, ctx, [
      {
        specversion: '1.0',
        id: `call-${++calls}`,
        source: '/here',
        type: 'store.calls',
        subject: 'b',
        time: ctx.now.toISOString(),
        data: { count },
      },
    ]),
  );
  await world.advanceTo(addMinutes(world.clock.now(), 3));
}

test('[qiniu 2.2] frozen, the prepaid service is withheld by its clause, its paid time isn’t stopped, and nothing new is sold', async () => {
  const { period_end } = await machine();
  await use(100);
  assert.equal((await stateOf(world, BRAND, customerId)).state, 'frozen');
  const held = await machine();
  assert.deepEqual([held.state, held.holds, held.period_end], ['active', 1, period_end]);
  const [act] = await acts(/^service\.held$/);
  assert.equal(act!.clause_id, '5.2');
  assert.equal((act!.notices as string[]).length, 1, 'the freeze was told');
  await world.drain();
  const { instance } = await me.service(service);
  assert.notEqual(instance?.power, 'running');
  const buy = await buying();
  assert.deepEqual([buy.open, buy.shut?.code, buy.shut?.clause?.id], [false, 'account-frozen', '5.2']);
  assert.match(buy.shut!.opens, /79\.90/, 'what is to be paid');
  await assert.rejects(
    me.order({ access: PASSWORD_ACCESS }),
    (error) => error instanceof ApiProblem && error.code === 'account-frozen',
  );
});

test('[qiniu 2.2] paid, it runs again at once, and can be bought', async () => {
  await me.topUp('200');
  assert.equal((await stateOf(world, BRAND, customerId)).state, 'running');
  assert.equal((await buying()).open, true);
  assert.equal((await machine()).holds, 0);
  await world.drain();
  assert.equal((await me.service(service)).state, 'active');
  await me.order({ access: PASSWORD_ACCESS });
});

test('[qiniu 2.2] not paid in the days that the terms give, what was prepaid ends with the agreement, and nothing goes back', async () => {
  await use(500);
  const { until } = await stateOf(world, BRAND, customerId);
  assert.deepEqual(until, addDays((await stateOf(world, BRAND, customerId)).since!, 20, ZONE));
  await world.advanceTo(until!);
  await me.stayIn(until!);
  assert.equal((await stateOf(world, BRAND, customerId)).state, 'ended');
  assert.match((await machine()).state, /^(ended|deleted)$/);
  const ends = await acts(/^service\.ended$/);
  assert.ok(ends.every(({ clause_id }) => clause_id === '5.4'));
  assert.equal(ends.length, 2);
  assert.equal(await me.balance(), '0.00');
  const again = () => me.order({ access: PASSWORD_ACCESS });
  await me.topUp('2000');
  const buy = await buying();
  assert.deepEqual([buy.shut?.code, buy.shut?.clause?.id], ['agreement-ended', '5.3'], 'told beforehand');
  await assert.rejects(again(), (error) => error instanceof ApiProblem && error.code === 'agreement-ended');
  await world.advanceTo(addMinutes(until!, 1));
  await me.acceptTerms();
  await ok(me.api.POST('/api/v1/arrears/restart'));
  await again();
});
