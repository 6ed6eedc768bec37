import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { ok } from '#server/client.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { staffEnters } from './visits.ts';

test('anybody reports abuse, staff open a case and suspend, the customer reads by which clause and appeals', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const customer = await readyCustomer(world, '30');
  const { customer: own } = await ok(customer.api.GET('/api/v1/auth/session'));
  const serviceId = await customer.order({ access: PASSWORD_ACCESS, hostname: 'blog' });
  await customer.until(serviceId, (service) => service.state === 'active');

  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);
  const dialog = () => page.getByRole('dialog');
  const say = (label: string, text: string) => dialog().getByLabel(label).fill(text);
  const confirm = (label: string) => dialog().getByRole('button', { name: label }).click();
  const choose = async (label: string, option: string) => {
    await dialog().getByLabel(label).click();
    await page.getByTitle(option, { exact: true }).click();
  };

  await step('a stranger reports it from the foot of the site', async () => {
    await page.goto('/');
    await visitor.link('举报违规').click();
    await page.getByRole('heading', { level: 1, name: '举报违规' }).waitFor();
    await visitor.button('举报违规').click();
    await say('地址、域名或链接', '203.0.113.9:20001');
    await choose('类别', '攻击、扫描与入侵');
    await say('发生了什么', 'It scans our network since the morning.');
    await say('您的邮箱', 'noc-17@example.net');
    await confirm('举报违规');
    await visitor.sees('已处理');
  });

  await step('staff make a case of it and suspend the machine', async () => {
    await page.goto('/staff/cases');
    await staffEnters(visitor, world, login);
    await page.getByText('noc-17@example.net').waitFor();
    await visitor.button('立案').last().click();
    await say('客户 ID', own.id);
    await say('服务 ID（可空）', serviceId);
    await say('事由', '被举报扫描');
    await confirm('立案');
    await page.getByRole('link', { name: '被举报扫描' }).click();
    await page.getByText('It scans our network').waitFor();
    await visitor.button('暂停服务').click();
    await say('原因', '核查期间暂停');
    await confirm('暂停服务');
    await page.getByRole('table', { name: '措施' }).getByText('生效中').waitFor();
    await visitor.button('认定违规').click();
    await say('处理意见', '日志属实');
    await confirm('认定违规');
    await page.getByText('已认定违规').first().waitFor();
  });

  await step('the customer sees why and how it is lifted, not who reported, and appeals', async () => {
    const other = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
    await other.page.goto('/sign-in?back=/cases');
    await other.field('邮箱或手机号').fill(customer.email);
    await other.field('密码').fill(customer.password);
    await other.button('登录').click();
    await other.page.getByRole('link', { name: '被举报扫描' }).click();
    const table = other.page.getByRole('table', { name: '措施' });
    await table.getByText('3.2').waitFor();
    await table.getByText('解除后服务立即恢复').waitFor();
    await other.page.getByText('noc-17').waitFor({ state: 'detached' });
    await other.button('申诉').click();
    await other.page.getByRole('dialog').getByLabel('申诉理由').fill('是被入侵，已重装');
    await other.page.getByRole('dialog').getByRole('button', { name: '申诉' }).click();
    await other.page.getByText('是被入侵，已重装').waitFor();
    await other.leave();
  });

  await step('staff grant it, and the measure falls', async () => {
    await page.reload();
    await visitor.button('支持申诉').click();
    await say('处理意见', '已核实重装');
    await confirm('支持申诉');
    await page.getByRole('table', { name: '措施' }).getByText('已解除').waitFor();
  });
  await visitor.leave();
});
