import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#kernel/clock.ts';
import { openRealNode } from '#server/story/real-node.ts';
import { newSshKey, sshWithin } from '#server/story/ssh.ts';
import { noHypervisor } from '../contracts/local-lxd.ts';
import { beforeWorlds, readyCustomer, testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole, picture } from './site.ts';
import { Visitor } from './visitor.ts';

/** Some minutes in a machine's life: work, rest, a file that grows, packets to the gateway. */
const LIFE = `(while :; do
  timeout 4 sh -c 'while :; do :; done'; sleep 5
  dd if=/dev/urandom of=/root/blob bs=1M count=16 oflag=append conv=notrunc; sleep 4
  timeout 3 ping -f -s 1400 "$(ip route show default | cut -d' ' -f3)"
done) >/dev/null 2>&1 &`;

/** The same pages on a real hypervisor: what they show is really so. */
test('a real container, bought, entered and watched in the browser', async (t) => {
  const missing = noChromium() ?? (await noHypervisor());
  if (missing) return t.skip(missing);
  await builtConsole();
  const real = await openRealNode(join(tmpdir(), 'cloudpact-test', 'browser'), () => undefined);
  beforeWorlds(() => real.stop());
  const world = await testWorld({ ticking: true, start: systemClock.now(), nodes: [real.node] });
  const customer = await readyCustomer(world, '50');
  const key = await newSshKey();
  beforeWorlds(() => key.remove());
  const visitor = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  const { page } = visitor;
  const step = visitor.chapters(t);
  let target = { host: '', port: 0, keyFile: key.file };

  await step('it is ordered and made', async () => {
    visitor.allow(401, /^\/api\/v1\/auth\/session$/);
    await page.goto('/sign-in?back=%2Forder%3Fplan%3Dnat-s');
    await visitor.field('邮箱或手机号').fill(customer.email);
    await visitor.field('密码').fill(customer.password);
    await visitor.button('登录').click();
    await page.waitForURL(/\/order/);
    await visitor.field('主机名').fill('blog');
    await visitor.field('SSH 公钥').last().fill(key.publicKey);
    await visitor.button('支付 ¥9.90 并开通').click();
    await page.waitForURL(/\/services\/[0-9a-f-]{36}/);
    await visitor.sees('从付款到可登录共');
    assert.equal(await page.getByText('模拟节点').count(), 0);
  });

  await step('the SSH line that it shows leads into it', async () => {
    const line = (await page.getByTestId('ssh').textContent()) ?? '';
    const [, port = '', host = ''] = /^ssh -p (\d+) root@(\S+)$/.exec(line) ?? [];
    target = { ...target, host, port: Number(port) };
    assert.equal(await sshWithin(target, 'hostname', 20), 'blog\n');
    await sshWithin(target, LIFE, 20);
  });

  await step('the terminal is a shell in the container', async () => {
    await page.getByRole('tab', { name: '终端' }).click();
    await visitor.sees('已连接');
    await page.keyboard.type('hostname; systemctl is-active ssh; echo $((6*7))\n', { delay: 5 });
    const terminal = page.getByRole('region', { name: '机器的终端' });
    for (const said of [/root@blog/, /^active/m, /42/]) await terminal.getByText(said).first().waitFor();
    await page.screenshot({ path: picture('terminal') });
  });

  await step('a port that is added leads to what listens inside', async () => {
    await page.getByRole('tab', { name: '端口' }).click();
    await visitor.field('机器端口').fill('8000');
    await visitor.button('添加映射').click();
    const remove = page.getByRole('button', { name: /^删除映射 TCP \d{5} → 8000$/ });
    const [, port] = /TCP (\d{5})/.exec((await remove.getAttribute('aria-label')) ?? '') ?? [];
    await world.drain();
    const serve = `perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(LocalPort=>8000,Listen=>5,ReuseAddr=>1);
      while($c=$s->accept){print $c "HTTP/1.0 200 OK\\r\\n\\r\\nfrom inside";close $c}' >/dev/null 2>&1 &`;
    await sshWithin(target, serve, 20);
    let said = '';
    for (let attempt = 0; attempt < 50 && said === ''; attempt++) {
      said = await fetch(`http://${target.host}:${port}/`).then(
        (answer) => answer.text(),
        () => '',
      );
      if (said === '') await sleep(200);
    }
    assert.equal(said, 'from inside');
  });

  await step('the charts show what the hypervisor measures', async () => {
    await page.getByRole('tab', { name: '概览' }).click();
    const { db } = world.server.house;
    const counted = async () =>
      Number(
        (
          await db
            .selectFrom('compute_sample')
            .select((e) => e.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      );
    while ((await counted()) < 10) await sleep(1_000);
    await page.reload();
    for (const name of ['处理器', '内存', '磁盘', '网络']) {
      await page
        .getByRole('img', { name: new RegExp(`^${name}图表`) })
        .locator('path')
        .first()
        .waitFor({ state: 'attached' });
    }
    const last = await db
      .selectFrom('compute_sample')
      .selectAll()
      .orderBy('at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    assert.ok(last.cpu_ns > 1_000_000_000n && last.memory_bytes > 8_000_000n && last.processes > 5);
    await page.screenshot({ path: picture('console') });
  });

  visitor.content();
  await visitor.leave();
});
