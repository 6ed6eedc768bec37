import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { naturalDay } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { beforeWorlds, testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';

/** A revision as people meet it: announced, asked about at the next visit, accepted or disagreed with. */
test('[lantian 6.1, 6.2] announcement, intercept, acceptance, disagreement in a browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-revised-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, '../../brands/lantian'), join(brandsDir, 'lantian'), {
    recursive: true,
  });
  const world = await testWorld({ ticking: true, start: systemClock.now(), brandsDir });
  // Opened here, it lives as long as both visitors.
  await browser();
  const agrees = await customer(world.url);
  const disagrees = await customer(world.url);

  const version = naturalDay(systemClock.now(), 'Asia/Shanghai');
  const path = join(brandsDir, 'lantian/terms.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text
      .replace('version: "2025-07-19"', `version: "${version}"`)
      .replace('grace_days: 3', 'grace_days: 4')
      .replace('所有产品原则上不退款。', '所有产品一律不退款。'),
  );
  await world.reopen();

  await t.test('announced and accepted', async (one) => {
    const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
    visitor.allow(401, /\/auth\/session$/);
    const { page } = visitor;
    const step = visitor.chapters(one);
    await step('the announcement and what changes', async () => {
      await page.goto('/');
      await visitor.sees('条款修订公告');
      await visitor.link('查看改动').click();
      await page.getByRole('heading', { level: 1, name: `条款修订：${version} 版` }).waitFor();
      const refund = page.getByRole('region', { name: /§ 5\.4/ });
      assert.equal(await refund.locator('del').textContent(), '原则上');
      assert.equal(await refund.locator('ins').textContent(), '一律');
      await visitor.sees('expiry.grace_days：3 → 4');
      await page.screenshot({ path: picture('revision'), fullPage: true });
      await visitor.link('2025-07-19').click();
      await visitor.sees(/2025-07-19/);
    });
    await step('the visit is intercepted until it is confirmed', async () => {
      await signIn(visitor, agrees);
      await page.waitForURL(/\/accept-terms/);
      await visitor.sees('条款已修订');
      assert.ok(await visitor.button('同意并接受全部条款').isDisabled());
      for (const box of await page.getByRole('checkbox').all()) await box.check();
      await page.screenshot({ path: picture('revision-asked'), fullPage: true });
      await visitor.button('同意并接受全部条款').click();
      await page.waitForURL(/\/services$/);
    });
    await step('the history says how, and is a file', async () => {
      await page.goto('/account');
      const table = page.getByRole('table', { name: '已接受的条款' });
      await table.getByRole('row').nth(2).waitFor();
      assert.equal(await table.getByText('网页确认').count(), 2);
      const download = page.waitForEvent('download');
      await visitor.link('下载记录（PDF）').click();
      assert.match((await download).suggestedFilename(), /\.pdf$/);
    });
    visitor.content();
    await visitor.leave();
  });

  await t.test('disagreed with, and taken back', async (one) => {
    const visitor = await Visitor.arrive({ url: world.url, locale: 'en-US' });
    visitor.allow(401, /\/auth\/session$/);
    const { page } = visitor;
    const step = visitor.chapters(one);
    await step('later is possible, for this visit', async () => {
      await signIn(visitor, disagrees, 'en');
      await page.waitForURL(/\/accept-terms/);
      await visitor.button('Later').click();
      await page.waitForURL(/\/services$/);
    });
    await step('I disagree: on record until it is taken back', async () => {
      await page.goto('/accept-terms');
      await visitor.button('I disagree').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('automatic renewal is turned off').waitFor();
      await page.screenshot({ path: picture('revision-disagree') });
      await dialog.getByRole('button', { name: 'I disagree' }).click();
      await visitor.sees(`You disagree with version ${version} of the terms`);
      await page.goto('/services');
      await visitor.button('Take it back').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
      await page.getByText('You disagree with version').waitFor({ state: 'detached' });
    });
    visitor.content();
    await visitor.leave();
  });
});

async function customer(url: string): Promise<StoryCustomer> {
  const made = new StoryCustomer(url);
  await made.signUp();
  await made.acceptTerms();
  return made;
}

async function signIn(visitor: Visitor, who: StoryCustomer, locale: 'zh' | 'en' = 'zh'): Promise<void> {
  const [email, password, go] =
    locale === 'zh' ? ['邮箱', '密码', '登录'] : ['E-mail', 'Password', 'Sign in'];
  await visitor.page.goto('/sign-in');
  await visitor.field(new RegExp(`^${email}`)).fill(who.email);
  await visitor
    .field(new RegExp(`^${password}`))
    .first()
    .fill(who.password);
  await visitor.page.locator('form').getByRole('button', { name: go }).click();
}
