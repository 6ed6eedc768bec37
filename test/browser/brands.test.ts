import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';

/** Each brand at its own name, as a browser resolves it by itself. */
/** Compressed, of a first visit (bench/first-page.ts): the forms' components come with the pages that have forms. */
const FIRST_PAGE_BYTES = 250_000;
const SCRIPT_BYTES = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;

test('a visitor meets each brand under its own name, look and terms', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now() });
  // Opened here, it lives as long as all brands.
  await browser();
  const { brands } = world.server.house;
  const met = [
    { id: 'lantian', name: '蓝天云', title: '蓝天云服务条款', clause: '5.3', plan: '微型', asksAge: true },
    { id: 'asiayun', name: '亚云', title: '亚云用户服务协议', clause: '5.4', plan: '入门型', asksAge: false },
    {
      id: 'wujiyun',
      name: '武极云',
      title: '武极云用户服务协议',
      clause: '5.4',
      plan: '入门型',
      asksAge: false,
    },
    {
      id: 'yunfuwuqi',
      name: '云服务器',
      title: '云服务器隐私政策与服务条款',
      clause: 'S3.2',
      plan: '基础型',
      asksAge: false,
    },
    { id: 'qiniu', name: '七牛云', title: '七牛云用户服务协议', clause: '7.4', plan: null, asksAge: false },
  ];
  for (const { id, name, title, clause, plan, asksAge } of met) {
    await t.test(name, async (one) => {
      const brand = brands.get(id);
      const url = brands.url(brand, world.url);
      const visitor = await Visitor.arrive({ url, locale: 'zh-CN' });
      visitor.allow(401, /\/auth\/session$/);
      const { page } = visitor;
      const step = visitor.chapters(one);
      await step('the storefront', async () => {
        await page.goto('/');
        await page.getByRole('heading', { level: 1, name: brand.tagline.zh }).waitFor();
        assert.equal(await page.title(), name);
        const colour = await page.evaluate("document.documentElement.style.getPropertyValue('--brand')");
        assert.equal(colour, brand.theme.primary);
        if (plan) {
          await page.getByRole('heading', { name: plan }).waitFor();
          const bytes = Number(await page.evaluate(SCRIPT_BYTES));
          assert.ok(bytes > 50_000 && bytes < FIRST_PAGE_BYTES, `${bytes} bytes of JavaScript`);
        } else {
          await visitor.sees('这里不按月出售产品');
          const prices = page.getByRole('table', { name: '融合 CDN', exact: true });
          await prices.getByText('¥0.24 / GB').waitFor();
          await page.getByRole('table', { name: '融合 CDN 资源包' }).getByText('¥21.00').waitFor();
          assert.equal(await page.getByText('操作系统').isVisible(), false);
        }
      });
      await step('the terms', async () => {
        await page.goto('/terms');
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        await page.locator(`[id="c-${clause}"]`).waitFor();
        assert.equal(await page.getByText(/terms\.|undefined|\{\{/).count(), 0);
      });
      await step('signing up', async () => {
        await page.goto('/sign-up');
        await visitor.field('邮箱').waitFor();
        assert.equal(await page.getByRole('radiogroup', { name: '年龄声明' }).isVisible(), asksAge);
        visitor.content();
      });
      await visitor.leave();
    });
  }
});
