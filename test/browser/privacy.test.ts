import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addDays } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

/** One's own data at 云服务器: seen, copied, corrected by staff, deleted, and the certificate of it. */

async function ownData(t: TestContext): Promise<void> {
  // A browser drops cookies that end before its own time.
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const { brands } = world.server.house;
  const site = brands.url(brands.get('yunfuwuqi'), world.url);
  const customer = new StoryCustomer(site, { email: 'own.data@example.com' });
  await customer.getReady(null);
  const visitor = await signedIn(site, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);
  const receipt = { number: '', code: '' };

  await step('what is kept is listed with purpose, basis and time; its contents are opened', async () => {
    await page.goto('/account/privacy');
    await visitor.sees('订立、履行合同所必需');
    await visitor.button('查看 用户').click();
    await visitor.sees('own.data@example.com');
    await pictures(visitor, 'privacy');
  });

  await step('a copy is made and saved', async () => {
    await visitor.button('生成副本').click();
    const save = page.waitForEvent('download');
    await page.getByRole('button', { name: /^下载网页/ }).click();
    assert.equal((await save).suggestedFilename(), 'personal-data.html');
  });

  await step('a correction is asked for, and answered by staff', async () => {
    await visitor.button('提出请求').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('类型').click();
    await page.getByTitle('更正').click();
    await dialog.getByLabel('请说明').fill('登记的类型不对，请改为个人。');
    await dialog.getByRole('button', { name: '提出请求' }).click();
    await visitor.sees('已提交');
    const staff = await staffIn(world, site);
    await staff.page.goto('/staff/privacy');
    await staff.sees('登记的类型不对，请改为个人。');
    await staff.page.getByRole('columnheader', { name: '内容', exact: true }).waitFor();
    await staff.page.getByRole('button', { name: /^已处理 / }).click();
    await staff.page.getByRole('dialog').getByLabel('答复').fill('已更正为个人。');
    await staff.page.getByRole('dialog').getByRole('button', { name: '已处理' }).click();
    await staff.sees('已更正为个人。');
    await pictures(staff, 'staff-privacy');
    await staff.leave();
    await page.reload();
    await visitor.sees('已更正为个人。');
  });

  await step(
    'the account is deleted, taken back, deleted again; the certificate shows what stays and why',
    async () => {
      await visitor.button('删除账户').click();
      await page.getByRole('dialog').getByRole('button', { name: '删除账户' }).click();
      await visitor.button('撤回删除').click();
      await visitor.button('删除账户').click();
      await page.getByRole('dialog').getByRole('button', { name: '删除账户' }).click();
      const note = page.getByRole('note', { name: '删除证明' });
      await note.locator('code').last().waitFor();
      [receipt.number, receipt.code] = (await note.locator('code').allTextContents()) as [string, string];
      await world.advanceTo(addDays(world.clock.now(), 8, 'Asia/Shanghai'));
      await page.goto('/privacy');
      await visitor.button('查询').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('证明编号').fill(receipt.number);
      await dialog.getByLabel('查询码').fill(receipt.code);
      await dialog.getByRole('button', { name: '查询' }).click();
      await visitor.sees('民法典第一百八十八条');
      await pictures(visitor, 'privacy-certificate');
    },
  );
  await visitor.leave();
}

test('[yunfuwuqi P5] in the browser: own data seen, copied, corrected, deleted, and proven to be', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await ownData(t);
});
