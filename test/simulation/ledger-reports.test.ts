import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { systemCtx } from '#kernel/house.ts';
import { type AccountRef, ledgerPost } from '#modules/ledger/index.ts';
import type { World } from '#server/world.ts';
import { call, staffCookie } from '../api/call.ts';
import { testWorld } from '../support/world.ts';

/** Reports are views over the ledger: what they must say is worked out here by hand. */

let world: World;
let staff: string;
const [ann, ben] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];

before(async () => {
  world = await testWorld({ seed: true, start: new Date('2026-06-30T02:00:00Z') });
  staff = await staffCookie(world);
  const yuan = (amount: number) => BigInt(Math.round(amount * 100)) * 10_000n;
  const at = async (instant: string, ...moves: [from: AccountRef, to: AccountRef, amount: number][]) => {
    for (const [from, to, amount] of moves)
      await ledgerPost(
        world.server.house.db,
        { ...systemCtx(world.server.house, 'lantian', 'reports'), now: new Date(instant) },
        {
          kind: 'test',
          source: 'reports',
          sourceId: randomUUID(),
          lines: [
            { account: from, amount: -yuan(amount) },
            { account: to, amount: yuan(amount) },
          ],
        },
      );
  };
  const account = (kind: Exclude<AccountRef['kind'], 'customer_gift'>, owner: string): AccountRef => ({
    kind,
    owner,
  });
  const gift: AccountRef = { kind: 'customer_gift', owner: 'grant-1', customer: ann };
  const alipay = account('channel_clearing', 'alipay');
  const [cash, vps, earned] = [
    account('customer_cash', ann),
    account('deferred_revenue', 'nat-vps'),
    account('revenue', 'nat-vps'),
  ];
  await at('2026-01-10T02:00:00Z', [alipay, cash, 100], [account('promotion', 'all'), gift, 7.5]);
  await at('2026-01-10T03:00:00Z', [cash, vps, 60], [cash, account('customer_frozen', ann), 10]);
  // 1 February in Shanghai, still January in UTC.
  await at('2026-01-31T15:59:59Z', [vps, earned, 20]);
  await at('2026-01-31T16:00:00Z', [vps, earned, 15]);
  // Ben owes 30 from March, 20 from May, 5 from June, and pays 35: 15 of May's and June's are open.
  const [owes, income] = [account('receivable', ben), account('revenue', 'cdn')];
  await at('2026-03-20T02:00:00Z', [owes, income, 30]);
  await at('2026-05-20T02:00:00Z', [owes, income, 20]);
  await at(
    '2026-06-20T02:00:00Z',
    [owes, income, 5],
    [alipay, owes, 35],
    [owes, account('late_fee', 'all'), 1],
  );
  await at('2026-06-21T02:00:00Z', [account('channel_fee', 'alipay'), alipay, 0.6]);
});

async function report(name: string, range = ''): Promise<Record<string, string>[]> {
  const { status, json, text } = await call(world, 'GET', `/staff/reports?report=${name}${range}`, {
    cookie: staff,
  });
  assert.equal(status, 200, text);
  return json.rows as Record<string, string>[];
}

test('revenue by month of the brand’s zone and product', async () => {
  const row = (month: string, kind: string, product: string, amount: string) => ({
    month,
    kind,
    product,
    amount,
  });
  assert.deepEqual(await report('revenue'), [
    row('2026-01', 'revenue', 'nat-vps', '20.00'),
    row('2026-02', 'revenue', 'nat-vps', '15.00'),
    row('2026-03', 'revenue', 'cdn', '30.00'),
    row('2026-05', 'revenue', 'cdn', '20.00'),
    row('2026-06', 'late_fee', 'all', '1.00'),
    row('2026-06', 'revenue', 'cdn', '5.00'),
  ]);
  const february = await report('revenue', '&from=2026-01-31T16:00:00Z&to=2026-02-28T16:00:00Z');
  assert.deepEqual(february, [row('2026-02', 'revenue', 'nat-vps', '15.00')]);
});

test('deferred revenue, balances owed and clearing, now and as they were', async () => {
  assert.deepEqual(await report('deferred'), [{ product: 'nat-vps', amount: '25.00' }]);
  assert.deepEqual(await report('deferred', '&at=2026-01-15T00:00:00Z'), [
    { product: 'nat-vps', amount: '60.00' },
  ]);
  assert.deepEqual(await report('owed'), [
    { customer: ann, cash: '30.00', gift: '7.50', frozen: '10.00', withdrawing: '0.00', total: '47.50' },
  ]);
  assert.deepEqual(await report('owed', '&at=2026-01-10T02:00:00Z'), [
    { customer: ann, cash: '100.00', gift: '7.50', frozen: '0.00', withdrawing: '0.00', total: '107.50' },
  ]);
  assert.deepEqual(await report('clearing'), [
    { channel: 'alipay', owes: '134.40', fees: '0.60', held: '0.00' },
  ]);
});

test('receivables by age: what was paid settles the oldest first', async () => {
  assert.deepEqual(await report('ageing'), [
    { customer: ben, d0_30: '6.00', d31_60: '15.00', d61_90: '0.00', over_90: '0.00', total: '21.00' },
  ]);
  assert.deepEqual(await report('ageing', '&at=2026-06-19T00:00:00Z'), [
    { customer: ben, d0_30: '20.00', d31_60: '0.00', d61_90: '0.00', over_90: '30.00', total: '50.00' },
  ]);
  assert.deepEqual(await report('ageing', '&at=2026-03-01T00:00:00Z'), []);
});

test('files: named, typed, in the reader’s language', async () => {
  const csv = await call(world, 'GET', '/staff/reports/file?report=owed&format=csv', {
    cookie: staff,
    headers: { 'accept-language': 'en' },
  });
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.match(csv.headers.get('content-disposition') ?? '', /^attachment; filename="owed-2026-06-30\.csv"$/);
  assert.match(csv.text, /Customer,Cash,/);
  assert.match(csv.text, new RegExp(`${ann},30.00,7.50,10.00,0.00,47.50\r\n`));
  const xlsx = await call(world, 'GET', '/staff/reports/file?report=owed&format=xlsx', { cookie: staff });
  assert.equal(xlsx.status, 200);
  assert.match(xlsx.text, /^PK/);
  const unknown = await call(world, 'GET', '/staff/reports/file?report=secrets', { cookie: staff });
  assert.equal(unknown.status, 400);
});
