import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { someIdNumber } from '#server/story/identity.ts';
import type { World } from '#server/world.ts';
import { staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';
import { noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { Visitor } from './visitor.ts';
import { pictures, signedIn, staffEnters } from './visits.ts';

const SCAN = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function newcomer(world: World, minor: boolean): Promise<Visitor> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp({ minor });
  await customer.acceptTerms();
  const visitor = await signedIn(world.url, customer);
  await visitor.page.goto('/real-name');
  return visitor;
}

async function atDesk(world: World, name: string): Promise<Visitor> {
  await staffMember(world, name);
  const desk = await Visitor.arrive({ url: world.url, locale: 'zh-CN' });
  desk.allow(401, /^\/api\/v1\/staff\/auth\/session$/);
  await desk.page.goto('/staff/sign-in');
  await staffEnters(desk, world, {
    email: `${name}@staff.example.com`,
    password: `pw-${name}-Plum-rain-9`,
  });
  await desk.page.getByRole('heading', { level: 1, name: '总览' }).waitFor();
  await desk.link('实名审核').click();
  return desk;
}

test('documents that two of the staff judge, and a guardian’s consent with its paper', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  const world = await testWorld({ ticking: true, start: systemClock.now(), seed: true });
  const home = await newcomer(world, false);
  const step = home.chapters(t);

  await step('somebody with a passport hands it in', async () => {
    const { page } = home;
    await page.getByRole('tab', { name: '人工审核' }).click();
    await page.getByRole('combobox').click();
    await page.getByTitle('个人', { exact: true }).click();
    await home.field('证件上的姓名或名称').fill('Zephyrine Quill');
    await home.field('证件号码').fill('QX7310455');
    await home
      .field('证件照片或扫描件')
      .setInputFiles({ name: 'passport.png', mimeType: 'image/png', buffer: SCAN });
    await home.button('提交审核').click();
    await home.sees('资料正在审核');
    await pictures(home, 'real-name');
  });

  await step('two of the staff look, and agree', async () => {
    for (const name of ['first', 'second']) {
      const desk = await atDesk(world, name);
      await desk.button('查看资料').click();
      const shown = desk.page.getByRole('dialog', { name: '查看资料' });
      await shown.getByText('QX7310455').waitFor();
      await shown.getByRole('img', { name: '证件照片或扫描件' }).waitFor();
      await shown.getByRole('button', { name: '关闭' }).click();
      await desk.button('判断').click();
      const judge = desk.page.getByRole('dialog', { name: '判断' });
      await judge.getByRole('combobox').click();
      await desk.page.getByTitle('通过', { exact: true }).click();
      await judge.getByRole('textbox').fill('证件与本人一致');
      await judge.getByRole('button', { name: '判断' }).click();
      await desk.sees('已记录');
      if (name === 'second') await pictures(desk, 'identity-reviews');
      desk.content();
      await desk.leave();
    }
    await home.page.reload();
    await home.sees('已通过实名认证');
    home.content();
  });

  await step('a guardian is checked, confirms by the code, and the paper is there', async () => {
    const child = await newcomer(world, true);
    const { page } = child;
    await page.getByRole('tab', { name: '未成年人' }).click();
    await child.field('未成年人姓名').fill('李小明');
    await child.field('未成年人身份证号码').fill(someIdNumber('20150601'));
    await child.field('监护人姓名').fill('李建国');
    await child.field('监护人身份证号码').fill(someIdNumber());
    await page.getByRole('combobox').click();
    await page.getByTitle('父亲或母亲', { exact: true }).click();
    await child.field('监护人手机号').fill('13800000555');
    await child.button('核验并发送验证码').click();
    await child.sees('验证码已发至 138****0555');
    await world.drain();
    const reply = await fetch(`${world.url}/api/v1/dev/mailbox`);
    const { items } = (await reply.json()) as { items: { to: string; body: string }[] };
    const code = /\d{6}/.exec(items.find(({ to }) => to === '13800000555')!.body)![0];
    await child.field('监护人收到的验证码').fill(code);
    await child.button('确认同意').click();
    await child.sees('监护人同意书 GC-');
    await pictures(child, 'guardian');
    child.content();
  });
});
