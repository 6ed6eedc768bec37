import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { event, labOf } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { act, colleagueIn, pictures, signedIn, staffIn } from './visits.ts';

const ZONE = 'Asia/Shanghai';
const GB = 1_073_741_824;

/** Two customers of 七牛云: one buys a package and has a reading corrected, the other's debt is given up. */
async function metered(t: TestContext): Promise<void> {
  const start = new Date(systemClock.now().getTime() - 3 * 86_400_000);
  const world = await testWorld({ ticking: true, start, seed: true });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('qiniu'), world.url);
  const [payer, debtor] = [new StoryCustomer(url), new StoryCustomer(url)];
  await payer.getReady('100');
  await debtor.getReady('20');
  const lab = await labOf(world, payer, url);
  const other = await labOf(world, debtor, url);
  await lab.open('www.example.com', 'fusion-cdn');
  await other.open('big.example.com', 'fusion-cdn');
  const at = addDays(world.clock.now(), 1, ZONE);
  await world.advanceTo(at);
  for (const [name, gb] of [
    ['www.example.com', 64],
    ['big.example.com', 900],
  ] as const) {
    const sent = await lab.send([event('cdn.traffic', name, at, { bytes: gb * GB })]);
    assert.equal(sent.status, 200, JSON.stringify(sent.json));
  }
  await world.advanceTo(systemClock.now());
  const visitor = await signedIn(url, payer);
  const { page } = visitor;
  const desk = await staffIn(world, url);
  const step = visitor.chapters(t);

  await step('where nothing is sold by the month, services and orders lead to usage', async () => {
    const places = page.getByRole('navigation', { name: '主导航' });
    await places.getByRole('link', { name: '用量' }).waitFor();
    assert.equal(await places.getByRole('link', { name: '购买' }).count(), 0);
    for (const path of ['/services', '/order']) {
      await page.goto(path);
      await visitor.link('用量与资源包').click();
      await page.getByRole('heading', { level: 1, name: '用量' }).waitFor();
    }
  });

  await step('a package is bought from the balance', async () => {
    await page.goto('/billing/usage');
    const before = Number(await payer.balance());
    await act(visitor, '购买 流量包 100 GB');
    await page.getByRole('table', { name: '资源包', exact: true }).getByText('0 GB / 100 GB').waitFor();
    await pictures(visitor, 'package');
    assert.equal((before - Number(await payer.balance())).toFixed(2), '21.00');
  });

  await step('staff correct what a meter showed', async () => {
    await desk.page.goto(`/staff/customers/${lab.customerId}`);
    await desk.page.getByRole('table', { name: '计量对象' }).getByText('www.example.com').waitFor();
    const clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: ZONE,
      dateStyle: 'short',
      timeStyle: 'short',
    });
    await act(desk, '更正 www.example.com', {
      fields: {
        计量项编号: 'traffic',
        所更正的时刻: clock.format(at),
        '数量（基本单位）': String(-32 * GB),
        原因: '边缘节点重复上报',
      },
    });
    await pictures(desk, 'subjects-desk');
  });

  await step('[qiniu 7.4] what is owed is given up when two of the staff agree', async () => {
    await desk.page.goto('/staff/outgoing?tab=debts');
    await desk.page.getByRole('table', { name: '欠款' }).getByRole('row').nth(1).waitFor();
    await pictures(desk, 'debts-desk');
    await act(desk, /^核销/, { fields: { 原因: '已停业' } });
    const colleague = await colleagueIn(world, url, 'second');
    await colleague.page.goto('/staff/approvals');
    await colleague.button(/^同意/).first().waitFor();
    await pictures(colleague, 'write-off-approval');
    const count = await colleague.button(/^同意 已停业/).count();
    assert.equal(count, 1);
    await act(colleague, /^同意 已停业/, { fields: { 原因: '同意' } });
    await colleague.page.getByRole('table', { name: '复核' }).getByText('已同意').waitFor();
    colleague.content();
    await colleague.leave();
    assert.equal(
      (await ok(debtor.api.GET('/api/v1/debts'))).items.filter((each) => !each.closed_at).length,
      0,
    );
  });

  await step('reports as of a day, and what was corrected in the customer’s charges', async () => {
    await desk.page.goto('/staff/books');
    await desk.page.getByRole('table', { name: /收入/ }).getByRole('row').nth(1).waitFor();
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(addDays(start, -10, ZONE));
    await desk.field('至').fill(day);
    await desk.sees('没有数据');
    await pictures(desk, 'reports-desk');
    await desk.page.getByRole('tab', { name: '试算平衡' }).click();
    await desk.page.getByRole('table', { name: '试算平衡' }).getByText('坏账核销').waitFor();
    await pictures(desk, 'trial-desk');
    desk.content();
    await world.advanceTo(addDays(world.clock.now(), 1, ZONE));
    await page.goto('/billing/usage');
    await page.getByRole('table', { name: '计费记录' }).getByText('更正').first().waitFor();
    await pictures(visitor, 'corrected');
    visitor.content();
  });
  await desk.leave();
  await visitor.leave();
}

test('metered use by hand: packages, corrections, write-offs, in a real browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await t.test('a package, a correction, a debt given up', metered);
});
