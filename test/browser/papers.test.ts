import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { printPaper } from '#kernel/paper.ts';
import { naturalDay } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { withBankAccount } from '../support/payments.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';
import { browser, noChromium } from './chromium.ts';
import { builtConsole } from './site.ts';
import { act, pictures, signedIn, staffIn } from './visits.ts';

/** What 亚云 does by hand: transfers of banks, tax invoices, contracts, freezes. Staff and customer each at their own page. */

const SLIP = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const COMPANY = { 名称: '杭州某某网络科技有限公司', 税号: '91350100M000100Y43' };

async function asiayun(balance: string | null) {
  const world = await testWorld({
    ticking: true,
    start: systemClock.now(),
    seed: true,
    brandsDir: await withBankAccount('asiayun', { contracts: 'after-approval' }),
    env: { CLOUDPACT_TAX_INVOICES: 'by-hand' },
  });
  const { brands } = world.server.house;
  const url = brands.url(brands.get('asiayun'), world.url);
  const customer = new StoryCustomer(url);
  await customer.getReady(balance);
  const visitor = await signedIn(url, customer);
  const desk = await staffIn(world, url);
  return { world, customer, visitor, desk };
}

function today(world: World): string {
  return naturalDay(world.clock.now(), 'Asia/Shanghai');
}

async function transfers(t: TestContext): Promise<void> {
  const { world, customer, visitor, desk } = await asiayun(null);
  const { page } = visitor;
  const step = visitor.chapters(t);
  const begin = async (amount: string) => {
    await page.goto('/top-up');
    await visitor.choose('充值金额（元）', amount);
    await visitor.choose('支付方式', '银行转账');
    await visitor.button(`去支付 ${amount}.00`).click();
    await visitor.sees('请按以下信息转账');
    return (await page.locator('dd code').last().textContent()) ?? '';
  };

  await step('a transfer is begun, and its slip sent', async () => {
    await begin('¥200');
    await visitor.field('付款人户名').fill('张三');
    await visitor.field('转账日期').fill(today(world));
    await visitor.field('回单文件').setInputFiles({ name: 'slip.png', mimeType: 'image/png', buffer: SLIP });
    await visitor.button('提交凭证').click();
    await visitor.sees(/张三 · /);
    await pictures(visitor, 'bank-transfer');
  });

  await step('the bank’s statement has it without its reference: staff match it', async () => {
    await desk.page.goto('/staff/incoming');
    await desk.page.getByRole('table', { name: '银行转账' }).getByRole('link', { name: '张三' }).waitFor();
    await pictures(desk, 'bank-transfer-desk');
    await desk.page.getByRole('tab', { name: '银行到账' }).click();
    const lines = ['date,amount,payer,memo,bank_reference', `${today(world)},200.00,张三,货款,B-1001`, ''];
    await act(desk, '导入银行对账单', {
      file: {
        label: 'CSV 文件',
        name: 'bank.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(lines.join('\n')),
      },
    });
    await desk.page.getByRole('table', { name: '银行到账' }).getByText('B-1001').waitFor();
    await pictures(desk, 'bank-receipts-desk');
    await act(desk, '认领 B-1001', { fields: { 原因: '付款人与金额一致' } });
    await desk.page.getByRole('table', { name: '银行到账' }).getByText('已到账').waitFor();
    await page.goto('/billing');
    await visitor.sees('¥200.00');
    assert.equal(await customer.balance(), '200.00');
  });

  await step('another one is approved by what the bank’s page says, a third refused', async () => {
    const reference = await begin('¥50');
    await desk.page.goto('/staff/incoming');
    await act(desk, new RegExp(`^同意 .*${reference}`), {
      fields: { 银行流水号: 'B-1002', 到账日期: today(world) },
    });
    await page.reload();
    await visitor.sees('充值成功');
    const other = await begin('¥20');
    await desk.page.reload();
    await act(desk, new RegExp(`^拒绝 .*${other}`), { fields: { 原因: '三天未到账' } });
    await page.reload();
    await visitor.sees('支付已关闭');
    assert.equal(await customer.balance(), '250.00');
    visitor.content();
    desk.content();
  });
  await desk.leave();
  await visitor.leave();
}

async function papers(t: TestContext): Promise<void> {
  const { world, customer, visitor, desk } = await asiayun('100');
  await customer.order({ plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS });
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step('the customer adds a title and applies for a tax invoice', async () => {
    await page.goto('/billing/papers?tab=titles');
    await act(visitor, '添加抬头', { fields: COMPANY });
    await page.getByRole('table', { name: '抬头' }).getByText(COMPANY.名称).waitFor();
    await page.getByRole('tab', { name: '发票' }).click();
    await page.getByRole('checkbox', { name: /可开 ¥18\.00/ }).check();
    await visitor.sees('合计 ¥18.00');
    await visitor.button('申请发票').click();
    await page.getByRole('table', { name: '发票' }).getByText('待开票').waitFor();
    await pictures(visitor, 'tax-invoice');
  });

  await step('staff issue it by hand; the customer has the very file', async () => {
    const pdf = await printPaper({
      title: '发票',
      language: 'zh-CN',
      colour: '#a1291f',
      date: world.clock.now(),
      letterhead: { brand: '税务局', tagline: '', name: '电子发票', number: '26112000000012345678' },
      blocks: [],
      footer: '',
    });
    await desk.page.goto('/staff/papers');
    await act(desk, '登记开票', {
      fields: { 发票号码: '26112000000012345678' },
      file: { label: '文件（PDF）', name: 'invoice.pdf', mimeType: 'application/pdf', buffer: pdf },
    });
    await desk.page.getByRole('table', { name: '发票' }).getByText('已开具').waitFor();
    await pictures(desk, 'tax-invoice-desk');
    await page.reload();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '发票文件 26112000000012345678' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    assert.ok(Buffer.concat(chunks).equals(pdf));
  });

  await step('a contract is applied for and sealed once staff agree, and its seal holds', async () => {
    await page.getByRole('tab', { name: '合同' }).click();
    await act(visitor, '申请合同', { choices: { 对应订单的账单: '¥18.00', 甲方: COMPANY.名称 } });
    await page.getByRole('table', { name: '合同' }).getByText('待审核').waitFor();
    await desk.page.goto('/staff/papers?tab=contracts');
    await act(desk, /^同意并盖章/);
    await world.drain();
    await page.reload();
    await page.getByRole('table', { name: '合同' }).getByText('已盖章').waitFor();
    await desk.page.goto('/staff/papers?tab=contracts');
    await desk.page.getByRole('table', { name: '合同' }).getByText('已盖章').waitFor();
    await pictures(desk, 'contract-desk');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: /的 PDF$/ })
        .first()
        .click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    const sealed = Buffer.concat(chunks);
    const check = async (buffer: Buffer) => {
      await visitor.field('合同 PDF').setInputFiles({ name: 'c.pdf', mimeType: 'application/pdf', buffer });
      await visitor.button('验证合同').click();
    };
    await check(sealed);
    await visitor.sees('真实有效：自签署后没有改动');
    await pictures(visitor, 'contract');
    const altered = Buffer.from(sealed);
    altered[200] = altered[200]! ^ 1;
    await check(altered);
    await visitor.sees('不能确认为真实');
    visitor.content();
  });

  await step('an invoice that was wrong is reversed by a red letter', async () => {
    await desk.page.goto('/staff/papers');
    await act(desk, /^红冲/, { fields: { 原因: '抬头有误' } });
    await act(desk, /^登记红字发票/, { fields: { 发票号码: '26112000000099999999' } });
    await page.goto('/billing/papers?tab=tax-invoices');
    await visitor.sees('已红冲');
    desk.content();
  });
  await desk.leave();
  await visitor.leave();
}

async function freeze(t: TestContext): Promise<void> {
  const { customer, visitor, desk } = await asiayun('80');
  const { data } = await customer.api.GET('/api/v1/auth/session');
  const { page } = visitor;
  const step = visitor.chapters(t);

  await step(
    '[asiayun 5.4] staff freeze a part of the balance, by a reason that the terms name',
    async () => {
      await desk.page.goto(`/staff/customers/${data!.customer!.id}`);
      await act(desk, '冻结资金', {
        fields: { 金额: '50', '事实说明（告知客户）': '短时间内多次异常充值' },
        choices: { 条款原因: '5.4.3' },
      });
      await page.goto('/billing/funds');
      await visitor.sees('短时间内多次异常充值');
      await pictures(visitor, 'freeze');
    },
  );

  await step('[asiayun 5.4] the customer appeals', async () => {
    await act(visitor, '提交申诉', { fields: { 申诉理由与证据说明: '是公司统一充值' } });
    await page.getByRole('table', { name: '冻结' }).getByText('申诉中').waitFor();
  });

  await step('[asiayun 5.4] staff lift it, and the money is there again', async () => {
    await desk.page.goto('/staff/outgoing');
    await desk.page.getByRole('tab', { name: '冻结' }).click();
    await desk.page.getByRole('table', { name: '冻结' }).getByText('是公司统一充值').waitFor();
    await pictures(desk, 'freeze-desk');
    await act(desk, /^解除/, { fields: { 原因: '材料属实' } });
    await page.reload();
    await page.getByRole('table', { name: '冻结' }).getByText('已解除').waitFor();
    assert.equal(await customer.balance(), '80.00');
    visitor.content();
    desk.content();
  });
  await desk.leave();
  await visitor.leave();
}

test('transfers, papers and freezes, in a real browser', async (t) => {
  const missing = noChromium();
  if (missing) return t.skip(missing);
  await builtConsole();
  await browser();
  await t.test('money by bank transfer: slip, statement, matching, refusal', transfers);
  await t.test('a tax invoice by hand and a sealed contract', papers);
  await t.test('money frozen, appealed, given free', freeze);
});
