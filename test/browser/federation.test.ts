import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { pictures } from './visits.ts';

/** Sign-up by phone, a binding, and sign-in by it, at 亚云. */

async function told(t: TestContext): Promise<void> {
  // A browser drops cookies that end before its own time.
  const world = await testWorld({ ticking: true, start: systemClock.now() });
  const { brands, db } = world.server.house;
  const site = brands.url(brands.get('asiayun'), world.url);
  const visitor = await Visitor.arrive({ url: site, locale: 'zh-CN' });
  visitor.allow(401, /^\/api\/v1\/auth\/session$/);
  const { page } = visitor;
  const step = visitor.chapters(t);
  const phone = '13700137001';
  const codeOf = async () => {
    await world.drain();
    const sms = await db
      .selectFrom('notify_sandbox_mail')
      .select('body')
      .where('recipient', '=', phone)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    return /\d{6}/.exec(sms.body)![0];
  };

  await step('a number that isn’t one is refused at its field; the code that comes signs up', async () => {
    await page.goto('/sign-up');
    await visitor.button('手机号').click();
    await visitor.field('手机号').fill('12345');
    visitor.allow(400, /phone\/codes$/);
    await visitor.button('发送验证码').click();
    await visitor.sees('手机号格式不正确');
    await visitor.field('手机号').fill(phone);
    await visitor.button('发送验证码').click();
    await visitor.sees('验证码已发送到 137****7001');
    await visitor.field('短信验证码').fill(await codeOf());
    await visitor.button('注册').click();
    await page.waitForURL(/\/services$/);
    await page.goto('/account');
    await visitor.sees('137****7001');
  });

  await step('an account of a third party is bound on the account page, and listed', async () => {
    const ways = page.getByRole('region', { name: '登录方式与第三方绑定' });
    await ways.getByRole('button', { name: /^绑定企业账号/ }).click();
    await page.waitForURL(/\/sandbox\/oidc\/interaction\//);
    await visitor.sees('本地沙箱 · 不是统一身份认证');
    await visitor.field(/^昵称/).fill('小云');
    await page.getByRole('button', { name: /^同意/ }).click();
    await page.waitForURL(/\/account$/);
    await ways.getByText('小云').waitFor();
    await pictures(visitor, 'account-bindings');
  });

  await step('signed out, the same account of the third party signs in again', async () => {
    await visitor.button('退出登录').click();
    await page.waitForURL(/\/(sign-in)?(\?.*)?$/);
    await page.goto('/sign-in');
    await page.getByRole('button', { name: /^用微信登录/ }).waitFor();
    await pictures(visitor, 'sign-in-ways');
    await page.getByRole('button', { name: /^用企业账号登录/ }).click();
    // Whoever is still signed in there isn't asked again.
    await page.waitForURL(/\/(services|sandbox\/oidc\/interaction\/)/);
    if (page.url().includes('/interaction/')) {
      await visitor.field(/^昵称/).fill('小云');
      await page.getByRole('button', { name: /^同意/ }).click();
      await page.waitForURL(/\/services$/);
    }
    assert.ok(!page.url().includes('code='));
    await page.goto('/account');
    await visitor.sees('137****7001');
  });

  await step('one that nobody has bound opens nothing, and says what to do', async () => {
    await visitor.button('退出登录').click();
    await page.waitForURL(/\/(sign-in)?(\?.*)?$/);
    await page.goto('/sign-in');
    await page.getByRole('button', { name: /^用QQ登录/ }).click();
    await page.waitForURL(/\/sandbox\/qq\/ask/);
    await visitor.field(/^昵称/).fill('陌生人');
    await page.getByRole('button', { name: /^同意/ }).click();
    await visitor.sees('这个QQ账号还没有绑定');
    await visitor.link('登录已有账户').click();
    await visitor.button('手机号').click();
    await visitor.field('手机号').fill(phone);
    world.clock.moveTo(new Date(world.clock.now().getTime() + 61_000));
    await visitor.button('发送验证码').click();
    await visitor.sees('验证码已发送到');
    await visitor.field('短信验证码').fill(await codeOf());
    await visitor.button('登录').click();
    await page.waitForURL(/\/account$/);
    await visitor.button('绑定到这个账户').click();
    await page.getByRole('cell', { name: '陌生人' }).waitFor();
  });

  await step('who has no password is asked to set one, and has one to change from then on', async () => {
    await page.goto('/account/security');
    const panel = (name: string) => page.getByRole('region', { name, exact: true });
    await panel('设置密码').getByText('您还没有密码').waitFor();
    assert.equal(await visitor.button('修改密码').count(), 0);
    await visitor.field('新密码').fill('Plum-rain-and-9-geese');
    await panel('设置密码').getByRole('button', { name: '设置密码' }).click();
    await visitor.sees('密码已设置');
    await panel('修改密码').getByLabel('当前密码').waitFor();
  });

  visitor.content();
  await visitor.leave();
}

test('[asiayun 6.1] sign-up by phone, binding and sign-in by a third party in a browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await told(t);
});
