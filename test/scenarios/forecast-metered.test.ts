import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYuan } from '#kernel/money.ts';
import { addDays, naturalDay } from '#kernel/time.ts';
import { Customer, DAYS, type Happening, SAID_ONLY, said, ZONE } from '../support/ahead.ts';
import { STORE } from '../support/arrears.ts';
import { event, labBrands, labOf } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';

/** The day of what follows from usage: its minute and its last figures are not foretold. */
function byDay({ at, amount: _, subject: __, ...rest }: Happening) {
  return { ...rest, day: naturalDay(new Date(at), ZONE) };
}

test('[qiniu 7.2.1] [qiniu 7.2.2] [qiniu 7.4] [qiniu 4.3] usage that goes on as it was: warned, frozen, ended and erased on the days foretold', async () => {
  const lab = await testWorld({
    start: new Date('2026-03-01T16:00:00Z'),
    brandsDir: await labBrands([STORE]),
    seed: true,
  });
  const customer = await new Customer(lab, 'qiniu').ready('95');
  const meter = await labOf(lab, customer.story, customer.url);
  await meter.open('bucket', 'store');
  const sent = await meter.send([event('store.level', 'bucket', lab.clock.now(), { units: 5 })]);
  assert.equal(sent.status, 200);
  await lab.advanceTo(addDays(lab.clock.now(), 8, ZONE));
  const foretold = await customer.look();
  assert.equal(foretold.daily, parseYuan('5'));
  // The day before isn’t charged yet; it is, and 89 more.
  assert.equal(foretold.needs.at(-1)?.total, parseYuan('5') * 90n - foretold.cash);
  await lab.advanceTo(addDays(lab.clock.now(), DAYS, ZONE));
  const lines = foretold.lines.filter(({ act }) => !SAID_ONLY.has(act)).map(said);
  const happened = await customer.happened(foretold);
  assert.deepEqual(
    lines
      .map(byDay)
      .map((one) => JSON.stringify(one))
      .sort(),
    happened
      .map(byDay)
      .map((one) => JSON.stringify(one))
      .sort(),
  );
  const fees = (all: Happening[]) =>
    all
      .filter(({ act }) => act === 'debt.late-fee')
      .reduce((sum, { amount }) => sum + parseYuan(amount ?? '0'), 0n);
  const [said_, real] = [fees(lines), fees(happened)];
  const apart = said_ > real ? said_ - real : real - said_;
  assert.ok(apart * 100n <= real, `late fees of ${said_} were foretold, ${real} came`);
});
