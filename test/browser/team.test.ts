import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { asSystem } from '#kernel/house.ts';
import { totpCode } from '#modules/factors/index.ts';
import { hashPassword } from '#modules/identity/index.ts';
import { staffAdd } from '#modules/staff/index.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';
import { act, staffIn } from './visits.ts';

let world: World;

before(async () => {
  await builtConsole();
  world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
});

test('staff set up a second factor at their first sign-in, see what their role allows, and log in as a customer; administrators look after who works here', async (t) => {
  const customer = await readyCustomer(world, '20');
  const login = { email: 'helper@staff.example.com', password: 'Plum-rain-and-9-geese' };
  const { house } = world.server;
  const passwordHash = await hashPassword(login.password, []);
  await asSystem(house, house.brands.all[0]!.id, 'test', (tx, ctx) =>
    staffAdd(tx, ctx, {
      ...login,
      name: '李四',
      passwordHash,
      given: true,
      holdings: [{ role: 'support', brand: null }],
    }),
  );
  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);
  visitor.allow(401, /^\/api\/v1\/(staff\/)?auth\/session$/);
  visitor.allow(401, /^\/api\/v1\/staff\/auth\/(totp\/confirm|password)$/);

  await step('the first sign-in sets up an authenticator and shows recovery codes once', async () => {
    await page.goto('/staff');
    await visitor.field('邮箱').fill(login.email);
    await visitor.field('密码').fill(login.password);
    await visitor.button('登录').click();
    await page.getByRole('heading', { level: 1, name: '两步验证' }).waitFor();
    await page.getByRole('img', { name: '身份验证器的二维码' }).waitFor();
    const secret = await page.locator('code').first().textContent();
    await visitor.field('验证码').fill('000000');
    await visitor.button('启用').click();
    await page.getByRole('alert').filter({ hasText: '验证未通过' }).waitFor();
    await page.screenshot({ path: picture('staff-enrol'), fullPage: true });
    await visitor.field('验证码').fill(totpCode(secret!, world.clock.now()));
    await visitor.button('启用').click();
    const codes = page.getByRole('list', { name: '恢复码' }).getByRole('listitem');
    await codes.first().waitFor();
    assert.equal(await codes.count(), 10);
    await visitor.button('已保存，进入后台').click();
  });

  await step('a password that somebody else made is changed before anything opens', async () => {
    await page.getByRole('heading', { level: 1, name: '我的密码' }).waitFor();
    await page.goto('/staff/customers');
    await page.getByRole('heading', { level: 1, name: '我的密码' }).waitFor();
    await visitor.field('当前密码').fill('not this one');
    await visitor.field('新密码').fill('Seven-pines-by-the-lake');
    await visitor.button('修改密码').click();
    await visitor.complaintAt(visitor.field('当前密码'), '密码不对');
    await page.screenshot({ path: picture('staff-own-password'), fullPage: true });
    await visitor.field('当前密码').fill(login.password);
    await visitor.button('修改密码').click();
    await page.getByRole('heading', { level: 1, name: '客户' }).waitFor();
  });

  await step('a role that has no say over money isn’t led to it', async () => {
    await visitor.link('客户').first().waitFor();
    for (const name of ['订单', '支付', '员工', '审计'])
      assert.equal(
        await page.getByRole('navigation').getByRole('link', { name, exact: true }).count(),
        0,
        name,
      );
  });

  await step(
    'logged in as a customer: a banner says who and why on every page, and the way out',
    async () => {
      await page.goto('/staff/customers');
      await page.getByRole('link', { name: customer.email }).click();
      await act(visitor, '以客户身份登录', { fields: { 原因: '排查主机无法连接' } });
      await page.waitForURL(/\/services$/);
      const banner = page
        .getByRole('alert')
        .filter({ hasText: '李四 正以此客户的身份登录：排查主机无法连接' });
      await banner.waitFor();
      await page.screenshot({ path: picture('staff-visit'), fullPage: true });
      await page.goto('/billing');
      await banner.waitFor();
      // What the page was still asking for when the session ended.
      visitor.allow(401, /^\/api\/v1\/(?!staff)/);
      await banner.getByRole('button', { name: '离开' }).click();
      await page.waitForURL(/\/staff\/customers$/);
      await page.goto('/services');
      await page.waitForURL(/\/sign-in/);
    },
  );
  visitor.content();
  await visitor.leave();
  await administrator(t);
});

async function administrator(t: TestContext): Promise<void> {
  const visitor = await staffIn(world, world.url);
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('the list of the staff', async () => {
    await visitor.link('员工').click();
    const table = page.getByRole('table', { name: '员工' });
    await table.getByText('helper@staff.example.com').waitFor();
    await table.getByText('客服').waitFor();
    await page.screenshot({ path: picture('staff-team'), fullPage: true });
  });

  await step('a colleague is added with a password that is shown once', async () => {
    await visitor.button('添加员工').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('邮箱').fill('new@staff.example.com');
    await dialog.getByLabel('姓名').fill('王五');
    await dialog.getByRole('button', { name: '继续' }).click();
    await page.getByText(/初始密码（仅显示这一次/).waitFor();
    await page.getByRole('dialog').getByRole('button').last().click();
    await page.getByRole('table', { name: '员工' }).getByText('没有角色').waitFor();
  });

  await step('one’s own factors and sessions', async () => {
    await page.goto('/staff/own');
    await page.getByRole('table', { name: '登录中的设备' }).getByText('当前').waitFor();
    await visitor.button('重新生成恢复码').click();
    await page.getByRole('list', { name: '恢复码' }).getByRole('listitem').first().waitFor();
    await page.screenshot({ path: picture('staff-own'), fullPage: true });
  });
  visitor.content();
  await visitor.leave();
}
