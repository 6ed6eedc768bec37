import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { addDays, addMonthsAnchored, dayOfMonth, naturalDay, nextMidnight, wallClock } from '#kernel/time.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { startChild } from './support/children.ts';
import { call, caller, ORDER } from './support/wire.ts';

const ZONE = 'Asia/Shanghai';
/** 31 January 2028, 00:30:15 in Shanghai; still 30 January in UTC. */
const START = new Date('2028-01-30T16:30:15.250Z');

let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld({ start: START });
  customer = await readyCustomer(world, '400');
});

function rowOf(id: string) {
  return world.server.house.db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

test('F20 monthly from 31 January: 29 February, 31 March …, 28 February a year later, at the same wall-clock time', async () => {
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  const ends = [(await rowOf(id)).period_end];
  for (let month = 2; month <= 14; month++) {
    await customer.renew(id);
    ends.push((await rowOf(id)).period_end);
  }
  assert.deepEqual(
    ends.map((end) => wallClock(end, ZONE)),
    [
      ...['2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31', '2028-06-30', '2028-07-31', '2028-08-31'],
      ...['2028-09-30', '2028-10-31', '2028-11-30', '2028-12-31', '2029-01-31', '2029-02-28', '2029-03-31'],
    ].map((day) => `${day} 00:30`),
  );
  for (const end of ends) assert.equal(end.getUTCSeconds() * 1_000 + end.getUTCMilliseconds(), 15_250);
  assert.equal((await rowOf(id)).anchor_day, 31);
});

test('F20 the anchor day stays through February when each month is renewed as it ends', () => {
  let end = new Date('2026-01-31T02:00:00Z');
  const days: string[] = [];
  for (let month = 0; month < 4; month++) {
    end = addMonthsAnchored(end, 1, 31, ZONE);
    days.push(naturalDay(end, ZONE));
  }
  assert.deepEqual(days, ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  assert.equal(
    naturalDay(addMonthsAnchored(new Date('2026-01-30T02:00:00Z'), 1, 30, ZONE), ZONE),
    '2026-02-28',
  );
});

test('F21 twelve months from 29 February end on 28 February, and on the 29th in the next leap year', () => {
  const leap = new Date('2028-02-29T02:00:00Z');
  assert.equal(naturalDay(addMonthsAnchored(leap, 12, 29, ZONE), ZONE), '2029-02-28');
  assert.equal(naturalDay(addMonthsAnchored(leap, 48, 29, ZONE), ZONE), '2032-02-29');
});

test('F23 just after midnight at +08:00, when UTC still has yesterday: the right natural day everywhere', async () => {
  const reply = await call(caller(world, customer), '/orders', { body: ORDER });
  assert.match(String(reply.body.number), /^20280131/);
  const row = await rowOf(String(reply.body.service_id));
  assert.equal(row.anchor_day, 31);
  const accrual = await world.server.house.db
    .selectFrom('billing_accrual')
    .select('due_at')
    .where('order_id', '=', String(reply.body.id))
    .executeTakeFirstOrThrow();
  assert.equal(accrual.due_at?.toISOString(), '2028-01-31T16:00:00.000Z', 'revenue by the Chinese day');
  assert.equal(naturalDay(new Date('2026-03-01T15:59:59.999Z'), ZONE), '2026-03-01');
  assert.equal(naturalDay(new Date('2026-03-01T16:00:00.000Z'), ZONE), '2026-03-02');
  assert.equal(
    nextMidnight(new Date('2026-03-01T16:00:00.000Z'), ZONE).toISOString(),
    '2026-03-02T16:00:00.000Z',
  );
});

/** Business time of many instants around what is odd in other zones; printed by this very code in another process. */
function table(): string[] {
  const lines: string[] = [];
  for (const start of [
    '2026-03-07T18:30:00Z',
    '2026-10-31T17:30:00Z',
    '2026-03-28T17:15:00Z',
    '2028-01-30T16:00:00Z',
  ]) {
    for (const zone of [ZONE, 'America/New_York', 'Europe/London', 'Pacific/Kiritimati', 'Asia/Kathmandu']) {
      const instant = new Date(start);
      lines.push(
        [
          naturalDay(instant, zone),
          wallClock(instant, zone),
          nextMidnight(instant, zone).toISOString(),
          addDays(instant, -7, zone).toISOString(),
          addDays(instant, 3, zone).toISOString(),
          addMonthsAnchored(instant, 1, dayOfMonth(instant, zone), zone).toISOString(),
          addMonthsAnchored(instant, 13, dayOfMonth(instant, zone), zone).toISOString(),
        ].join(' '),
      );
    }
  }
  return lines;
}

test('F22 whatever time zone the host is in, business time is the same', async () => {
  const program = `import * as time from '#kernel/time.ts';
    const { naturalDay, wallClock, nextMidnight, addDays, addMonthsAnchored, dayOfMonth } = time;
    const ZONE = 'Asia/Shanghai';
    ${table.toString().replace(/const lines(: string\[\])?/, 'const lines')}
    console.log(JSON.stringify([new Date(2026, 6, 1).getTimezoneOffset(), table()]));`;
  const expected = table();
  const offsets = new Set<number>();
  for (const TZ of ['America/New_York', 'Pacific/Kiritimati', 'Europe/London', 'UTC']) {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { env: { ...process.env, TZ, NODE_TEST_CONTEXT: '' }, cwd: process.cwd() },
    );
    const [offset, lines] = JSON.parse(stdout) as [number, string[]];
    offsets.add(offset);
    assert.deepEqual(lines, expected, TZ);
  }
  assert.equal(offsets.size, 4, 'the hosts really differ');
});

test('F22 a server on a host in New York, in the hour that its summer time skips: the same due dates', async () => {
  // 8 March 2026, 02:30 in Shanghai is no time at all in New York's own calendar of that day.
  const elsewhere = await testWorld({ start: new Date('2026-03-07T18:30:00Z') });
  const buyer = await readyCustomer(elsewhere, '30');
  const child = await startChild(elsewhere, 'api', { tz: 'America/New_York' });
  try {
    const { body } = await call(caller(elsewhere, buyer), '/orders', { body: ORDER, base: child.url });
    const id = String(body.service_id);
    const service = await buyer.until(id, ({ state }) => state === 'active');
    assert.equal(service.period_end, '2026-04-07T18:30:00.000Z');
    const { remind_at, anchor_day } = await elsewhere.server.house.db
      .selectFrom('lifecycle_service')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    assert.equal(remind_at?.toISOString(), '2026-03-31T18:30:00.000Z');
    assert.equal(anchor_day, 8);
    assert.match(String(body.number), /^20260308/);
    await call(caller(elsewhere, buyer), `/services/${id}/renewals`, {
      body: { months: 1 },
      base: child.url,
    });
    assert.equal((await buyer.service(id)).period_end, '2026-05-07T18:30:00.000Z');
  } finally {
    await child.stop();
  }
});
