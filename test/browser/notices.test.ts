import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { smsTo } from '../support/contacts.ts';
import { staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

/** The inbox, contacts and announcements, at 亚云. */

async function told(t: TestContext): Promise<void> {
  // A browser drops cookies that end before its own time.
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const { brands } = world.server.house;
  const site = brands.url(brands.get('asiayun'), world.url);
  const customer = new StoryCustomer(site);
  await customer.getReady('80');
  const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
  const staff = await staffMember(world, 'caller', site);
  const visitor = await signedIn(site, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);
  const phone = '13900139009';

  await step('a phone is set by the code that goes there; a wrong one is refused at its field', async () => {
    await page.goto('/account');
    await visitor.sees('短信由本机的模拟服务接收，不会真的发出。');
    await visitor.button('登记 手机号').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('手机号').fill('12345');
    visitor.allow(400, /contacts\/phone$/);
    await dialog.getByRole('button', { name: '发送验证码' }).click();
    await visitor.sees('联系方式格式不正确');
    await dialog.getByLabel('手机号').fill(phone);
    await dialog.getByRole('button', { name: '发送验证码' }).click();
    await dialog.getByText('验证码已发往 139****9009').waitFor();
    await world.drain();
    const [sms = ''] = await smsTo(customer, phone);
    await dialog.getByLabel('验证码', { exact: true }).fill(/\d{6}/.exec(sms)![0]);
    await dialog.getByRole('button', { name: '验证', exact: true }).click();
    await visitor.sees('139****9009');
    await dialog.waitFor({ state: 'detached' });
    await pictures(visitor, 'account-contacts');
  });

  await step('what no terms ask for is switched off by topic', async () => {
    const required = page.getByRole('region', { name: '条款要求的通知，不能关闭' });
    await required.getByText('到期提醒：短信、邮件（条款 3.6）').waitFor();
    await required.getByText(/^其他必须告知的通知.*：短信、邮件、电话/).waitFor();
    const papers = page.getByRole('checkbox', { name: '账单、发票与合同: 发邮件' });
    await papers.click();
    await visitor.sees('已保存');
    await page.reload();
    assert.equal(await papers.isChecked(), false);
  });

  await step('a freeze is in the inbox, unread until it is opened, with what each channel did', async () => {
    const body = { amount: null, reason: '5.4.3', explanation: '短时间内多次异常充值' };
    await ok(staff.POST('/api/v1/staff/customers/{id}/freezes', { params: { path: { id } }, body }));
    await world.drain();
    await page.goto('/notices');
    const inbox = page.getByRole('list', { name: '通知' });
    const notice = inbox.getByRole('listitem').filter({ hasText: '被冻结' });
    await notice.getByText('未读').waitFor();
    const badge = page.getByTitle(/条未读$/);
    const before = Number(await badge.textContent());
    await notice.getByText(/元被冻结/).click();
    await visitor.sees('如有异议');
    await notice.getByText('未读').waitFor({ state: 'detached' });
    await page.getByTitle(`${before - 1} 条未读`).waitFor();
    await notice.getByRole('button', { name: '查看通知（1）' }).click();
    const ways = page.getByRole('dialog').getByRole('list', { name: '送达情况' });
    for (const channel of ['邮件', '短信', '站内信'])
      await ways.getByText(channel, { exact: true }).waitFor();
    await ways.getByText('已读').waitFor();
    await pictures(visitor, 'notices-inbox');
    visitor.content();
  });

  const desk = await staffIn(world, site);
  const office = desk.chapters(t);
  await office('staff see by which channels it went, also from the audit log', async () => {
    await desk.page.goto('/staff/notices');
    const sent = desk.page.getByRole('table', { name: '已发通知' });
    await sent.getByRole('row').filter({ hasText: '被冻结' }).getByText('短信').waitFor();
    await pictures(desk, 'staff-notices');
    await desk.page.goto('/staff/audit');
    const rows = desk.page.getByRole('table', { name: '审计' }).getByRole('row');
    await rows.filter({ hasText: '冻结' }).first().waitFor();
    for (const row of (await rows.all()).slice(1)) {
      const [, actor = '', , subject = ''] = await row.getByRole('cell').allTextContents();
      assert.match(actor, /^(系统|访客|(客户|客服人员) …[0-9a-f]{6})\s*$/);
      assert.match(subject, /^[\p{Script=Han} API]+ …/u);
    }
    await pictures(desk, 'staff-audit');
    await desk.page.getByRole('button', { name: '查看通知（1）' }).first().click();
    await desk.page.getByRole('dialog').getByText('已告知').first().waitFor();
  });

  await office('an announcement is on the storefront and in the console until it is taken down', async () => {
    await desk.page.goto('/staff/notices?tab=announcements');
    await desk.button('发布公告').click();
    const dialog = desk.page.getByRole('dialog');
    await dialog.getByLabel('标题（中文）').fill('周日凌晨网络维护');
    await dialog.getByLabel('标题（英文）').fill('Network maintenance on Sunday');
    await dialog.getByLabel('正文（中文）').fill('二时至三时，可能有短暂中断。');
    await dialog.getByLabel('正文（英文）').fill('From two to three; short interruptions are possible.');
    await dialog.getByRole('button', { name: '发布公告' }).click();
    await desk.sees('公告已发布');
    const stranger = await Visitor.arrive({ url: site, locale: 'en-US' });
    stranger.allow(401, /^\/api\/v1\/auth\/session$/);
    await stranger.page.goto('/');
    await stranger.page.getByText('Network maintenance on Sunday').click();
    await stranger.sees('short interruptions are possible');
    await pictures(stranger, 'announcement');
    await page.goto('/services');
    await visitor.sees('周日凌晨网络维护');
    await desk.button('撤下: 周日凌晨网络维护').click();
    await desk.page.getByRole('dialog').getByRole('button', { name: '撤下' }).click();
    await desk.sees('公告已撤下');
    await stranger.page.goto('/');
    await stranger.page.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await stranger.page.getByText('Network maintenance').count(), 0);
    for (const each of [desk, stranger, visitor]) each.content();
    await stranger.leave();
  });
  await desk.leave();
  await visitor.leave();
}

test('what is told, in a real browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await told(t);
});
