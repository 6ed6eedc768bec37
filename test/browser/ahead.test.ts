import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { naturalDay } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

/** The rows of the 90 days as they are read: what, and the clause it rests on. */
const READ = `[...document.querySelectorAll('table[aria-label="未来 90 天"] tbody tr, [aria-label="未来 90 天"] table tbody tr')]
  .map((row) => row.innerText.replace(/\\s+/g, ' ').trim()).filter(Boolean)`;

test('the next 90 days are read by the customer and by staff, each line with its clause, and they come as foretold', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const customer = await readyCustomer(world, '10');
  const id = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(id, ({ state }) => state === 'active');
  const customerId = (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
  const visitor = await signedIn(world.url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);
  let own: string[] = [];

  await step(
    '[lantian 5.2] [lantian 5.3] reminders, suspension and deletion stand there in their order',
    async () => {
      await page.goto('/billing?tab=ahead');
      await visitor.sees('到期停机');
      own = (await page.evaluate(READ)) as string[];
      const acts = own.map((row) => /到期提醒|到期停机|删除，数据不可恢复/.exec(row)?.[0]).filter(Boolean);
      assert.deepEqual(
        acts,
        ['到期提醒', '到期提醒', '到期提醒', '到期停机', '删除，数据不可恢复'],
        own.join('\n'),
      );
      assert.ok(
        own.every((row) => row.includes('§ 5.')),
        own.join('\n'),
      );
      await page.getByRole('button', { name: '查看条款第 5.3 条' }).first().click();
      const clause = page.getByRole('tooltip');
      await clause.waitFor();
      await page.getByText('未来 90 天').first().click();
      await clause.waitFor({ state: 'hidden' });
      await pictures(visitor, 'ahead');
    },
  );

  await step('staff read the same about the customer', async () => {
    const desk = await staffIn(world, world.url);
    await desk.page.goto(`/staff/customers/${customerId}`);
    await desk.sees('到期停机');
    assert.deepEqual(await desk.page.evaluate(READ), own);
    desk.content();
    await desk.leave();
  });

  await step('the day comes, and the service stands still as it was foretold', async () => {
    const { period_end } = await customer.service(id);
    const day = naturalDay(new Date(period_end!), 'Asia/Shanghai');
    assert.ok(
      own.some((row) => row.includes('到期停机') && row.includes(day)),
      `${day} in ${own.join('\n')}`,
    );
    await world.advanceTo(new Date(period_end!));
    await customer.stayIn(world.clock.now());
    assert.equal((await customer.service(id)).state, 'suspended');
    visitor.content();
    await visitor.leave();
  });
});
