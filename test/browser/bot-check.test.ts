import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';

test('a person signs up without seeing anything of the check against robots', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const env = { CLOUDPACT_BOT_CHECK: 'on', CLOUDPACT_BOT_CHECK_COST: '100000' };
  const world = await testWorld({ ticking: true, start: systemClock.now(), env });
  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  visitor.allow(401, /^\/api\/v1\/auth\/session$/);
  visitor.allow(428, /^\/api\/v1\/auth\/sign-up$/);
  const asked: (string | null)[] = [];
  page.on('request', async (request) => {
    if (request.url().endsWith('/auth/sign-up')) asked.push(await request.headerValue('proof-of-work'));
  });
  await page.goto('/sign-up');
  await visitor.field('邮箱').fill('person@example.com');
  await visitor.field('密码').fill('Plum-rain-and-9-geese');
  await page.getByText('我已满 18 周岁').click();
  const started = performance.now();
  await visitor.button('注册并发送验证码').click();
  await page.waitForURL(/\/verify/);
  t.diagnostic(`${Math.round(performance.now() - started)} ms with 100,000 iterations`);
  assert.deepEqual(
    asked.map((header) => header !== null),
    [false, true],
  );
  visitor.content();
  await visitor.leave();
});
