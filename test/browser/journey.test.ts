import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { newSshKey } from '#server/story/ssh.ts';
import { beforeWorlds, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, measure, picture } from './site.ts';
import { Visitor } from './visitor.ts';

const EMAIL = 'xiaoming@example.com';
const PASSWORD = 'Lake-heron-47-quiet';
const NEXT_PASSWORD = 'Stone-bridge-58-rain';

/** The whole of a first visit, in Chinese, in a real browser on a real server. */
test('a customer signs up, pays, orders, uses and renews a machine in the browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  // An hour ago: the hour is then lived through, measured, and ends at the present that the browser counts from.
  const start = new Date(systemClock.now().getTime() - 3_600_000);
  const world = await testWorld({ ticking: true, start });
  const key = await newSshKey();
  beforeWorlds(() => key.remove());
  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('the storefront says what is sold and what is not promised', async () => {
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: '一分钟拿到一台自己的小云主机' }).waitFor();
    await page.getByRole('heading', { name: '我们不承诺什么' }).waitFor();
    for (const limit of ['不承诺可用率', '不提供备份', '付款后原则上不退款', '违规零容忍'])
      await visitor.sees(limit);
    assert.equal(await page.getByRole('link', { name: /^选购/ }).count(), 4);
    await visitor.sees('¥9.90');
    await page.screenshot({ path: picture('storefront') });
    await page.getByRole('link', { name: '第 5.4 条' }).click();
    await page.waitForURL(/\/terms#c-5\.4$/);
    await page
      .getByRole('heading', { name: /不退款/ })
      .first()
      .waitFor();
  });

  await step('ordering leads through sign-in to sign-up, with bad input shown at the fields', async () => {
    visitor.allow(401, /^\/api\/v1\/auth\/session$/);
    await page.goto('/');
    await visitor.link('选购 微型').click();
    await page.waitForURL(/\/sign-in\?back=/);
    await visitor.link('还没有账户？去注册').click();
    await visitor.button('注册并发送验证码').click();
    await visitor.complaintAt(visitor.field('邮箱'), '请填写此项');
    await visitor.complaintAt(visitor.field('密码'), '请填写此项');
    await visitor.sees('请选择是否已满 18 周岁');
    await visitor.field('邮箱').fill('not an address');
    await visitor.field('密码').fill('password1');
    await visitor.complaintAt(visitor.field('邮箱'), '请填写有效的邮箱地址');
    await visitor.field('邮箱').fill(EMAIL);
    await visitor.choose('年龄声明', '我已满 18 周岁');
    visitor.allow(400, /^\/api\/v1\/auth\/sign-up$/);
    await visitor.button('注册并发送验证码').click();
    await visitor.complaintAt(visitor.field('密码'), '密码太弱');
    await visitor.field('密码').fill(PASSWORD);
    await visitor.button('注册并发送验证码').click();
    await page.waitForURL(/\/verify\?/);
  });

  await step('the code is in the development mailbox, which says that it is one', async () => {
    const [mailbox] = await Promise.all([
      visitor.context.waitForEvent('page'),
      visitor.link('打开开发用邮箱').click(),
    ]);
    await mailbox.getByRole('heading', { level: 1, name: '开发用邮箱' }).waitFor();
    const code = (await mailbox.getByTestId('code').first().textContent()) ?? '';
    assert.match(code, /^\d{6}$/);
    await mailbox.close();
    visitor.allow(422, /^\/api\/v1\/auth\/verify-email$/);
    await visitor.field('验证码').fill(code === '123456' ? '654321' : '123456');
    await visitor.button('验证并登录').click();
    await visitor.complaintAt(visitor.field('验证码'), '验证码不对或已过期');
    await visitor.field('验证码').fill(code);
    await visitor.button('验证并登录').click();
    await page.waitForURL(/\/order\?plan=nat-s$/);
  });

  await step('the order page lists what is still open, and keeps what is entered', async () => {
    const gates = page.getByRole('region', { name: '下单前' });
    await gates.getByText('邮箱已验证').waitFor();
    for (const open of ['接受服务条款', '完成实名认证', '余额足够支付']) {
      await gates.getByRole('listitem').filter({ hasText: open }).getByText('未完成').waitFor();
    }
    await visitor.field('主机名').fill('web-01');
    assert.equal(await page.getByRole('button', { name: /^支付/ }).isDisabled(), true);
  });

  await step('the terms are accepted, each limit by its own box', async () => {
    await visitor.link('去接受').click();
    const accept = visitor.button('同意并接受全部条款');
    const boxes = page.getByRole('checkbox');
    await boxes.first().waitFor();
    assert.equal(await boxes.count(), 4);
    for (let box = 0; box < 4; box++) {
      assert.equal(await accept.isDisabled(), true);
      await boxes.nth(box).check();
    }
    await accept.click();
    await page.waitForURL(/\/order/);
    assert.equal(await visitor.field('主机名').inputValue(), 'web-01');
  });

  await step('the real name is checked, and says that a stand-in answers', async () => {
    await visitor.link('去认证').click();
    await visitor.sees('请勿填写真实证件');
    await visitor.field('姓名').fill('张三');
    await visitor.field('身份证号码').fill('123');
    await visitor.button('提交核验').click();
    await visitor.complaintAt(visitor.field('身份证号码'), '身份证号码是 18 位');
    visitor.allow(400, /^\/api\/v1\/account\/real-name$/);
    await visitor.field('身份证号码').fill('110105194912310021');
    await visitor.button('提交核验').click();
    await visitor.complaintAt(visitor.field('身份证号码'), '证件号码格式不正确');
    await visitor.field('身份证号码').fill('11010519491231002X');
    await visitor.button('提交核验').click();
    await visitor.sees('已通过实名认证');
    await visitor.button('继续').click();
    await page.waitForURL(/\/order/);
  });

  await step('the balance is topped up at the gateway that stands in, and the way leads back', async () => {
    await visitor.link('充值 ¥9.90').click();
    await visitor.sees('不会有真实扣款');
    await visitor.field('其他金额').last().fill('abc');
    await visitor.button(/^去支付/).click();
    await visitor.sees('最多两位小数');
    await visitor.choose('充值金额（元）', '¥50');
    await visitor.button('去支付 ¥50.00').click();
    await page.getByRole('button', { name: /付款/ }).click();
    await page.waitForURL(/\/top-up\//);
    await visitor.sees('充值成功');
    await visitor.button('回到订单').click();
    await page.waitForURL(/\/order/);
    await visitor.sees('¥50.00');
  });

  await step('a hostname and a key that can’t be are refused at their fields', async () => {
    await visitor.field('主机名').fill('Web_01');
    await visitor.field('SSH 公钥').last().fill('-----BEGIN OPENSSH PRIVATE KEY-----');
    await page.getByRole('button', { name: /^支付/ }).click();
    await visitor.complaintAt(visitor.field('主机名'), '主机名只能用');
    await visitor.sees('这不像一个 SSH 公钥');
    await visitor.field('主机名').fill('web-01');
    await visitor.choose('登录方式', 'root 密码');
    visitor.allow(400, /^\/api\/v1\/orders$/);
    await visitor.field('root 密码').last().fill('aaaaaaaaaaaa');
    await page.getByRole('button', { name: /^支付/ }).click();
    await visitor.sees('密码太弱');
    await visitor.choose('登录方式', 'SSH 公钥');
    await visitor.field('SSH 公钥').last().fill(key.publicKey);
  });

  await step('the machine is made before one’s eyes', async () => {
    await visitor.button('支付 ¥9.90 并开通').click();
    await page.waitForURL(/\/services\/[0-9a-f-]{36}/);
    const steps = page.getByRole('list', { name: '开通进度' });
    for (const done of ['已付款', '预留资源与端口', '创建机器', '启动系统', '放入登录凭据', '可以登录']) {
      await steps
        .getByRole('listitem')
        .filter({ hasText: done })
        .getByText('完成')
        .waitFor({ timeout: 60_000 });
    }
    await visitor.sees('从付款到可登录共');
    const ssh = (await page.getByTestId('ssh').textContent()) ?? '';
    assert.match(ssh, /^ssh -p \d{5} root@\S+$/);
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.button('复制 SSH 命令').click();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), ssh);
    await visitor.sees('立即停机，数据保留 3 天');
  });

  await step('the end of the term cites its clause', async () => {
    await visitor.button('查看条款第 5.3 条').click();
    await visitor.sees('到期立即停机。停机后有 3 天宽限期');
    await page.keyboard.press('Escape');
  });

  await step('ports are added and removed, one outside the range is refused at its field', async () => {
    await page.getByRole('tab', { name: '端口' }).click();
    const table = page.getByRole('table', { name: '端口' });
    await table.getByText('SSH（固定）').waitFor();
    visitor.allow(422, /\/mappings$/);
    const listen = page.getByRole('combobox', { name: /^公网端口/ });
    await listen.fill('9');
    await visitor.field('机器端口').fill('80');
    await visitor.button('添加映射').click();
    await visitor.complaintAt(listen, '端口不在本机的端口段内');
    await listen.fill('');
    await visitor.button('添加映射').click();
    const remove = page.getByRole('button', { name: /^删除映射 TCP \d{5} → 80$/ });
    await remove.click();
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await remove.waitFor({ state: 'detached' });
  });

  await step('the terminal runs a command', async () => {
    await page.getByRole('tab', { name: '终端' }).click();
    await visitor.sees('已连接');
    await page.keyboard.type('echo cloud$((40+2))pact; hostname\n', { delay: 5 });
    await page
      .getByRole('region', { name: '机器的终端' })
      .getByText(/web-01|simulated@/)
      .first()
      .waitFor();
  });

  await step('the charts show what was measured', async () => {
    await measure(world, 55);
    await page.getByRole('tab', { name: '概览' }).click();
    await page.reload();
    for (const name of ['处理器', '内存', '磁盘', '网络']) {
      const line = page
        .getByRole('img', { name: new RegExp(`^${name}图表`) })
        .locator('path[stroke="#1677d2"]');
      await line.waitFor({ state: 'attached' });
      const corners = ((await line.getAttribute('d')) ?? '').split(/[LC]/).length;
      assert.ok(corners > 30, `${name}: ${corners} points`);
    }
  });

  await step('stopping says that it doesn’t stop billing, and is undone by starting', async () => {
    await visitor.button('关机').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('关机不会停止计费').waitFor();
    await dialog.getByRole('button', { name: '关机' }).click();
    await visitor.sees('已关机');
    await visitor.button('开机').click();
    await page.getByRole('dialog').getByRole('button', { name: '开机' }).click();
    await visitor.sees('已开机');
  });

  await step('renewing moves the end by a month', async () => {
    const expiry = () =>
      page.getByRole('region', { name: '服务期限' }).locator('time').nth(1).getAttribute('datetime');
    const first = await expiry();
    await visitor.button('续费').click();
    await page.getByRole('dialog').getByRole('button', { name: '支付 ¥9.90 续费' }).click();
    await visitor.sees('续费成功');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    let second = first;
    while (second === first) second = await expiry();
    const days = (Date.parse(second!) - Date.parse(first!)) / 86_400_000;
    assert.ok(days >= 28 && days <= 31, `${days} days`);
  });

  await step('history, billing and notices tell what happened', async () => {
    await page.getByRole('tab', { name: '记录' }).click();
    await page.getByRole('table', { name: '记录' }).getByRole('row').nth(2).waitFor();
    await visitor.link('账务').click();
    await page.getByRole('table', { name: '流水' }).getByText('+¥50.00').waitFor();
    await page.getByRole('tab', { name: '订单' }).click();
    await page.getByRole('table', { name: '订单' }).getByText('续费').waitFor();
    await visitor.link(/^通知/).click();
    await page.getByRole('heading', { level: 1, name: '通知' }).waitFor();
    await visitor.link('服务').click();
    await page.getByRole('table', { name: '服务' }).getByText('web-01').waitFor();
  });

  await step('the password is changed, and wrong ones are told at their fields', async () => {
    await visitor.link('账户').click();
    await page.getByRole('table', { name: '已接受的条款' }).getByText('不承诺可用率').waitFor();
    await visitor.link('账户安全').click();
    visitor.allow(401, /^\/api\/v1\/account\/password$/);
    await visitor.field('当前密码').fill('Not-this-one-93');
    await visitor.field('新密码').fill(NEXT_PASSWORD);
    await visitor.button('修改密码').click();
    await visitor.complaintAt(visitor.field('当前密码'), '邮箱或密码不对');
    await visitor.field('当前密码').fill(PASSWORD);
    await visitor.button('修改密码').click();
    await visitor.sees('密码已修改');
  });

  await step('a session that has ended leads to sign-in and back', async () => {
    await visitor.context.clearCookies();
    visitor.allow(401, /^\/api\/v1\//);
    await visitor.field('当前密码').fill(NEXT_PASSWORD);
    await visitor.field('新密码').fill(PASSWORD);
    await visitor.button('修改密码').click();
    await page.waitForURL(/\/sign-in\?/);
    await visitor.sees('登录已过期');
    await visitor.field('邮箱或手机号').fill(EMAIL);
    await visitor.field('密码').fill(NEXT_PASSWORD);
    await visitor.button('登录').click();
    await page.waitForURL(/\/account\/security$/);
    await visitor.button(/退出登录/).click();
    await page.waitForURL(/\/$/);
  });

  visitor.content();
  await visitor.leave();
});
