import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { call } from '../api/call.ts';
import { decideNewest, staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

/** Keys are made and taken back, people read their own record, staff give an authority what it may have. */
test('a key is made, shown once, used, and revoked; the record tells of it; an authority is given what two agreed to', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const customer = new StoryCustomer(world.url);
  await customer.getReady('30');
  const home = await signedIn(world.url, customer);
  const step = home.chapters(t);
  let bearer = '';

  await step('the key is made and shown this once', async () => {
    await home.page.goto('/account/keys');
    await home.page.getByRole('button', { name: '新建密钥' }).click();
    const dialog = home.page.getByRole('dialog', { name: '新建密钥' });
    await dialog.getByLabel('名称').fill('部署');
    await dialog.getByRole('radio', { name: /Bearer/ }).check();
    await dialog.getByRole('radiogroup', { name: '财务' }).getByRole('radio', { name: '查看' }).check();
    await dialog.getByLabel('允许的地址').fill('127.0.0.0/8');
    await dialog.getByLabel('允许的地址').press('Enter');
    await dialog.getByRole('button', { name: '新建密钥' }).click();
    const made = home.page.getByRole('dialog', { name: '密钥已创建' });
    await made.getByText('密钥只在这里显示一次').waitFor();
    bearer = (await made.locator('.key-secret').textContent()) ?? '';
    await made.getByRole('button', { name: '已保存' }).click();
    const asked = await call(world, 'GET', '/balance', { headers: { authorization: `Bearer ${bearer}` } });
    assert.deepEqual([asked.status, asked.json.balance], [200, '30.00']);
    await home.page.reload();
    const row = home.page.getByRole('row').filter({ hasText: '部署' });
    await row.getByText('有效', { exact: true }).waitFor();
    await row.getByText('127.0.0.0/8').waitFor();
    assert.ok(!(await home.page.content()).includes(bearer.slice(37)), 'not shown again');
    await pictures(home, 'keys');
  });

  await step('revoked, it opens nothing', async () => {
    await home.page.getByRole('button', { name: '吊销 部署' }).click();
    await home.page
      .getByRole('dialog')
      .getByRole('button', { name: /^吊\s?销$/ })
      .click();
    await home.page
      .getByRole('row')
      .filter({ hasText: '部署' })
      .getByText('已吊销', { exact: true })
      .waitFor();
    const asked = await call(world, 'GET', '/balance', { headers: { authorization: `Bearer ${bearer}` } });
    assert.deepEqual([asked.status, asked.json.code], [401, 'key-revoked']);
  });

  await step('the record tells who did what, and is kept as a file', async () => {
    await home.page.goto('/account/record');
    const table = home.page.getByRole('table', { name: '操作记录' });
    await table.getByText('吊销 API 密钥').waitFor();
    await table.getByText(customer.email).first().waitFor();
    const [download] = await Promise.all([
      home.page.waitForEvent('download'),
      home.page.getByRole('button', { name: '导出 CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'record.csv');
    await home.page.getByLabel('操作', { exact: true }).click();
    await home.page.getByTitle('API 密钥', { exact: true }).click();
    await home.page.getByRole('button', { name: /^筛\s?选$/ }).click();
    await table.getByText('注册', { exact: true }).waitFor({ state: 'detached' });
    await table.getByText('新建 API 密钥').waitFor();
    await pictures(home, 'record');
  });

  await step('staff ask for an authority, a colleague approves, the file is had once', async () => {
    const desk = await staffIn(world, world.url);
    await desk.page.goto('/staff/customers');
    await desk.link(customer.email).click();
    await desk.button('申请调取').click();
    const dialog = desk.page.getByRole('dialog', { name: '申请调取' });
    await dialog.getByLabel('机关').fill('某区公安分局');
    await dialog.getByLabel('文书编号').fill('调取证据通知书 2026-17');
    await dialog.getByLabel('法律依据（条款）').fill('网络安全法第二十八条');
    await dialog.getByRole('combobox').click();
    await desk.page.getByTitle('法律规定', { exact: true }).click();
    await dialog.getByLabel('从', { exact: true }).fill('2026-01-01');
    await dialog.getByLabel('到（不含）').fill('2026-02-01');
    await dialog.getByRole('button', { name: '申请调取' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await decideNewest(await staffMember(world, 'second'), true);
    await desk.page.goto('/staff/authorities');
    await desk.button('下载 调取证据通知书 2026-17 的文件').click();
    const [download] = await Promise.all([
      desk.page.waitForEvent('download'),
      desk.page
        .getByRole('dialog')
        .getByRole('button', { name: /^下\s?载$/ })
        .click(),
    ]);
    assert.match(download.suggestedFilename(), /\.zip$/);
    await desk.page.getByText('已提供', { exact: true }).waitFor();
    await pictures(desk, 'authorities');
    await desk.leave();
  });
  await home.leave();
});
