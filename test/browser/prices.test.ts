import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { ok } from '#server/client.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

test('a price list with faults names them; a good one is announced, and its customer sees what it means', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const customer = await readyCustomer(world, '100');
  const id = await customer.order({ access: PASSWORD_ACCESS, hostname: 'shop' });
  await customer.until(id, ({ state }) => state === 'active');

  const staff = await staffIn(world, world.url);
  const step = staff.chapters(t);
  const dialog = staff.page.getByRole('dialog');
  const upload = async (csv: string) => {
    await dialog.locator('input[type=file]').setInputFiles({
      name: 'prices.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv),
    });
    await dialog.getByRole('button', { name: '导入价目表' }).click();
  };

  await step('a faulty list is refused with row and column, and nothing of it is taken', async () => {
    staff.allow(422, /^\/api\/v1\/staff\/prices$/);
    await staff.page.goto('/staff/offers?tab=prices');
    await staff.button('导入价目表').click();
    await upload('product,plan,option,price\nnat-vps,nat-s,,9.999\nnat-vps,nat-z,,1\n');
    const alert = dialog.getByRole('alert');
    await alert.waitFor();
    const said = (await alert.textContent()) ?? '';
    assert.match(said, /价目表有错误/);
    assert.match(said, /2/);
  });

  await step('a good one is announced for services that run too', async () => {
    await dialog.getByRole('combobox').click();
    await staff.page.getByTitle('下一次续费起按新价（逐一通知）').click();
    await upload('product,plan,option,price\nnat-vps,nat-s,,12.50\n');
    await staff.sees('已公告');
    await world.drain();
  });

  await staff.leave();
  const visitor = await signedIn(world.url, customer);
  const page = visitor.page;

  await step('the customer reads it: the old price, the new one, and from when', async () => {
    await page.goto('/billing/prices');
    const own = page.getByRole('table', { name: '您的服务' });
    await own.getByText('¥9.90').waitFor();
    await own.getByText('¥12.50').waitFor();
    await pictures(visitor, 'prices-announced');
    const { items } = await ok(customer.api.GET('/api/v1/notices'));
    assert.ok(items.some(({ kind }) => kind === 'price-change'));
  });
  await visitor.leave();
});
