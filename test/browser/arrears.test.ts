import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { event, labOf } from '../support/metering.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

const DAY_MS = 86_400_000;
const ZONE = 'Asia/Shanghai';
const GB = 1_073_741_824;

async function billed(t: TestContext): Promise<void> {
  const start = new Date(systemClock.now().getTime() - 22 * DAY_MS);
  const world = await testWorld({ ticking: true, start, seed: true });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('yunfuwuqi'), world.url);
  const customer = new StoryCustomer(url);
  await customer.getReady('30');
  const id = await customer.order({
    plan: 'cs-1',
    region: 'sg',
    hostname: 'web-01',
    access: PASSWORD_ACCESS,
  });
  await customer.until(id, ({ state }) => state === 'active');
  const customerId = (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
  // Ten days before the end of the period; and what staff are given lasts for hours of the browser's own clock.
  await world.advanceTo(systemClock.now());
  const visitor = await signedIn(url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('[yunfuwuqi S3.2] staff allow a customer to pay by bill', async () => {
    const desk = await staffIn(world, url);
    await desk.page.goto(`/staff/customers/${customerId}`);
    await desk.page.getByRole('button', { name: '开通或调整' }).click();
    const dialog = desk.page.getByRole('dialog');
    await dialog.getByLabel('额度（元）').fill('200');
    await dialog.getByLabel('原因').fill('老客户');
    await dialog.getByRole('button', { name: '开通或调整' }).click();
    await desk.sees(/额度 ¥200\.00/);
    await pictures(desk, 'arrears-desk-credit');
    desk.content();
    await desk.leave();
  });

  await step('the customer has the service renewed by bills', async () => {
    await page.goto('/billing/bills');
    await page.getByRole('combobox', { name: /续期方式/ }).click();
    await page.locator('.ant-select-item-option', { hasText: '每 1 个月一张账单' }).click();
    await visitor.sees('已更新');
  });

  await step(
    '[yunfuwuqi S3.2] the bill is there, and is paid: from the balance, then by a top-up',
    async () => {
      await world.advanceTo(systemClock.now());
      await page.reload();
      const row = page.getByRole('table', { name: '账单' }).getByRole('row').nth(1);
      await row.getByText('¥25.00').first().waitFor();
      await pictures(visitor, 'arrears-bill');
      await visitor.button(/^支付账单 INV/).click();
      await page.waitForURL(/\/top-up\?/);
      await pictures(visitor, 'arrears-bill-top-up');
      await customer.topUp('20');
      await page.goto('/billing/bills');
      await row.getByText('已付清').waitFor();
      await pictures(visitor, 'arrears-bill-paid');
      assert.equal((await ok(customer.api.GET('/api/v1/bills'))).items[0]!.state, 'paid');
      visitor.content();
    },
  );
  await visitor.leave();
}

async function frozen(t: TestContext): Promise<void> {
  const start = new Date(systemClock.now().getTime() - 3 * DAY_MS);
  const world = await testWorld({ ticking: true, start, seed: true });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('qiniu'), world.url);
  const customer = new StoryCustomer(url);
  await customer.getReady('20');
  const lab = await labOf(world, customer, url);
  await lab.open('www.example.com', 'fusion-cdn');
  const at = addDays(world.clock.now(), 1, ZONE);
  await world.advanceTo(at);
  const sent = await lab.send([event('cdn.traffic', 'www.example.com', at, { bytes: 900 * GB })]);
  assert.equal(sent.status, 200, JSON.stringify(sent.json));
  await world.advanceTo(systemClock.now());
  const visitor = await signedIn(url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);
  const banner = page.getByTestId('arrears-banner');

  await step(
    '[qiniu 7.2.1] every page says since when, by which clause, what to pay until when, and what happens then',
    async () => {
      await page.goto('/billing');
      await banner.getByText('账户已冻结').waitFor();
      await banner.getByText(/请在 .* 前充值至少 ¥/).waitFor();
      await banner.getByText(/数据永久删除/).waitFor();
      await banner.getByRole('button', { name: /7\.2\.1/ }).waitFor();
      await pictures(visitor, 'arrears-frozen');
    },
  );

  await step('staff see it among the frozen accounts', async () => {
    const desk = await staffIn(world, url);
    await desk.page.goto('/staff/arrears');
    await desk.page.getByRole('table', { name: '已冻结账户' }).getByRole('row').nth(1).waitFor();
    await pictures(desk, 'arrears-desk-frozen');
    desk.content();
    await desk.leave();
  });

  await step('[qiniu 7.2.2] paid, it runs again at once', async () => {
    const { account } = await ok(customer.api.GET('/api/v1/arrears'));
    await banner.getByRole('link', { name: /充值 ¥/ }).click();
    await page.waitForURL(/\/top-up\?/);
    await customer.topUp(account!.to_pay);
    await page.goto('/billing');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await banner.waitFor({ state: 'detached' });
    visitor.content();
  });
  await visitor.leave();
}

test('arrears, in a real browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  // Opened here, it lives as long as both.
  await browser();
  await t.test('a bill is allowed, chosen, issued and paid', billed);
  await t.test('a frozen account says what is to be done, and is paid', frozen);
});
