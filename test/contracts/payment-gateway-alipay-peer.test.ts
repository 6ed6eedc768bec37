import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlipaySdk } from 'alipay-sdk';
import { strToU8, unzipSync, zipSync } from 'fflate';
import iconv from 'iconv-lite';
import { parseBill } from '#drivers/alipay/bill.ts';
import { GatewayUnknown } from '#modules/payments/driver.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { world } from './payment-gateway-world.ts';

/** The official SDK as the peer of the local gateway for what the driver carries itself: codes, refunds, bills. */

async function peerWorld(t: Parameters<typeof world>[0]) {
  const opened = await world(t);
  const { config, request } = opened;
  const sdk = new AlipaySdk({ ...config, keyType: 'PKCS8', gateway: config.gatewayUrl });
  const exec = (method: string, bizContent: Record<string, unknown>) =>
    sdk.exec(method, { bizContent, notifyUrl: request().notifyUrl }, { validateSign: true });
  return { ...opened, sdk, exec };
}

test('the SDK begins a code, pays, refunds and asks; it believes each answer', async (t) => {
  const { exec, shop, sandbox, sdk } = await peerWorld(t);
  const trade = { outTradeNo: 'PEER1', totalAmount: '12.34', subject: '账户充值' };
  const code = await exec('alipay.trade.precreate', trade);
  assert.equal(code.code, '10000');
  const before = await exec('alipay.trade.query', { outTradeNo: 'PEER1' });
  assert.equal(before.subCode, 'ACQ.TRADE_NOT_EXIST', 'nobody has scanned it');
  await payAtSandbox(code.qrCode);
  const refund = { outTradeNo: 'PEER1', outRequestNo: 'BACK1', refundAmount: '2.34' };
  const first = await exec('alipay.trade.refund', refund);
  assert.deepEqual([first.fundChange, first.refundFee], ['Y', '2.34']);
  const again = await exec('alipay.trade.refund', refund);
  assert.deepEqual([again.fundChange, again.refundFee], ['N', '2.34']);
  const asked = await exec('alipay.trade.fastpay.refund.query', {
    outTradeNo: 'PEER1',
    outRequestNo: 'BACK1',
  });
  assert.deepEqual([asked.refundStatus, asked.refundAmount], ['REFUND_SUCCESS', '2.34']);
  await exec('alipay.trade.refund', { outTradeNo: 'PEER1', outRequestNo: 'BACK2', refundAmount: '10.00' });
  assert.equal((await exec('alipay.trade.query', { outTradeNo: 'PEER1' })).tradeStatus, 'TRADE_CLOSED');

  await sandbox.deliverDue();
  const told = shop.received.map((body) => [body.trade_status, body.out_biz_no, body.refund_fee]);
  assert.deepEqual(told, [
    ['TRADE_SUCCESS', undefined, undefined],
    ['TRADE_SUCCESS', 'BACK1', '2.34'],
    ['TRADE_CLOSED', 'BACK2', '12.34'],
  ]);
  assert.ok(shop.received.every((body) => sdk.checkNotifySignV2(body)));
});

test('wap: the page of a signed request; a code that was made up leads nowhere', async (t) => {
  const { sdk, gateway, config, request } = await peerWorld(t);
  const bizContent = { outTradeNo: 'WAP1', totalAmount: '1.00', subject: 's', productCode: 'QUICK_WAP_WAY' };
  await payAtSandbox(sdk.pageExecute('alipay.trade.wap.pay', 'GET', { bizContent }));
  assert.equal((await gateway.query('WAP1')).state, 'paid');
  const wrong = { ...bizContent, outTradeNo: 'WAP2', productCode: 'FAST_INSTANT_TRADE_PAY' };
  const refused = await fetch(sdk.pageExecute('alipay.trade.wap.pay', 'GET', { bizContent: wrong }));
  assert.match(await refused.text(), /product_code/);
  const madeUp = new URL('qr?code=123', config.gatewayUrl);
  assert.equal((await fetch(madeUp)).status, 400);

  const step = await gateway.start(request({ way: 'qr' }));
  assert.ok(step.kind === 'qr');
  const again = await gateway.start(request({ way: 'qr' }));
  assert.deepEqual(again, step);
});

test('a bill is a zip of GBK with names in GBK, comments, and tabs behind numbers', async (t) => {
  const { exec, clock, gateway } = await peerWorld(t);
  const subject = '账户充值，云服务';
  const code = await exec('alipay.trade.precreate', { outTradeNo: 'PEER2', totalAmount: '100.00', subject });
  await payAtSandbox(code.qrCode);
  clock.moveTo(new Date('2026-03-02T03:00:00Z'));
  const method = 'alipay.data.dataservice.bill.downloadurl.query';
  const { billDownloadUrl: url } = await exec(method, { billType: 'trade', billDate: '2026-03-01' });
  const files = unzipSync(Buffer.from(await (await fetch(url)).arrayBuffer()));
  const named = Object.entries(files).map(([name, bytes]) => {
    return [
      iconv.decode(Buffer.from(name, 'latin1'), 'gbk'),
      iconv.decode(Buffer.from(bytes), 'gbk'),
    ] as const;
  });
  assert.deepEqual(
    named.map(([name]) => name.replace(/^\d+_/, '')),
    ['20260301_业务明细.csv', '20260301_业务明细(汇总).csv'],
  );
  const [, text] = named[0]!;
  assert.match(text, /^#支付宝业务明细查询\r\n#账号：\[\d+\]\r\n#起始日期：\[2026年03月01日 00:00:00\]/);
  assert.match(text, /PEER2\t,交易 +,账户充值，云服务,/);
  assert.match(text, /#交易合计：1笔，商家实收共100\.00元/);
  const missing = await exec(method, { billType: 'trade', billDate: '2026-02-01' });
  assert.equal(missing.subCode, 'isp.bill_not_exist');
  clock.moveTo(new Date('2026-03-02T03:01:00Z'));
  assert.equal((await fetch(url)).status, 404, 'its address is good for half a minute');

  const [line, ...others] = (await gateway.bill('2026-03-01')) ?? [];
  assert.equal(others.length, 0);
  assert.deepEqual([line?.outTradeNo, line?.amount, line?.fee], ['PEER2', 100_000_000n, 600_000n]);
});

test('a bill that is cut, of another day, or laid out otherwise can’t be used', () => {
  const head =
    '#支付宝业务明细查询\n#起始日期：[2026年03月01日 00:00:00]   终止日期：[2026年03月02日 00:00:00]\n';
  const columns = '支付宝交易号,商户订单号,业务类型,完成时间,订单金额（元）,退款批次号/请求号,服务费（元）\n';
  const end = '#--------业务明细列表结束--------\n';
  const row = '2026\t,P1\t,交易  ,2026-03-01 08:00:00\t,1.00,\t,-0.01\n';
  const [line] = parseBill(`${head}${columns}${row}${end}`, '2026-03-01');
  assert.deepEqual([line?.kind, line?.amount, line?.fee], ['payment', 1_000_000n, 10_000n]);
  const bad: [string, RegExp][] = [
    [`${head}${columns}${row}`, /cut short/],
    [`${head.replace('03月01日', '03月02日')}${columns}${row}${end}`, /another day/],
    [`${head}${columns.replace('服务费（元）', '费')}${row}${end}`, /no column 服务费/],
    [`${head}${columns}${row.replace('交易', '转账')}${end}`, /unknown kind/],
    [`${head}${columns}${row.replace('1.00', '1e3')}${end}`, /decimal/],
    [`${head}${columns}${row.replace(',1.00', '')}${end}`, /./],
  ];
  for (const [text, reason] of bad) assert.throws(() => parseBill(text, '2026-03-01'), reason);
});

test('an address that answers with something else than a bill is unknown', async (t) => {
  const { gateway, sandbox, clock, exec } = await peerWorld(t);
  const code = await exec('alipay.trade.precreate', {
    outTradeNo: 'PEER3',
    totalAmount: '1.00',
    subject: 's',
  });
  await payAtSandbox(code.qrCode);
  clock.moveTo(new Date('2026-03-02T03:00:00Z'));
  const files: [string, Uint8Array][] = [
    ['no zip', strToU8('<html>')],
    ['another file', zipSync({ 'other.csv': strToU8('x') })],
    [
      'not GBK',
      zipSync({ [iconv.encode('业务明细.csv', 'gbk').toString('latin1')]: new Uint8Array([0xff, 0xff]) }),
    ],
    ['empty', new Uint8Array()],
  ];
  for (const [what, file] of files) {
    sandbox.faults.billFile = file;
    await assert.rejects(gateway.bill('2026-03-01'), GatewayUnknown, what);
  }
});
