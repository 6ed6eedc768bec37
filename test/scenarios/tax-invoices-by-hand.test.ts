import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '#kernel/config.ts';
import { printPaper } from '#kernel/paper.ts';
import { addDays } from '#kernel/time.ts';
import { BrandSite } from '../support/brand-site.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

const BRAND = 'asiayun';
const COMPANY = {
  kind: 'company',
  name: '杭州某某网络科技有限公司',
  tax_number: '91350100M000100Y43',
  address: '杭州市西湖区某路 1 号',
  phone: '0571-88880000',
  bank: '某银行杭州分行',
  bank_account: '622202020000',
};

test('without a service staff issue by hand: number and file in, red letter after a refund', async () => {
  const hand = await testWorld({ seed: true, env: { CLOUDPACT_TAX_INVOICES: 'by-hand' } });
  const there = new BrandSite(hand, BRAND);
  const buyer = await there.customer('100');
  const own = () => buyer.api.cookie();
  const clerk = await there.staff();
  const titleId = (await there.ask('POST', '/invoice-titles', own(), COMPANY)).json.id;
  await buyer.order({ plan: 'ay-1', access: PASSWORD_ACCESS });
  const body = { title_id: titleId, type: 'special', choice: { from: '2026-03', to: '2026-03' } };
  const { id } = (await there.ask('POST', '/tax-invoices', own(), body)).json as { id: string };
  await hand.drain();
  const queue = await there.ask('GET', '/staff/tax-invoices?state=submitted', clerk);
  assert.deepEqual(
    (queue.json.items as { id: string }[]).map((row) => row.id),
    [id],
  );
  const pdf = await printPaper({
    title: '发票',
    language: 'zh-CN',
    colour: '#a1291f',
    date: hand.clock.now(),
    letterhead: { brand: '税务局', tagline: '', name: '电子发票', number: '26112000000012345678' },
    blocks: [],
    footer: '',
  });
  const enter = (facts: object) => there.ask('POST', `/staff/tax-invoices/${id}/issued`, clerk, facts);
  const bad = await enter({
    number: '26112000000012345678',
    file: Buffer.from('<script>').toString('base64'),
  });
  assert.equal(bad.json.code, 'file-unreadable');
  assert.equal((await enter({ number: '12', file: pdf.toString('base64') })).status, 400);
  assert.equal((await enter({ number: '26112000000012345678', file: pdf.toString('base64') })).status, 204);
  assert.equal((await enter({ number: '26112000000012345679', file: pdf.toString('base64') })).status, 409);
  const file = await there.ask('GET', `/tax-invoices/${id}/files/invoice`, own());
  assert.ok(file.bytes.equals(pdf), 'the customer gets the very file that was entered');
  await there.ask('POST', `/staff/tax-invoices/${id}/reverse`, clerk, { reason: '开票信息有误' });
  await hand.advanceTo(addDays(hand.clock.now(), 2, 'Asia/Shanghai'));
  const still = (await there.ask('GET', `/tax-invoices/${id}`, own())).json;
  assert.deepEqual([still.state, still.reason], ['reversing', '开票信息有误']);
  const red = { number: '26112000000099999999' };
  const staffAgain = await there.staff();
  assert.equal((await there.ask('POST', `/staff/tax-invoices/${id}/reversed`, staffAgain, red)).status, 204);
  assert.equal((await there.ask('GET', `/tax-invoices/${id}`, own())).json.state, 'reversed');
});

test('production refuses the stand-in', () => {
  const env = {
    CLOUDPACT_ENV: 'production',
    DATABASE_URL: 'postgres://x/y',
    SMTP_URL: 'smtp://x',
    ALIPAY_APP_ID: 'a',
    ALIPAY_SELLER_ID: 'b',
    ALIPAY_PRIVATE_KEY_FILE: 'c',
    ALIPAY_PUBLIC_KEY_FILE: 'd',
    ALIYUN_ACCESS_KEY_ID: 'e',
    ALIYUN_ACCESS_KEY_SECRET: 'f',
  };
  assert.throws(() => readConfig({ ...env, CLOUDPACT_TAX_INVOICES: 'local' }), /stand-in/);
  assert.equal(readConfig(env).taxInvoices, 'by-hand');
});
