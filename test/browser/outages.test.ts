import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { wallClock } from '#kernel/time.ts';
import { hours, later, periodBrand } from '../support/outages.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';
import { staffEnters } from './visits.ts';

test('staff record an outage, see what it means, apply it; everybody sees the outage and the customer what came of it', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const start = later(systemClock.now(), -hours(6));
  const world = await testWorld({ ticking: true, start, seed: true, brandsDir: await periodBrand() });
  const login = world.server.logins.find(({ role }) => role === 'staff');
  assert.ok(login);
  const customer = await readyCustomer(world, '30');
  const service = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(service, ({ state }) => state === 'active');
  const from = later(world.clock.now(), hours(1));
  world.clock.moveTo(later(start, hours(5.9)));
  const zone = 'Asia/Shanghai';

  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('staff record an outage that is over', async () => {
    visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
    await page.goto('/staff/outages');
    await page.waitForURL(/\/staff\/sign-in/);
    await staffEnters(visitor, world, login);
    await page.getByRole('heading', { level: 1, name: '故障与索赔' }).waitFor();
    await visitor.button('记录故障').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('标题（中文）').fill('香港节点断电');
    await dialog.getByLabel('标题（英文）').fill('Power cut in Hong Kong');
    await dialog.getByLabel('开始').fill('昨天');
    await dialog.getByLabel('结束').fill(wallClock(later(from, hours(3.5)), zone));
    await dialog.getByLabel('服务编号（每行一个）').fill(service);
    await dialog.getByRole('button', { name: '记录故障' }).click();
    await dialog.getByText('请按 2026-03-02 09:30 的格式填写').waitFor();
    await dialog.getByLabel('开始').fill(wallClock(from, zone));
    await dialog.getByRole('button', { name: '记录故障' }).click();
    await page.getByRole('link', { name: '香港节点断电' }).click();
  });

  await step('what it means is shown before anything happens', async () => {
    const preview = page.getByRole('table', { name: '后果预览' });
    await preview.getByText('顺延 3 小时').waitFor();
    await preview.getByRole('button', { name: '查看条款第 8.2 条' }).waitFor();
    await page.screenshot({ path: picture('outage-preview'), fullPage: true });
    const { items } = (await customer.api.GET('/api/v1/account/outages')).data!;
    assert.deepEqual(items[0]!.consequences, []);
  });

  await step('it is applied once', async () => {
    await visitor.button('生效').click();
    await page.getByRole('dialog').getByRole('button', { name: '生效' }).click();
    await visitor.sees('第 1 条已于');
    await visitor.button('生效').waitFor({ state: 'detached' });
  });

  await step('anybody sees it on the status page', async () => {
    await page.goto('/status');
    await page.getByRole('table', { name: '服务状态' }).getByText('香港节点断电').waitFor();
    await visitor.sees('目前没有故障');
    await page.screenshot({ path: picture('status'), fullPage: true });
  });

  await step('the customer sees what came of it, and what a claim may come to', async () => {
    visitor.allow(401, /^\/api\/v1\/auth\/session$/);
    await page.goto('/sign-in');
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.field('密码').fill(customer.password);
    await visitor.button('登录').click();
    await page.waitForURL(/\/services/);
    await page.goto(`/services/${service}?tab=outages`);
    const own = page.getByRole('table', { name: '这项服务的故障' });
    await own.getByText('香港节点断电').waitFor();
    await own.getByText('顺延 3 小时').waitFor();
    await visitor.sees('按条款最多可赔偿');
    await visitor.button('提出索赔').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('索赔金额（元）').fill('1');
    await dialog.getByLabel('理由').fill('丢了一单');
    await dialog.getByRole('button', { name: '提出索赔' }).click();
    await page.getByRole('table', { name: '索赔' }).getByText('待处理').waitFor();
    await page.screenshot({ path: picture('service-outages'), fullPage: true });
  });

  await visitor.leave();
});
