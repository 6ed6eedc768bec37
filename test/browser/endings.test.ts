import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';
import { staffEnters } from './visits.ts';

test('[lantian 5.4] an end that staff propose and the customer accepts, with what went back and the certificate of erasure', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const login = world.server.logins.find(({ role }) => role === 'staff');
  assert.ok(login);
  const customer = await readyCustomer(world, '30');
  const serviceId = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(serviceId, (service) => service.state === 'active');

  const staff = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const step = staff.chapters(t);
  await step('staff propose an end with what goes back', async () => {
    staff.allow(401, /^\/api\/v1\/staff\/auth\/(session|sign-in)$/);
    await staff.page.goto(`/staff/services/${serviceId}`);
    await staffEnters(staff, world, login);
    await staff.page.getByRole('heading', { name: '限制、终止与数据' }).waitFor();
    await staff.button('提议协商终止').click();
    const dialog = staff.page.getByRole('dialog');
    await dialog.getByLabel('退还金额').fill('5');
    await dialog.getByLabel('原因（客户可见）').fill('双方同意');
    await dialog.getByRole('button', { name: '提议协商终止' }).click();
    await staff.sees('等客户答复：退还 ¥5.00');
    await staff.page.screenshot({ path: picture('staff-service-ends'), fullPage: true });
    staff.content();
  });
  await staff.leave();

  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const then = visitor.chapters(t);
  await then('the customer reads and accepts it', async () => {
    visitor.allow(401, /^\/api\/v1\/auth\/(session|sign-in)$/);
    await visitor.page.goto(`/sign-in?back=/services/${serviceId}`);
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.field('密码').fill(customer.password);
    await visitor.button('登录').click();
    await visitor.sees('我们提议终止这项服务，退还 ¥5.00');
    await visitor.page.screenshot({ path: picture('service-end-proposed'), fullPage: true });
    await visitor.button('接受并终止').click();
    await visitor.page.getByRole('dialog').getByRole('button', { name: '接受并终止' }).click();
    await visitor.sees('已退 ¥5.00');
  });
  await then('once the machine is gone, the certificate can be downloaded', async () => {
    await world.drain();
    await visitor.page.reload();
    const link = visitor.page.getByRole('link', { name: '数据删除证明' });
    await link.waitFor();
    const [download] = await Promise.all([visitor.page.waitForEvent('download'), link.click()]);
    assert.match(download.suggestedFilename(), /^EC\d{8}-[0-9A-F]{12}\.pdf$/);
    await visitor.page.screenshot({ path: picture('service-erased'), fullPage: true });
    visitor.content();
  });
  await visitor.leave();
});
