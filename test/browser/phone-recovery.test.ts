import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addMinutes } from '#kernel/time.ts';
import { smsCode } from '../support/sms-code.ts';
import { testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { pictures } from './visits.ts';

/** Who has a phone and no mailbox: a lost password, a number that wasn't used for long, and what other tabs still show. */

const FIRST = 'Plum-rain-and-9-geese';

async function told(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now() });
  const { brands, db } = world.server.house;
  const site = brands.url(brands.get('asiayun'), world.url);
  const visitor = await Visitor.arrive({ url: site, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\//);
  const { page } = visitor;
  const step = visitor.chapters(t);
  const phone = '13700137041';
  /** Codes go out once a minute. */
  const aMinutePasses = () => world.clock.moveTo(addMinutes(world.clock.now(), 2));

  await step('a phone signs up', async () => {
    await page.goto('/sign-up');
    await visitor.button('手机号').click();
    await visitor.field('手机号').fill(phone);
    await visitor.button('发送验证码').click();
    await visitor.sees('验证码已发送到 137****7041');
    await visitor.field('短信验证码').fill(await smsCode(world, phone));
    await visitor.button('注册').click();
    await page.waitForURL(/\/services$/);
  });

  await step('signed out in one tab, another one shows nothing of the account any more', async () => {
    const other = await page.context().newPage();
    await other.goto('/account');
    await other.getByText('137****7041').first().waitFor();
    await visitor.button('退出登录').click();
    await other.waitForURL(/\/sign-in/);
    assert.equal(await other.getByText('137****7041').count(), 0);
    await other.close();
  });

  await step('recovery by the number sets a password', async () => {
    aMinutePasses();
    await page.goto('/recover');
    await visitor.field('邮箱或手机号').fill(phone);
    await visitor.button('发送验证码').click();
    await visitor.sees('验证码已发送到 137****7041');
    await visitor.field('短信验证码').fill(await smsCode(world, phone));
    await visitor.button('下一步').click();
    await visitor.field('新密码').fill(FIRST);
    await visitor.button('设置新密码').click();
    await visitor.sees('新密码已生效');
  });

  await step('the number and that password sign in by one field', async () => {
    await page.goto('/sign-in');
    await visitor.field('邮箱或手机号').fill(`+86 ${phone}`);
    await visitor.field('密码').fill(FIRST);
    await pictures(visitor, 'sign-in-by-number');
    await visitor.button('登录').click();
    await page.waitForURL(/\/services$/);
    await visitor.button('退出登录').click();
    await page.waitForURL(/\/(sign-in.*)?$/);
  });

  await step(
    'a number of which nothing was heard for 90 days signs in with the password beside its code',
    async () => {
      aMinutePasses();
      await db
        .updateTable('identity_user')
        .set({ phone_verified_at: addMinutes(world.clock.now(), -91 * 1_440) })
        .execute();
      await page.goto('/sign-in');
      await visitor.button('手机号').click();
      await visitor.field('手机号').fill(phone);
      await visitor.button('发送验证码').click();
      await visitor.sees('验证码已发送到 137****7041');
      await visitor.field('短信验证码').fill(await smsCode(world, phone));
      await visitor.button('登录').click();
      await visitor.sees('这个号码很久没有验证过');
      await pictures(visitor, 'holder');
      await visitor.field('密码').fill('not the password');
      await visitor.button('继续').click();
      await visitor.sees('验证未通过');
      await visitor.field('密码').fill(FIRST);
      await visitor.button('继续').click();
      await page.waitForURL(/\/services$/);
    },
  );

  visitor.content();
  await visitor.leave();
}

test('phone accounts in a browser: recovery, a password, an old number, two tabs', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await told(t);
});
