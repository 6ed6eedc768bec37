import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#kernel/clock.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { testWorld } from '../support/world.ts';
import { authenticator } from './authenticator.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn } from './visits.ts';

/** An account's security, with the authenticator that Chromium itself brings for tests. */

const NEXT = 'Nine-herons-by-the-mill';

async function recoveryCode(customer: StoryCustomer): Promise<string> {
  for (let attempt = 0; attempt < 250; attempt++) {
    const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
    const code = items.find(({ to }) => to === customer.email)?.subject.match(/\d{8}/)?.[0];
    if (code) return code;
    await sleep(20);
  }
  throw new Error('no code came');
}

async function journey(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const { brands } = world.server.house;
  const site = brands.url(brands.get('asiayun'), world.url);
  const customer = new StoryCustomer(site);
  await customer.getReady(null);
  const visitor = await signedIn(site, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);
  await authenticator(visitor);
  const later = (ms: number) => world.clock.moveTo(addMs(world.clock.now(), ms));
  const dialog = page.getByRole('dialog');
  let secret = '';
  let spare = '';

  const signOut = async () => {
    await visitor.button(/退出登录/).click();
    await page.waitForURL(/\/$/);
    await page.goto('/sign-in?back=%2Faccount%2Fsecurity');
  };
  const byPassword = async (password = customer.password) => {
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.field('密码').fill(password);
    await visitor.button('登录').click();
  };

  await step('a passkey is added under a name, and ten recovery codes are shown once', async () => {
    await visitor.link('账户').click();
    await visitor.link('账户安全').click();
    await visitor.button('添加通行密钥').click();
    await dialog.getByLabel('名称').fill('办公室电脑');
    await dialog.getByRole('button', { name: '添加通行密钥' }).click();
    const codes = page.getByRole('list', { name: '恢复码' }).getByRole('listitem');
    await codes.nth(9).waitFor();
    assert.equal(await codes.count(), 10);
    spare = (await codes.first().textContent()) ?? '';
    const [file] = await Promise.all([page.waitForEvent('download'), visitor.link('下载恢复码').click()]);
    assert.match(file.suggestedFilename(), /恢复码\.txt$/);
    await visitor.button('我已保存').click();
    await page.getByRole('table', { name: '通行密钥' }).getByText('办公室电脑').waitFor();
    await visitor.sees('还剩 10 个');
  });

  await step('the passkey signs in by itself, without a name and a password', async () => {
    await signOut();
    await visitor.button('用通行密钥登录').click();
    await page.waitForURL(/\/account\/security$/);
    const row = page
      .getByRole('table', { name: '通行密钥' })
      .getByRole('row')
      .filter({ hasText: '办公室电脑' });
    await row.waitFor();
    await row.getByText('从未').waitFor({ state: 'detached' });
  });

  await step('an authenticator is set up by its QR code; after a while the page asks who acts', async () => {
    world.clock.moveTo(addMinutes(world.clock.now(), 16));
    visitor.allow(403, /\/account\/factors\/totp$/);
    await visitor.button('启用动态验证码').click();
    await dialog.getByText('请再次验证身份').waitFor();
    await dialog.getByRole('button', { name: '使用通行密钥' }).click();
    await page.getByTestId('totp-secret').waitFor();
    secret = (await page.getByTestId('totp-secret').textContent()) ?? '';
    await pictures(visitor, 'account-security-totp');
    await visitor.field('验证码').fill(totpCode(secret, world.clock.now()));
    await visitor.button('确认启用').click();
    await page.getByRole('region', { name: '动态验证码' }).getByText('已启用').waitFor();
    await pictures(visitor, 'account-security');
  });

  await step('a password alone no longer signs in: the code does, or a recovery code', async () => {
    await signOut();
    await byPassword();
    await page.getByRole('heading', { name: '第二步验证' }).waitFor();
    await pictures(visitor, 'sign-in-second-step');
    visitor.allow(401, /\/auth\/second-factor$/);
    await visitor.field('6 位验证码').fill('000000');
    await visitor.button('验证').click();
    await visitor.sees('验证未通过');
    later(31_000);
    await visitor.field('6 位验证码').fill(totpCode(secret, world.clock.now()));
    await visitor.button('验证').click();
    await page.waitForURL(/\/account\/security$/);
    await signOut();
    await byPassword();
    await page.getByLabel('验证方式').click();
    await page.getByTitle('恢复码').click();
    await visitor.field('一个未用过的恢复码').fill(spare);
    await visitor.button('验证').click();
    await page.waitForURL(/\/account\/security$/);
    await visitor.sees('还剩 9 个');
  });

  await step('sessions are listed by device, and all others end at once', async () => {
    const table = page.getByRole('table', { name: '登录设备' });
    await table
      .getByText(/Chrome/)
      .first()
      .waitFor();
    await visitor.button('结束其他所有登录').click();
    await visitor.sees(/已结束 \d+ 个登录/);
    await table.getByRole('row').nth(2).waitFor({ state: 'detached' });
  });

  await step('[asiayun 6.1] a lost password comes back by the mailed code and the second step', async () => {
    await page
      .getByRole('region', { name: '安全问题' })
      .getByRole('button', { name: '设置安全问题' })
      .click();
    await dialog.getByLabel('答案').fill('王老师');
    await dialog.getByRole('button', { name: '设置安全问题' }).click();
    await visitor.sees('安全问题已保存');
    await signOut();
    await visitor.link('忘记密码？').click();
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.button('发送验证码').click();
    await visitor.sees('如果这个邮箱有账户');
    await visitor.field('8 位验证码').fill(await recoveryCode(customer));
    await visitor.button('下一步').click();
    await visitor.sees('这个账户设置了额外的验证方式');
    await visitor.field('新密码').fill(NEXT);
    later(31_000);
    await visitor.field('6 位验证码').fill(totpCode(secret, world.clock.now()));
    await pictures(visitor, 'recover');
    await visitor.button('设置新密码').click();
    await visitor.sees('新密码已生效');
    await visitor.link('登录').last().click();
    await byPassword(NEXT);
    later(31_000);
    await visitor.field('6 位验证码').fill(totpCode(secret, world.clock.now()));
    await visitor.button('验证').click();
    await page.waitForURL(/\/services$/);
  });

  visitor.content();
  await visitor.leave();
}

test('an account’s security: passkeys, an authenticator, recovery codes, sessions, recovery', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await journey(t);
});
