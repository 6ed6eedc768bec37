import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { call, staffCookie } from '../api/call.ts';
import { sealedUntil } from '../faults/support/sealed-ledger.ts';
import { event, labOf } from '../support/metering.ts';
import { decideNewest, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { pictures, signedIn, staffIn } from './visits.ts';

const DAY_MS = 86_400_000;

async function codeToProof(t: TestContext): Promise<void> {
  const start = new Date(systemClock.now().getTime() - 2 * DAY_MS);
  const world = await testWorld({ ticking: true, start, seed: true });
  const customer = await readyCustomer(world, '5');
  const staff = await staffCookie(world);
  const made = await call(world, 'POST', '/staff/coupons', {
    cookie: staff,
    body: { code: 'SPRING', name: { zh: '春季', en: 'Spring' }, off: { kind: 'percent', percent: '10' } },
  });
  assert.equal(made.status, 201, made.text);
  const visitor = await signedIn(world.url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('a top-up by WeChat Pay shows a code, which is paid at the stand-in', async () => {
    await page.goto('/top-up');
    await visitor.choose('充值金额（元）', '¥100');
    await visitor.choose('支付方式', '微信支付');
    await visitor.button('去支付 ¥100.00').click();
    await page.waitForURL(/\/top-up\/[0-9a-f-]{36}$/);
    await page.getByTestId('pay-code').locator('svg').first().waitFor();
    await pictures(visitor, 'money-code');
    const [standIn] = await Promise.all([
      visitor.context.waitForEvent('page'),
      visitor.link('打开模拟付款页').click(),
    ]);
    await standIn.getByRole('button', { name: /付款/ }).click();
    await standIn
      .getByText(/已支付|支付成功|已付款/)
      .first()
      .waitFor();
    await standIn.close();
    await visitor.sees('充值成功');
  });

  await step('an order counts options and a coupon; a wrong code is refused where it stands', async () => {
    await page.goto('/order?plan=nat-s');
    await visitor.field('加配磁盘').fill('10');
    await visitor.field('主机名').fill('web-02');
    await visitor.choose('登录方式', 'root 密码');
    await visitor.field('root 密码').last().fill(PASSWORD_ACCESS.password);
    visitor.allow(422, /^\/api\/v1\/quote$/);
    visitor.allow(404, /^\/api\/v1\/quote$/);
    await visitor.field('优惠码').fill('NOPE');
    await visitor.button('使用').click();
    await page.getByRole('alert').filter({ hasText: '优惠' }).waitFor();
    await visitor.field('优惠码').fill('spring');
    await visitor.button('使用').click();
    // 9.90 + 10 × 0.40 (5 GB a step) less a tenth.
    await visitor.sees(/已优惠 ¥/);
    await pictures(visitor, 'money-order');
    await page.getByRole('button', { name: /^支付 ¥/ }).click();
    await page.waitForURL(/\/services\/[0-9a-f-]{36}/);
    await visitor.sees('可以登录');
    const { items } = await ok(customer.api.GET('/api/v1/orders'));
    assert.ok(items[0]!.lines.some((line) => line.amount.startsWith('-')));
    assert.deepEqual(items[0]!.options, { disk_gb: 10 });
  });

  await step('renewal by itself is turned on', async () => {
    await page.getByRole('tab', { name: '套餐与续费' }).click();
    await page.getByRole('combobox', { name: '自动续费' }).click();
    await page.locator('.ant-select-item-option', { hasText: '每次续 1 个月' }).click();
    await visitor.sees('自动续费已开启');
    await visitor.sees('下次尝试');
  });

  await step('another plan shows what it costs before it is taken', async () => {
    await visitor.choose('套餐', /轻量|标准|小型|入门|基础/);
    await visitor.sees('现在支付');
    await pictures(visitor, 'money-plan');
  });

  await step('billing says what there is, and its documents come as PDF', async () => {
    await page.goto('/billing?tab=month');
    await visitor.sees('现金余额');
    await visitor.sees('期末');
    await pictures(visitor, 'money-billing');
    await visitor.link('票据').click();
    await page.getByRole('table', { name: '账单' }).getByRole('row').nth(1).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: /的 PDF$/ })
        .first()
        .click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).subarray(0, 5).toString(), '%PDF-');
    await page
      .getByRole('button', { name: /^账单 / })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
    await pictures(visitor, 'money-invoices');
  });

  await step('the statement is checked against the published root, in the browser itself', async () => {
    await world.advanceTo(systemClock.now());
    const day = start.toISOString().slice(0, 10);
    await sealedUntil(world, new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(start));
    const { json } = await call(world, 'GET', '/staff/ledger/days', { cookie: await staffCookie(world) });
    const newest = (json.items as { day: string; sealed_at: string | null }[]).find((each) => each.sealed_at);
    assert.ok(newest && newest.day >= day);
    const published = await call(world, 'POST', '/staff/ledger/publications', {
      cookie: await staffCookie(world),
      body: { through: newest.day },
    });
    assert.equal(published.status, 200, published.text);
    await page.goto('/billing/proof');
    await page
      .getByRole('button', { name: /^验证 / })
      .last()
      .click();
    await visitor.sees('全部一致');
    await visitor.sees(/您的 \d+ 笔都通向这个根/);
    await pictures(visitor, 'money-proof');
  });

  await step('one altered figure, and the check fails', async () => {
    await page.route('**/api/v1/ledger/proof*', async (route) => {
      const reply = await route.fetch();
      const body = (await reply.json()) as { entries: { fields: string[] }[] };
      body.entries[0]!.fields[12] = '999000000';
      await route.fulfill({ response: reply, json: body });
    });
    await page.reload();
    await page
      .getByRole('button', { name: /^验证 / })
      .last()
      .click();
    await visitor.sees('有不一致的地方');
    visitor.content();
  });
  await visitor.leave();
}

async function withdrawal(t: TestContext): Promise<void> {
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('asiayun'), world.url);
  const customer = new StoryCustomer(url);
  await customer.getReady('80');
  const visitor = await signedIn(url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('the customer asks for it', async () => {
    await page.goto('/billing/funds');
    await visitor.button('申请提现').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('提现金额（元）').fill('30');
    await dialog.getByRole('button', { name: '申请提现' }).click();
    await visitor.sees('待审核');
    await pictures(visitor, 'money-funds');
  });

  await step('staff approve it, with a reason', async () => {
    const desk = await staffIn(world, url);
    await desk.page.goto('/staff/outgoing');
    await desk.page.getByRole('button', { name: /^同意 T/ }).click();
    await pictures(desk, 'money-desk-ask');
    const dialog = desk.page.getByRole('dialog');
    await dialog.getByLabel('原因').fill('资料一致');
    await dialog.getByRole('button', { name: '同意' }).click();
    await desk.sees('已完成');
    const { items } = await ok(customer.api.GET('/api/v1/funds/withdrawals'));
    if (items[0]!.state === 'approving') await decideNewest(await staffMember(world, 'second', url), true);
    await world.drain();
    await desk.page.reload();
    await desk.sees('已到账');
    await pictures(desk, 'money-desk-outgoing');
    for (const place of [
      'approvals',
      'incoming',
      'reconciliation',
      'offers',
      'papers',
      'metering',
      'books',
    ]) {
      await desk.page.goto(`/staff/${place}`);
      await desk.page.getByRole('heading', { level: 1 }).waitFor();
      await desk.page.waitForLoadState('networkidle');
      await pictures(desk, `money-desk-${place}`);
    }
    desk.content();
    await desk.leave();
  });

  await step('the customer sees it paid', async () => {
    await page.reload();
    await visitor.sees('已到账');
    visitor.content();
  });
  await visitor.leave();
}

async function usage(t: TestContext): Promise<void> {
  const start = new Date(systemClock.now().getTime() - 5 * DAY_MS);
  const world = await testWorld({ ticking: true, start, seed: true });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('qiniu'), world.url);
  const customer = new StoryCustomer(url);
  await customer.signUp();
  await customer.acceptTerms();
  await customer.topUp('100');
  const lab = await labOf(world, customer, url);
  await lab.open('www.example.com', 'fusion-cdn');
  const at = addDays(world.clock.now(), 1, 'Asia/Shanghai');
  await world.advanceTo(at);
  const sent = await lab.send([event('cdn.traffic', 'www.example.com', at, { bytes: 64 * 1_073_741_824 })]);
  assert.equal(sent.status, 200, JSON.stringify(sent.json));
  await world.advanceTo(addDays(at, 3, 'Asia/Shanghai'));
  const visitor = await signedIn(url, customer);
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('the month so far, and how it went', async () => {
    await page.goto('/billing/usage');
    await visitor.sees('本月费用');
    await visitor.choose('时间范围', '7 天');
    await pictures(visitor, 'money-usage');
  });

  await step('a budget is set', async () => {
    await visitor.button('添加预算').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('名称').fill('每月上限');
    await dialog.getByLabel('每月预算（元）').fill('50');
    await dialog.getByRole('button', { name: '保存' }).click();
    await page.getByRole('table', { name: '预算与提醒' }).getByText('每月上限').waitFor();
  });

  await step('a charge is explained: free quota, tier, reading, event', async () => {
    await page
      .getByRole('link', { name: /^解释 / })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: '这笔费用怎么来的' }).waitFor();
    await visitor.sees('免费额度');
    await visitor.sees('第 1 档');
    await visitor.sees('www.example.com');
    await visitor.sees('/edges/1');
    await pictures(visitor, 'money-explain');
    visitor.content();
  });
  await visitor.leave();
}

test('money, in a real browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  // Opened here, it lives as long as all three.
  await browser();
  await t.test('paid by code, ordered with a coupon, renewed by itself, and checked', codeToProof);
  await t.test('withdrawn at 亚云: asked for, looked at by staff, paid back the way it came', withdrawal);
  await t.test('used at 七牛云, and explained down to its events', usage);
});
