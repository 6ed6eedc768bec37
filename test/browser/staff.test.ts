import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { pictures, staffEnters } from './visits.ts';

test('staff find customers, record a consent, and read what was done by which clause', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const login = world.server.logins.find(({ role }) => role === 'staff');
  assert.ok(login);
  const customer = await readyCustomer(world, '30');
  const serviceId = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(serviceId, (service) => service.state === 'active');
  const minor = new StoryCustomer(world.url);
  await minor.signUp({ minor: true });
  await minor.acceptTerms();

  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('a customer’s login doesn’t open the back office', async () => {
    visitor.allow(401, /^\/api\/v1\/staff\/auth\/(session|sign-in)$/);
    await page.goto('/staff');
    await page.waitForURL(/\/staff\/sign-in/);
    await visitor.field('邮箱').fill(customer.email);
    await visitor.field('密码').fill(customer.password);
    await visitor.button('登录').click();
    await page.getByRole('alert').filter({ hasText: '邮箱或密码不对' }).waitFor();
  });

  await step('staff sign in and see what needs them first', async () => {
    await staffEnters(visitor, world, login);
    await page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
    await visitor.sees('没有需要处理的事项');
  });

  await step('a customer is found by e-mail', async () => {
    await visitor.link('客户').first().click();
    await page.getByPlaceholder('按邮箱或编号查找').fill(minor.email);
    await visitor.button('查找').click();
    const table = page.getByRole('table', { name: '客户' });
    await table.getByText(customer.email).waitFor({ state: 'detached' });
    await table.getByRole('link', { name: minor.email }).click();
    await page.getByRole('heading', { level: 1, name: minor.email }).waitFor();
  });

  await step('a guardian’s consent is recorded, and is in the audit log', async () => {
    await visitor.button('登记监护人同意').click();
    await visitor.complaintAt(visitor.field('凭据编号或说明'), '请填写此项');
    await visitor.field('凭据编号或说明').fill('归档 2026-0031');
    await visitor.button('登记监护人同意').click();
    await visitor.sees('已登记监护人同意');
    await page.reload();
    await page.getByRole('table', { name: '审计' }).getByText('归档 2026-0031').waitFor();
    await page
      .getByRole('table', { name: '审计' })
      .getByRole('button', { name: '查看条款第 1.3 条' })
      .first()
      .click();
    await visitor.sees('未满 18 周岁须有监护人同意的记录');
  });

  await step('services, orders, payments, jobs and nodes are listed', async () => {
    await page.goto('/staff/services');
    await page.getByRole('table', { name: '服务' }).getByText('blog').waitFor();
    await page.getByRole('table', { name: '服务' }).getByText('模拟节点').waitFor();
    await page.getByRole('table', { name: '服务' }).getByRole('link', { name: customer.email }).waitFor();
    const find = page.getByRole('searchbox', { name: '名称、编号或访问地址（主机:端口）' });
    await find.fill('nothing-like-it');
    await find.press('Enter');
    await visitor.sees('没有找到');
    await find.fill('BLO');
    await find.press('Enter');
    await page.waitForURL(/q=BLO$/);
    await page.getByRole('table', { name: '服务' }).getByText('blog').waitFor();
    await visitor.link('订单').click();
    await page.getByRole('table', { name: '订单' }).getByText('¥9.90').waitFor();
    await page.getByRole('table', { name: '订单' }).getByText('微型 · 香港').waitFor();
    await visitor.link('支付').click();
    await page.getByRole('table', { name: '支付' }).getByText('已到账').waitFor();
    await visitor.link('任务').click();
    await page.getByRole('heading', { level: 1, name: '任务' }).waitFor();
    await visitor.link('节点').click();
    await page.getByRole('table', { name: '节点' }).getByText('模拟节点').waitFor();
  });

  await step('the audit log is read for one service', async () => {
    await page.goto('/staff/services');
    await page.getByRole('table', { name: '服务' }).getByRole('link', { name: 'blog' }).click();
    await page.waitForURL(new RegExp(`/staff/services/${serviceId}`));
    await page.getByRole('heading', { level: 1, name: 'blog' }).waitFor();
    await page.getByRole('link', { name: customer.email }).click();
    await page.getByRole('table', { name: '服务' }).getByRole('link', { name: 'blog' }).click();
    await page.getByRole('table', { name: '审计' }).getByRole('row').nth(1).waitFor();
  });

  await step(
    'an address that no page has says so beneath the header that its part of the site has',
    async () => {
      await page.goto('/staff/no-such-page');
      await visitor.sees('没有这个页面');
      await page.getByRole('navigation').getByRole('link', { name: '审计' }).waitFor();
      await page.goto('/no-such-page');
      await visitor.sees('没有这个页面');
      await page.getByRole('banner').getByRole('link', { name: '登录' }).waitFor();
      await pictures(visitor, 'nowhere');
      await page.goto('/staff');
    },
  );

  await step('staff sign out', async () => {
    await visitor.button('退出登录').click();
    await page.waitForURL(/\/staff\/sign-in/);
    await page.goto('/staff/audit');
    await page.waitForURL(/\/staff\/sign-in\?back=/);
  });

  visitor.content();
  await visitor.leave();
});
