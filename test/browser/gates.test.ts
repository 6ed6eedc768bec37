import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { brandWith } from '../support/money.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';
import { act, pictures, staffEnters } from './visits.ts';

/** What a customer may do, and what holds for a service: set by staff, read by the customer. */
test('staff restrict, lift, approve a filing and record a contract; the customer reads what follows', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const brandsDir = await brandWith('terms.yaml', [
    [
      'periods: {',
      'precedence: { clause: "6.1", order: [attachment, service-contract, order-page, agreement] }\n  filing: { clause: "2.2", before: public-website, kinds: [icp-filing] }\n  periods: {',
    ],
    ['- { measure: throttle,', '- { measure: restrict, clause: "3.2" }\n      - { measure: throttle,'],
  ]);
  const world = await testWorld({ ticking: true, start: systemClock.now(), brandsDir, seed: true });
  const pair = await TwoStaff.at(world, 'lantian', 'browser');
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const customer = await readyCustomer(world, '30');
  const service = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(service, ({ state }) => state === 'active');

  const desk = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const home = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const step = desk.chapters(t);
  const mayDo = home.page.getByRole('table', { name: '现在可以做什么' });
  const row = (act: string) => mayDo.getByRole('row').filter({ hasText: act });
  const answer = (dialog: string) => desk.page.getByRole('dialog', { name: dialog });

  await step('both sign in; the customer reads what it may do', async () => {
    home.allow(401, /^\/api\/v1\/auth\/session$/);
    desk.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
    await home.page.goto('/sign-in?back=%2Faccount');
    await home.field('邮箱或手机号').fill(customer.email);
    await home.field('密码').fill(customer.password);
    await home.button('登录').click();
    await row('购买新服务').getByText('可以', { exact: true }).waitFor();
    await row('提现').getByText('暂不可以').waitFor();
    await row('开放网站').getByText(/备案/).first().waitFor();
    await desk.page.goto('/staff/sign-in');
    await staffEnters(desk, world, login);
    await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  });

  await step('staff restrict buying: shut with its clause; lifted: open', async () => {
    await desk.link('客户').first().click();
    await desk.link(customer.email).click();
    await desk.button('限制一项功能').click();
    const dialog = answer('限制一项功能');
    await dialog.getByRole('combobox').click();
    await desk.page.getByTitle('购买新服务', { exact: true }).click();
    await dialog.getByLabel('原因（会告知客户）').fill('扫描他人网络');
    await dialog.getByRole('button', { name: '限制一项功能' }).click();
    await desk.sees('已限制，并已通知客户');
    await desk.page.screenshot({ path: picture('staff-gates'), fullPage: true });
    await home.page.reload();
    await row('购买新服务')
      .getByText(/已被限制.*扫描他人网络/)
      .waitFor();
    await row('购买新服务').getByRole('button', { name: '查看条款第 3.2 条' }).waitFor();
    await home.page.screenshot({ path: picture('account-gates'), fullPage: true });
    await desk.button('解除限制：购买新服务').click();
    const lift = answer('解除限制：购买新服务');
    await lift.getByLabel('原因（会告知客户）').fill('已整改');
    await lift.getByRole('button', { name: /^解\s?除$/ }).click();
    await desk.sees('已解除，并已通知客户');
    await home.page.reload();
    await row('购买新服务').getByText('可以', { exact: true }).waitFor();
  });

  await step('the customer enters a filing; staff approve it; the website may open', async () => {
    await home.link('管理域名与备案').click();
    await home.button('添加域名').click();
    const adding = home.page.getByRole('dialog', { name: '添加域名' });
    await adding.getByLabel('域名').fill('Example.com');
    await adding.getByRole('button', { name: '添加域名' }).click();
    const records = home.page.getByRole('row').filter({ hasText: 'example.com' });
    const text = await records.getByText(/^cloudpact-domain=/).textContent();
    world.names.txt.set('_cloudpact.example.com', [text!]);
    await home.button('验证 DNS：example.com').click();
    const proving = home.page.getByRole('dialog', { name: '验证 DNS：example.com' });
    await proving.getByRole('button', { name: '验证 DNS' }).click();
    await records.getByText('已验证', { exact: true }).waitFor();
    await home.button('登记备案或许可').click();
    const dialog = home.page.getByRole('dialog', { name: '登记备案或许可' });
    await dialog.getByRole('combobox').click();
    await home.page.getByTitle('ICP 备案', { exact: true }).click();
    await dialog.getByLabel('编号').fill('沪ICP备2026000001号');
    await dialog.getByLabel('域名').fill('example.com');
    await dialog.getByLabel('主体').fill('张三');
    await dialog.getByRole('button', { name: '登记备案或许可' }).click();
    await home.sees('已登记，等待核对');
    await desk.link('备案').click();
    await desk.button('核对通过：example.com 沪ICP备2026000001号').click();
    const decide = answer('核对通过：example.com 沪ICP备2026000001号');
    await decide.getByRole('textbox').fill('工信部网站核对一致');
    await decide.getByRole('button', { name: '核对通过' }).click();
    await desk.sees('已处理');
    await pictures(home, 'domains');
    await home.page.goto('/account');
    await row('开放网站').getByText('可以', { exact: true }).waitFor();
  });

  await step(
    'staff revoke it with a reason; the customer reads that, and the website is shut again',
    async () => {
      await act(desk, '撤销：example.com 沪ICP备2026000001号', {
        fields: { '撤销原因（会告知客户）': '主管部门已注销该备案' },
      });
      await desk.sees('已撤销，并已通知客户');
      await pictures(desk, 'staff-filings');
      await home.page.reload();
      await row('开放网站').getByText('暂不可以').waitFor();
      await home.page.goto('/account/domains');
      const register = home.page.getByRole('table', { name: '备案与许可' });
      await register.getByText('已撤销').waitFor();
      await register.getByText('主管部门已注销该备案').waitFor();
      await pictures(home, 'domains-revoked');
    },
  );

  await step(
    'a service contract is recorded; agreed to by a colleague, the service page shows it',
    async () => {
      await desk.link('客户').first().click();
      await desk.link(customer.email).click();
      await desk.button('登记服务合同').click();
      const dialog = answer('登记服务合同');
      await dialog.getByLabel('编号').fill('HT-2026-007');
      await dialog.getByLabel('名称').fill('云服务器合同');
      await dialog.getByLabel('第一天').fill('2020-01-01');
      await dialog.getByLabel('参数（JSON）').fill('{"refund": {"clause": "9", "rule": "unconsummed"}}');
      await dialog.getByLabel('所引条款，每行一条').fill('9 未消费部分退还。');
      await dialog.locator('input[type=file]').setInputFiles({
        name: '合同.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.7\nsigned\n%%EOF'),
      });
      await dialog.getByLabel('给第二人的说明').fill('销售总监签署');
      desk.allow(422, /service-contracts$/);
      await dialog.getByRole('button', { name: '登记服务合同' }).click();
      await dialog.getByText(/did you mean unconsumed/).waitFor();
      await dialog.getByLabel('参数（JSON）').fill('{"refund": {"clause": "9", "rule": "unconsumed"}}');
      await dialog.getByRole('button', { name: '登记服务合同' }).click();
      await desk.page.getByRole('table', { name: '服务合同' }).getByText('等待第二人同意').waitFor();
      await pair.decide(true);
      await desk.page.reload();
      await desk.page.getByRole('table', { name: '服务合同' }).getByText('已生效登记').waitFor();
      await desk.page.screenshot({ path: picture('staff-contracts'), fullPage: true });
      await home.page.goto(`/services/${service}?tab=policy`);
      const refund = home.page
        .getByRole('table', { name: '这台服务适用的约定' })
        .getByRole('row')
        .filter({ hasText: 'HT-2026-007' });
      await refund.getByText('服务合同', { exact: true }).waitFor();
      await refund.getByText('规则 未消费的部分').waitFor();
      await home.page.screenshot({ path: picture('service-policy'), fullPage: true });
      await home.page.goto('/account');
      await home.page.getByRole('table', { name: '服务合同' }).getByText('HT-2026-007').first().waitFor();
    },
  );

  await step('nothing on the way complained', async () => {
    desk.content();
    home.content();
  });
  await desk.leave();
  await home.leave();
});
