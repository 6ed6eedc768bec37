import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { BrandSite } from '../support/brand-site.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';

/** 亚云: a server goes from one customer to another, in Chinese on one side and in English on the other. */
test('[asiayun 3.1.1] an owner pushes a server; the other looks at it, takes it with the code, and it is gone on this side', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const site = new BrandSite(world, 'asiayun');
  const [giver, taker] = [await site.customer('100'), await site.customer(null)];
  const service = await giver.order({ plan: 'ay-1', access: PASSWORD_ACCESS, hostname: 'shop' });
  await giver.until(service, ({ state }) => state === 'active');

  const one = await Visitor.arrive({ url: site.url, locale: 'zh-CN' });
  const other = await Visitor.arrive({ url: site.url, locale: 'en-US' });
  const step = one.chapters(t);
  for (const who of [one, other]) who.allow(401, /^\/api\/v1\/auth\/session$/);
  let code = '';

  await step('the giver offers it, and gets a code to tell', async () => {
    await one.page.goto(`/sign-in?back=${encodeURIComponent(`/services/${service}`)}`);
    await one.page.getByRole('textbox', { name: /邮箱/ }).fill(giver.email);
    await one.field('密码').fill(giver.password);
    await one.button('登录').click();
    await one.page.getByRole('tabpanel').getByRole('button', { name: '过户给他人' }).click();
    const dialog = one.page.getByRole('dialog', { name: '过户给他人' });
    await dialog.getByText('已付费用不退').waitFor();
    await dialog.getByLabel('对方的邮箱或手机号').fill(taker.email);
    await dialog.getByRole('button', { name: '过户给他人' }).click();
    const waiting = one.page.getByRole('region', { name: '等待对方接受' });
    await waiting.waitFor();
    code = (await waiting.locator('code').first().textContent()) ?? '';
    assert.match(code, /^\d{8}$/);
    await one.page.screenshot({ path: picture('push-waits'), fullPage: true });
  });

  await step('the other sees what it is and nothing of the giver, and takes it', async () => {
    await other.page.goto('/sign-in?back=%2Fpushes');
    await other.page.getByRole('textbox', { name: /E-mail/ }).fill(taker.email);
    await other.field('Password').fill(taker.password);
    await other.button('Sign in').click();
    const offer = other.page.getByRole('region', { name: 'shop' });
    await offer.getByText('Hong Kong').waitFor();
    assert.ok(!(await other.page.getByRole('main').textContent())?.includes(giver.email));
    await other.page.screenshot({ path: picture('push-offered'), fullPage: true });
    await other.button('Accept shop').click();
    const dialog = other.page.getByRole('dialog');
    await dialog.getByLabel('The eight digits that they told you').fill(code);
    await dialog.getByRole('radio', { name: 'Root password' }).check();
    await dialog.locator('input[type=password]').fill('Autumn-wind-and-7-cranes');
    await other.page.screenshot({ path: picture('push-accept'), fullPage: true });
    await dialog.getByRole('button', { name: 'Accept' }).click();
    await other.page.getByRole('heading', { level: 1, name: 'shop' }).waitFor();
    await other.page.screenshot({ path: picture('push-taken'), fullPage: true });
  });

  await step('on the giver’s side it is history', async () => {
    await one.page.goto('/pushes');
    const given = one.page.getByRole('table', { name: '您过户的服务' });
    await given.getByRole('row').filter({ hasText: '已过户' }).filter({ hasText: 'shop' }).waitFor();
    await one.page.goto('/services');
    assert.equal(await one.link('shop').count(), 0);
    await one.page.goto('/pushes');
    await given.waitFor();
    await one.page.screenshot({ path: picture('push-given'), fullPage: true });
  });
});
