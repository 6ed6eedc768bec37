import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { totpCode } from '#modules/factors/index.ts';
import { invitationTo } from '../support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';

/** One account, two people: asked in by mail, with a role that sees the money and doesn't touch the machines. */
test('an owner invites somebody, who accepts, sees what the role allows, and is taken out again', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const owner = await readyCustomer(world, '30');
  const service = await owner.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await owner.until(service, ({ state }) => state === 'active');
  const clerk = await readyCustomer(world, null);

  const boss = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const guest = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const step = boss.chapters(t);
  const enter = async (who: Visitor, { email, password }: { email: string; password: string }) => {
    await who.field('邮箱或手机号').fill(email);
    await who.field('密码').fill(password);
    await who.button('登录').click();
  };
  const enrol = async (who: Visitor) => {
    await who.button('启用动态验证码').click();
    const secret = (await who.page.getByTestId('totp-secret').textContent()) ?? '';
    await who.field('验证码').fill(totpCode(secret, world.clock.now()));
    await who.button('确认启用').click();
    await who.page.getByRole('region', { name: '动态验证码' }).getByText('已启用').waitFor();
  };
  for (const who of [boss, guest]) who.allow(401, /^\/api\/v1\/auth\/session$/);

  await step('the owner invites by address and role', async () => {
    await boss.page.goto('/sign-in?back=%2Fmembers');
    await enter(boss, owner);
    await boss.page.getByRole('heading', { level: 1, name: '成员' }).waitFor();
    await boss.button('邀请成员').click();
    const dialog = boss.page.getByRole('dialog', { name: '邀请成员' });
    await dialog.getByLabel('对方的邮箱').fill(clerk.email);
    await dialog.getByRole('combobox', { name: '角色' }).click();
    await boss.page.getByTitle('财务', { exact: true }).click();
    await dialog.getByText('购买、续费、充值和开票').waitFor();
    await dialog.getByRole('button', { name: '发送邀请' }).click();
    const waiting = boss.page.getByRole('table', { name: '等待接受的邀请' });
    await waiting.getByRole('row').filter({ hasText: clerk.email }).waitFor();
    await boss.page.screenshot({ path: picture('members'), fullPage: true });
  });

  await step('the guest opens the link, signs in, accepts, and stands in the account', async () => {
    const token = await invitationTo(world, clerk.email);
    await guest.page.goto(`/invitation#${token}`);
    await guest.sees(`${owner.email} 邀请您加入其账户。`);
    await guest.page.getByRole('main').getByRole('link', { name: '登录' }).click();
    await enter(guest, clerk);
    await guest.button('接受邀请').click();
    await guest.link('blog').waitFor();
    await guest.page.screenshot({ path: picture('member-stands'), fullPage: true });
  });

  await step('the role sees the money and can’t touch the machine', async () => {
    await guest.link('blog').click();
    await guest.sees('您的角色不能操作“服务”。');
    assert.equal(await guest.button('重启').count(), 0);
    assert.equal(await guest.button('关机').count(), 0);
    await guest.link('账务').click();
    await guest.page.getByRole('heading', { level: 1, name: '账务' }).waitFor();
    assert.equal(await guest.link('成员').count(), 0);
  });

  await step(
    'the owner asks everybody for a second factor; until the guest has one, only that opens',
    async () => {
      guest.allow(403, /./);
      await boss.page.getByRole('region', { name: '两步验证' }).getByText('由成员自己决定').waitFor();
      await boss.page.goto('/account/security');
      await enrol(boss);
      await boss.button('我已保存').click();
      await boss.page.goto('/members');
      await boss.button('要求两步验证').click();
      await boss.page.getByRole('dialog').getByRole('button', { name: '要求两步验证' }).click();
      await boss.sees('所有成员都须两步验证');
      await guest.page.goto(`/services/${service}`);
      await guest.sees('这个账户要求两步验证');
      assert.equal(await guest.link('服务').count(), 0);
      await guest.page.screenshot({ path: picture('member-factor-asked'), fullPage: true });
      await guest.link('前往安全设置').click();
      await enrol(guest);
      await guest.page.getByText('这个账户要求两步验证').waitFor({ state: 'detached' });
      // What is shown this once is still there when the rest of the page comes back.
      await guest.button('我已保存').click();
      await guest.link('服务').first().click();
      await guest.link('blog').waitFor();
    },
  );

  await step('another role holds at the next look; taken out, the door is shut', async () => {
    await boss.page.reload();
    await boss.button(`更改 ${clerk.email} 的角色`).click();
    const dialog = boss.page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: '角色' }).click();
    await boss.page.getByTitle('技术', { exact: true }).click();
    await dialog.getByRole('button', { name: '更改角色' }).click();
    await boss.sees('角色已更改，立即生效');
    await guest.page.goto(`/services/${service}`);
    await guest.button('重启').waitFor();
    // The guest's page goes on looking at the machine, and is refused from the moment of the removal.
    guest.allow(401, /./);
    await boss.button(`移除 ${clerk.email}`).click();
    await boss.page.getByRole('dialog').getByRole('button', { name: '移除' }).click();
    await boss.sees('已移除');
    await guest.page.goto('/services');
    await guest.button('登录').waitFor();
  });

  await step('nothing complained', async () => {
    boss.content();
    guest.content();
  });
  await boss.leave();
  await guest.leave();
});
