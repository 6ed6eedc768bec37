import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';
import { staffEnters } from './visits.ts';

test('staff move a world’s clock in the browser, and every page says what it shows', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const start = systemClock.now();
  const world = await testWorld({ ticking: true, start, seed: true, movable: true });
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const customer = await readyCustomer(world, '30');
  const id = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(id, ({ state }) => state === 'active');

  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);
  const banner = page.getByTestId('moved-clock');
  /** The clock stands where the click sent it: the request is answered, so the way has begun, and it has ended. */
  const moved = async (click: () => Promise<void>) => {
    const begun = page.waitForResponse((got) => got.url().endsWith('/staff/world/advance') && got.ok());
    await Promise.all([begun, click()]);
    await world.server.house.mover!.settled();
  };

  await step('the storefront says that its clock is moved', async () => {
    await page.goto('/');
    await banner.getByText('试用世界：时钟可移动').waitFor();
  });

  await step('staff move it on by a month, and stay signed in', async () => {
    visitor.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
    await page.goto('/staff/world');
    await page.waitForURL(/\/staff\/sign-in/);
    await staffEnters(visitor, world, login);
    await page.getByRole('heading', { level: 1, name: '世界的时钟' }).waitFor();
    await moved(() => visitor.button('1 个月后').click());
    await page.getByText('停在现在，随真实时间走动').waitFor();
    assert.equal((await customer.service(id)).state, 'suspended');
    await page.screenshot({ path: picture('world-clock') });
  });

  await step('a date that is past is refused with its reason; one to come is reached', async () => {
    visitor.allow(422, /^\/api\/v1\/staff\/world\/advance$/);
    const field = page.getByRole('textbox', { name: '时长或日期' });
    await field.fill('2020-01-01');
    await visitor.button('移动到').click();
    await page.getByRole('alert').filter({ hasText: '时钟不能移动到那里' }).waitFor();
    await field.fill('4d');
    await moved(() => visitor.button('移动到').click());
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await customer.until(id, ({ state }) => state === 'deleted');
  });
});
