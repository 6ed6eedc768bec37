import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';

const SIZES = [
  { name: 'a desk', width: 1280, height: 800 },
  { name: 'a phone', width: 390, height: 844 },
];

/** The same pages in English, at a desk and on a phone. */
test('a customer finds everything in English', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now() });
  const customer = await readyCustomer(world, '30');
  const serviceId = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(serviceId, (service) => service.state === 'active');

  // Opened here, it lives as long as both sizes.
  await browser();
  for (const { name, width, height } of SIZES) {
    await t.test(`on ${name}`, async (size) => {
      const visitor = await Visitor.arrive({ url: world.url, locale: 'en-US', width, height });
      const { page } = visitor;
      const step = visitor.chapters(size);

      await step('the storefront', async () => {
        await page.goto('/');
        await page.getByRole('heading', { level: 1, name: 'A small cloud server of your own' }).waitFor();
        await page.getByRole('heading', { name: 'What we do not promise' }).waitFor();
        await fits(visitor);
      });

      await step('a wrong password, then the right one', async () => {
        visitor.allow(401, /\/auth\/(session|sign-in)$/);
        await page.goto('/services');
        await page.waitForURL(/\/sign-in/);
        await visitor.field('E-mail or phone number').fill(customer.email);
        await visitor.field('Password').fill('Not-the-right-one-1');
        await visitor.button('Sign in').click();
        await page.getByRole('alert').filter({ hasText: 'Wrong e-mail or password' }).waitFor();
        await visitor.field('Password').fill(customer.password);
        await visitor.button('Sign in').click();
        await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
        await fits(visitor);
      });

      await step('the service', async () => {
        await visitor.link('blog').click();
        await page.getByRole('heading', { level: 1, name: 'blog' }).waitFor();
        await visitor.sees('Simulated node');
        await visitor.sees('Stopping does not stop billing');
        assert.match((await page.getByTestId('ssh').textContent()) ?? '', /^ssh -p \d+ root@/);
        await fits(visitor);
        for (const tab of ['Ports', 'Terminal', 'History']) {
          await page.getByRole('tab', { name: tab }).click();
          await page.getByRole('tab', { name: tab, selected: true }).waitFor();
          await fits(visitor);
        }
      });

      await step('every other page', async () => {
        for (const [path, title] of PAGES) {
          await page.goto(path);
          await page.getByRole('heading', { level: 1, name: title }).waitFor();
          await page
            .getByRole('status')
            .filter({ hasText: 'Loading' })
            .first()
            .waitFor({ state: 'detached' });
          await fits(visitor);
        }
      });

      await step('another language by one button', async () => {
        await page.getByRole('button', { name: 'Switch language: 中文' }).click();
        await page.getByRole('heading', { level: 1, name: '通知' }).waitFor();
        await page.reload();
        await page.getByRole('heading', { level: 1, name: '通知' }).waitFor();
      });

      await step('what isn’t there', async () => {
        visitor.allow(404, /^\/api\/v1\/services\//);
        await page.goto('/services/0190aaaa-0000-7000-8000-000000000000');
        await page.getByRole('alert').filter({ hasText: '没有找到' }).waitFor();
        await page.goto('/nothing-here');
        await visitor.sees('没有这个页面');
      });

      visitor.content();
      await visitor.leave();
    });
  }
});

const PAGES = [
  ['/terms', 'Lantian Cloud Terms of Service'],
  ['/dev/mailbox', 'Development mailbox'],
  ['/order?plan=nat-m', 'Buy'],
  ['/accept-terms', 'Accept the terms'],
  ['/real-name', 'Real-name verification'],
  ['/top-up', 'Top up'],
  ['/billing', 'Billing'],
  ['/account', 'Account'],
  ['/account/security', 'Security'],
  ['/notices', 'Notices'],
] as const;

/** Nothing is wider than the window. */
async function fits(visitor: Visitor): Promise<void> {
  const over = await visitor.page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  assert.equal(Number(over) > 0, false, `${visitor.page.url()} is ${over} px too wide`);
}
