import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';

test('[lantian 4.3] [yunfuwuqi S5.1] a machine’s page says whose duty backups are, and how its data is copied out', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now() });
  const { brands } = world.server.house;
  for (const [brand, order, title, clause] of [
    ['lantian', {}, '没有备份', '4.3'],
    ['yunfuwuqi', { plan: 'cs-1', region: 'sg' }, '备份由您负责', 'S5.1'],
  ] as const) {
    const url = brands.url(brands.get(brand), world.url);
    const customer = new StoryCustomer(url);
    await customer.getReady('60');
    const id = await customer.order({ ...order, access: PASSWORD_ACCESS, hostname: 'blog' });
    const { instance } = await customer.until(id, ({ state }) => state === 'active');
    const visitor = await Visitor.arrive({ url, locale: 'zh-CN' });
    const { page } = visitor;
    visitor.allow(401, /^\/api\/v1\/auth\/session$/);
    await page.goto(`/services/${id}`);
    await page.waitForURL(/\/sign-in/);
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.field('密码').fill(customer.password);
    await visitor.button('登录').click();
    const panel = page.getByRole('region', { name: title });
    await panel.getByRole('button', { name: `查看条款第 ${clause} 条` }).waitFor();
    const { host, port } = instance!.ssh!;
    const commands = await panel.locator('code').allTextContents();
    assert.equal(commands.length, 2);
    for (const [i, way] of ['rsync', 'sftp'].entries()) {
      assert.ok(
        commands[i]!.startsWith(way) && commands[i]!.includes(host) && commands[i]!.includes(String(port)),
      );
    }
    await panel.getByText('对象存储').waitFor();
  }
});
