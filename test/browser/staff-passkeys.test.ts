import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addMinutes } from '#kernel/time.ts';
import { staffMade } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';
import { authenticator } from './authenticator.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';
import { act, pictures, staffIn } from './visits.ts';

/** A member of the staff whose second factor is a passkey, with the authenticator that Chromium brings for tests. */

async function journey(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const helper = await staffMade(world, 'helper', [{ role: 'support', brand: null }]);
  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);
  visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
  const device = await authenticator(visitor);

  const password = async () => {
    await page.goto('/staff/sign-in');
    await visitor.field('邮箱').fill(helper.email);
    await visitor.field('密码').fill(helper.password);
    await visitor.button('登录').click();
    await page.getByRole('heading', { level: 1, name: '两步验证' }).waitFor();
  };
  const inside = () => page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  const enrol = async () => {
    await visitor.button('创建通行密钥').click();
    await page.getByRole('list', { name: '恢复码' }).getByRole('listitem').first().waitFor();
    await visitor.button('已保存，进入后台').click();
    await inside();
  };
  const leave = async () => {
    await visitor.button('退出登录').click();
    await page.waitForURL(/\/staff\/sign-in/);
  };

  await step('the first sign-in makes a passkey, and shows recovery codes once', async () => {
    await password();
    await enrol();
    await page.goto('/staff/own');
    await page.getByText('后台').first().waitFor();
    await visitor.button(/^移除通行密钥/).waitFor();
    await leave();
  });

  await step('the next one shows it, and a code isn’t asked for', async () => {
    await password();
    await visitor.button('使用通行密钥').click();
    await inside();
    await leave();
  });

  await step('with the device gone its owner asks for a reset, and stays outside', async () => {
    await device.lose();
    await password();
    await page.goto('/staff/customers');
    await page.getByRole('heading', { level: 1, name: '两步验证' }).waitFor();
    await visitor.button('验证器和恢复码都丢失了').click();
    await visitor.field('原因').fill('工作手机遗失');
    await visitor.button('申请重置').click();
    await page.getByRole('status').filter({ hasText: '已提出申请' }).waitFor();
  });

  const desk = await staffIn(world, world.url);
  await step(
    'a colleague decides what somebody else asked for; what they ask for themselves another one has to',
    async () => {
      await desk.link('员工').click();
      await desk.sees('等待批准重置：工作手机遗失');
      await act(desk, '批准');
      await desk.page.getByText('等待批准重置：工作手机遗失').waitFor({ state: 'detached' });
      await act(desk, '申请重置 helper 的两步验证', { fields: { 原因: '再查一次' } });
      await desk.sees('等待批准重置：再查一次');
      desk.allow(403, /^\/api\/v1\/staff\/factor-resets\/[\w-]+\/decision$/);
      await desk.button('批准').click();
      const dialog = desk.page.getByRole('dialog');
      await dialog.getByRole('button', { name: '批准' }).click();
      await dialog.getByRole('alert').filter({ hasText: '需要另一位同事批准' }).waitFor();
      await dialog.getByRole('button', { name: '取消' }).click();
    },
  );

  await step('then a new device is enrolled, and the old passkey is nobody’s', async () => {
    const { db } = world.server.house;
    const left = await db
      .selectFrom('factors_passkey')
      .select('id')
      .where('owner_id', '=', helper.id)
      .execute();
    assert.deepEqual(left, []);
    await authenticator(visitor);
    world.clock.moveTo(addMinutes(world.clock.now(), 1));
    await password();
    await enrol();
  });

  await step(
    'places stand in groups, fold away, are found by letters and keys, and fit a phone',
    async () => {
      const nav = desk.page.getByRole('navigation', { name: '主导航' });
      await desk.page.goto('/staff');
      await nav.getByRole('button', { name: '资金', expanded: true }).click();
      await nav.getByRole('button', { name: '资金', expanded: false }).waitFor();
      assert.equal(await nav.getByRole('link', { name: '账簿' }).count(), 0, 'folded away');
      await desk.page.keyboard.press('Control+k');
      await desk.page.keyboard.type('账簿');
      await desk.page.keyboard.press('Enter');
      await desk.page.getByRole('heading', { level: 1, name: '账簿' }).waitFor();
      await desk.page.keyboard.press('Control+k');
      await desk.page.keyboard.type('没有这一页');
      await nav.getByText('没有符合的页面').waitFor();
      await desk.page.keyboard.press('Escape');
      await nav.getByRole('button', { name: '资金', expanded: false }).click();
      await pictures(desk, 'staff-places');
      await desk.page.setViewportSize({ width: 390, height: 800 });
      assert.equal(await nav.count(), 0, 'behind its button');
      await desk.button('菜单').focus();
      await desk.page.keyboard.press('Enter');
      await nav.waitFor();
      await desk.page.screenshot({ path: picture('staff-places-open-phone') });
      await desk.page.keyboard.press('Escape');
      assert.match(String(await desk.page.evaluate('document.activeElement.textContent')), /菜单/);
      await desk.button('菜单').click();
      await nav.getByRole('link', { name: '案件' }).click();
      await desk.page.getByRole('heading', { level: 1, name: '案件' }).waitFor();
      assert.equal(await nav.count(), 0);
    },
  );
  desk.content();
  visitor.content();
  await Promise.all([desk.leave(), visitor.leave()]);
}

test('staff with a passkey: made, shown, lost, reset by a colleague, made anew; and the places of the back office', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await journey(t);
});
