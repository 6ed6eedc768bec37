import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';

const DAY_MS = 86_400_000;

test('an expired machine says why it is stopped, until when, and is restored by renewing', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  // So long ago that its end is the present that the browser counts from.
  const start = new Date(systemClock.now().getTime() - 31.5 * DAY_MS);
  const world = await testWorld({ ticking: true, start });
  const customer = await readyCustomer(world, '30');
  const id = await customer.order({ access: PASSWORD_ACCESS, hostname: 'shop' });
  const { period_end: end } = await customer.until(id, (service) => service.state === 'active');
  await world.advanceTo(new Date(Date.parse(end) + 60_000));

  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('the list shows it as stopped, with what is left', async () => {
    visitor.allow(401, /^\/api\/v1\/auth\/session$/);
    await page.goto('/services');
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.field('密码').fill(customer.password);
    await visitor.button('登录').click();
    const row = page.getByRole('row').filter({ hasText: 'shop' });
    await row.getByText('已停机').waitFor();
    await row.getByText(/后永久删除/).waitFor();
    await visitor.link('shop').click();
  });

  await step('its page says by which clause, and that the data is there', async () => {
    const banner = page.getByRole('alert', { name: '服务已停机' });
    await banner.getByText('数据还在。续费后立即恢复。').waitFor();
    await banner.getByText(/^[23] 天.*后永久删除$/).waitFor();
    await banner.getByRole('button', { name: '查看条款第 5.3 条' }).click();
    await visitor.sees('停机后有 3 天宽限期');
    await page.keyboard.press('Escape');
    assert.equal(await visitor.button('关机').count(), 0);
  });

  await step('the reminders that were sent are among the notices', async () => {
    await visitor.link(/^通知/).click();
    const notices = page.getByRole('list', { name: '通知' });
    await notices.getByRole('listitem').filter({ hasText: 'shop' }).nth(2).waitFor();
    await page.goBack();
  });

  await step('renewing restores it at once', async () => {
    await page.getByRole('alert').getByRole('button', { name: '续费' }).click();
    await page.getByRole('dialog').getByText('付款后机器会立即恢复运行').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: '支付 ¥9.90 续费' }).click();
    await visitor.sees('续费成功');
    await visitor.sees('已开机');
    await page.getByRole('alert', { name: '服务已停机' }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: '记录' }).click();
    const history = page.getByRole('table', { name: '记录' });
    await history
      .getByRole('row')
      .filter({ hasText: '到期停机' })
      .getByRole('button', { name: '查看条款第 5.3 条' })
      .waitFor();
  });

  await step('when too little is left, the dialog says how much and leads to the top-up', async () => {
    await visitor.button('续费').click();
    await page.getByRole('dialog').getByRole('button', { name: '支付 ¥9.90 续费' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await visitor.button('续费').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('余额不足，还差 ¥9.60').waitFor();
    assert.equal(await dialog.getByRole('button', { name: /^支付/ }).isDisabled(), true);
    await dialog.getByRole('link', { name: '充值' }).click();
    await page.getByRole('heading', { level: 1, name: '充值' }).waitFor();
    assert.equal(await visitor.field('其他金额').last().inputValue(), '9.60');
  });

  visitor.content();
  await visitor.leave();
});
