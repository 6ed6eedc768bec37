import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn } from './visits.ts';

/** What a customer changes of services that run: the plan, the day they are due on, and that they end early. */
async function changes(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('asiayun'), world.url);
  const customer = new StoryCustomer(url);
  await customer.getReady('500');
  const order = (hostname: string, months: number) =>
    customer.order({ plan: 'ay-1', region: 'hk', hostname, months, access: PASSWORD_ACCESS });
  const early = await order('early', 1);
  const late = await order('late', 3);
  for (const id of [early, late]) await customer.until(id, ({ state }) => state === 'active');
  const visitor = await signedIn(url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('a larger plan: what it costs is said, paid, and done to the machine', async () => {
    await page.goto(`/services/${early}?tab=plan`);
    await visitor.choose('套餐', '通用型');
    await visitor.sees('现在支付');
    await pictures(visitor, 'change-plan');
    const before = Number(await customer.balance());
    await visitor.button(/^支付 ¥.* 并变更$/).click();
    await visitor.sees('配置已变更');
    assert.ok(Number(await customer.balance()) < before);
    await customer.until(early, ({ plan, state }) => plan === 'ay-2' && state === 'active');
  });

  await step('both services are made due on one day, at the price that is shown', async () => {
    await page.goto('/services');
    await visitor.link('统一到期日').click();
    await page.getByRole('checkbox', { name: /early/ }).check();
    await page.getByRole('checkbox', { name: /late/ }).check();
    await visitor.sees('补足到');
    const pay = visitor.button(/^支付 ¥.* 并统一$/);
    await pay.waitFor();
    await pictures(visitor, 'align');
    const price = /¥([\d.]+)/.exec((await pay.textContent()) ?? '')?.[1];
    const before = Number(await customer.balance());
    await pay.click();
    await visitor.sees('已统一到期日');
    const [one, other] = [await customer.service(early), await customer.service(late)];
    assert.equal(one.period_end, other.period_end);
    assert.equal((before - Number(await customer.balance())).toFixed(2), price);
  });

  await step('[asiayun 3.1] a service is ended early: what doesn’t come back is said first', async () => {
    await page.goto(`/services/${late}?tab=plan`);
    const end = visitor.button('结束服务');
    await end.waitFor();
    assert.ok(await end.isDisabled());
    await page.getByRole('checkbox', { name: /我确认结束服务，并放弃不退还的部分/ }).check();
    await pictures(visitor, 'end-early');
    await end.click();
    await visitor.sees(/服务已结束，退回 ¥0\.00/);
    await customer.until(late, ({ state }) => state !== 'active');
    const { items } = await ok(customer.api.GET('/api/v1/services'));
    assert.equal(items.find(({ id }) => id === early)?.state, 'active');
    await pictures(visitor, 'end-early-done');
    visitor.content();
  });
  await visitor.leave();
}

test('services are changed, aligned and ended, in a real browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await t.test('a plan, a day, an end', changes);
});
