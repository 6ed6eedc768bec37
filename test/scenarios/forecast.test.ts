import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { transactReading } from '#kernel/db.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { Customer, DAYS, inOrder, SAID_ONLY, said, ZONE } from '../support/ahead.ts';
import { testWorld } from '../support/world.ts';

/**
 * What a forecast says of the next 90 days is what then happens: the same acts at the same instants, the same amounts, the
 * same clauses, nothing more and nothing less.
 */

const people: [string, Customer][] = [];
let world: World;

async function person(name: string, brand: string, balance: string): Promise<Customer> {
  const customer = await new Customer(world, brand).ready(balance);
  people.push([name, customer]);
  return customer;
}

before(async () => {
  world = await testWorld({ start: new Date('2026-01-31T02:00:00Z') });
  await ofLantian();
  await ofAsiayun();
  await ofWujiyun();
  await ofYunfuwuqi();
  await world.advanceTo(addDays(world.clock.now(), 3, ZONE));
  for (const [, customer] of people) customer.foretold = await customer.look();
});

async function ofLantian(): Promise<void> {
  const idle = await person('lantian: two servers that nobody renews', 'lantian', '30');
  await idle.buy();
  await idle.buy({ hostname: 'web2' });
  const renewing = await person('lantian: renewed by themselves until the money is gone', 'lantian', '60');
  for (const hostname of ['a1', 'a2']) await renewing.autoRenew(await renewing.buy({ hostname }));
  const given = await person(
    'lantian: a gift, a coupon that recurs twice, a gift that ends',
    'lantian',
    '40',
  );
  const staff = await given.staff();
  const off = { kind: 'percent' as const, percent: '10' };
  const name = { zh: '优惠', en: 'Coupon' };
  const coupon = { name, off, renewals: true, code: 'TWICE', per_customer: 2 };
  await ok(staff.POST('/api/v1/staff/coupons', { body: coupon as never }));
  await given.autoRenew(await given.buy({ coupon: 'TWICE' }));
  const params = { path: { id: given.id } };
  for (const [amount, days] of [
    ['5', 35],
    ['3', 20],
  ] as const)
    await ok(
      staff.POST('/api/v1/staff/customers/{id}/gifts', {
        params,
        body: {
          name: { zh: '礼', en: 'Gift' },
          amount,
          products: [],
          expires_at: addDays(world.clock.now(), days, ZONE).toISOString(),
          reason: '活动',
        } as never,
      }),
    );
}

async function ofAsiayun(): Promise<void> {
  const idle = await person('asiayun: nobody renews, some money is frozen', 'asiayun', '40');
  await idle.buy();
  const staff = await idle.staff();
  await ok(
    staff.POST('/api/v1/staff/customers/{id}/freezes', {
      params: { path: { id: idle.id } },
      body: { reason: '5.4.3', amount: '10', explanation: '来源存疑' },
    }),
  );
  await filed(idle, '2026-03-20');
  const renewing = await person('asiayun: renewed by quarters', 'asiayun', '150');
  await renewing.autoRenew(await renewing.buy(), 3);
}

async function filed(customer: Customer, validUntil: string): Promise<void> {
  const body = { kind: 'icp-filing', number: '沪ICP备2026000001号', domain: 'example.com', subject: '张三' };
  await customer.story.ownDomain(world.names, body.domain);
  const filing = { ...body, valid_until: validUntil } as never;
  const { id } = await ok(customer.story.api.POST('/api/v1/filings', { body: filing }));
  const decision = { approve: true, reason: '已核对' };
  const params = { path: { id } };
  const staff = await customer.staff();
  await ok(staff.POST('/api/v1/staff/filings/{id}/decision', { params, body: decision }));
}

async function ofWujiyun(): Promise<void> {
  const renewing = await person('wujiyun: renewed once, then short', 'wujiyun', '40');
  await renewing.autoRenew(await renewing.buy());
}

async function ofYunfuwuqi(): Promise<void> {
  const idle = await person('yunfuwuqi: expires, ends, is erased', 'yunfuwuqi', '25');
  await idle.buy();
  const billed = await person('yunfuwuqi: by bills that nobody pays', 'yunfuwuqi', '25');
  await byBill(billed, '100');
  const paying = await person('yunfuwuqi: by bills that the balance pays', 'yunfuwuqi', '60');
  await byBill(paying, '100');
  const ended = await person('yunfuwuqi: renewed by itself', 'yunfuwuqi', '80');
  await ended.autoRenew(await ended.buy());
}

async function byBill(customer: Customer, limit: string): Promise<void> {
  const id = await customer.buy();
  const staff = await customer.staff();
  await ok(
    staff.PUT('/api/v1/staff/customers/{id}/credit', {
      params: { path: { id: customer.id } },
      body: { limit, reason: '老客户' },
    }),
  );
  const params = { path: { id } };
  await ok(customer.story.api.PUT('/api/v1/services/{id}/bill-renewal', { params, body: { months: 1 } }));
}

test('a forecast writes nothing: the database would refuse it, and no row changes', async () => {
  const { db } = world.server.house;
  const [, customer] = people[0]!;
  await transactReading(db, async (tx) => {
    const { rows } = await sql<{ readonly: string }>`show transaction_read_only`.execute(tx);
    assert.equal(Object.values(rows[0]!)[0], 'on');
  });
  const counts = async () => {
    const { rows: tables } = await sql<{ name: string }>`select relname as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and relkind = 'r' order by 1`.execute(db);
    const seen: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await sql<{
        sum: string;
      }>`select coalesce(sum(hashtextextended(t::text || xmin::text, 0)), 0)::text as sum
        from ${sql.table(name)} t`.execute(db);
      seen[name] = rows[0]!.sum;
    }
    return seen;
  };
  await world.drain();
  const before = await counts();
  await customer.look();
  assert.deepEqual(await counts(), before);
});

test('customers see their own days ahead, staff anybody’s of the brand; each line with its clause and its layer', async () => {
  const [, customer] = people[0]!;
  await customer.story.stayIn(world.clock.now());
  const query = { query: { days: 40 } };
  const own = await ok(customer.story.api.GET('/api/v1/account/forecast', { params: query }));
  assert.equal(own.until, addDays(world.clock.now(), 40, ZONE).toISOString());
  assert.deepEqual(
    own.lines.map(({ act }) => act),
    ['reminded', 'reminded', 'reminded', 'suspended', 'deleted'].flatMap((act) => [
      `service.${act}`,
      `service.${act}`,
    ]),
  );
  const { clause } = own.lines[0]!;
  assert.deepEqual([clause?.id, clause?.layer], ['5.2', 'agreement']);
  // Two servers at 9.90 each, less the 10.20 that are there, by the end of their month; and once more a month later.
  assert.deepEqual(
    own.needs.map(({ by, amount, total }) => [by, amount, total]),
    [[own.lines.find(({ act }) => act === 'service.suspended')!.at, '9.60', '9.60']],
  );
  const staff = await customer.staff();
  const params = { path: { id: customer.id }, ...query };
  const theirs = await ok(staff.GET('/api/v1/staff/customers/{id}/forecast', { params }));
  assert.deepEqual(theirs, own);
});

test('[lantian 5.2] [lantian 5.3] [asiayun 3.6] [asiayun 5.4-appeal] [yunfuwuqi S3.2] [yunfuwuqi S5.2] what was foretold of 90 days is what happens', async (t) => {
  const until = addDays(world.clock.now(), DAYS, ZONE);
  await world.advanceTo(until);
  for (const [name, customer] of people)
    await t.test(name, async () => {
      const foretold = customer.foretold!;
      assert.ok(foretold.lines.length > 0);
      const lines = foretold.lines.filter(({ act }) => !SAID_ONLY.has(act)).map(said);
      assert.deepEqual(inOrder(lines), inOrder(await customer.happened(foretold)));
    });
});
