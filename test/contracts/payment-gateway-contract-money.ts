import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { type ChannelTraits, paid, refundOf } from './payment-gateway-channels.ts';

/** The contract's part on money that goes back, and on what the channel says of a whole day. */

export function refunds({ name, open }: ChannelTraits): void {
  test(`${name}: refunds in parts and in whole, asked for twice, told of, and not beyond what was paid`, async (t) => {
    const world = await open(t);
    const { gateway, sandbox } = world;
    assert.equal((await gateway.queryRefund('P20260301_1', 'R20260301_1')).state, 'not_found');
    await assert.rejects(gateway.refund(refundOf(world)), GatewayRefusal, 'nothing was paid');
    await paid(world);
    assert.match((await gateway.refund(refundOf(world))).state, /succeeded|processing/);
    await gateway.refund(refundOf(world));
    const found = await gateway.queryRefund('P20260301_1', 'R20260301_1');
    assert.equal(found.state, 'succeeded');
    assert.equal(found.amount, 5_500_000n, 'once');
    assert.deepEqual(found.refundedAt, new Date('2026-03-01T00:00:00Z'));
    await assert.rejects(
      gateway.refund(refundOf(world, { amount: 5_000_000n })),
      GatewayRefusal,
      'another amount',
    );
    const tooMuch = refundOf(world, { outRefundNo: 'R20260301_2', amount: 20_010_000n });
    await assert.rejects(gateway.refund(tooMuch), GatewayRefusal);
    assert.equal((await gateway.queryRefund('P20260301_1', 'R20260301_2')).state, 'not_found');
    await gateway.refund({ ...tooMuch, amount: 20_000_000n });
    assert.equal((await gateway.query('P20260301_1')).state, 'refunded', 'all of it: never "closed"');

    await sandbox.deliverDue();
    const notices = (await world.notices()).filter((notice) => notice?.kind === 'refund');
    assert.deepEqual(
      notices.map((notice) => notice?.kind === 'refund' && [notice.refund.outRefundNo, notice.refund.state]),
      [
        ['R20260301_1', 'succeeded'],
        ['R20260301_2', 'succeeded'],
      ],
    );
    for (const notice of notices) {
      assert.ok(notice?.kind === 'refund');
      assert.equal(notice.refund.outTradeNo, 'P20260301_1');
      assert.equal(notice.refund.sellerId, gateway.merchant.sellerId);
    }
  });

  test(`${name}: a refund that takes its time, and one for which there is no money`, async (t) => {
    const world = await open(t);
    const { gateway, sandbox } = world;
    await paid(world);
    sandbox.faults.refundSlow = true;
    assert.equal((await gateway.refund(refundOf(world))).state, 'processing');
    assert.match((await gateway.queryRefund('P20260301_1', 'R20260301_1')).state, /processing|not_found/);
    sandbox.faults.refundSlow = false;
    assert.equal((await gateway.queryRefund('P20260301_1', 'R20260301_1')).state, 'succeeded');
    sandbox.faults.refundBroke = true;
    const other = refundOf(world, { outRefundNo: 'R20260301_3' });
    await assert.rejects(gateway.refund(other), GatewayRefusal);
    assert.equal((await gateway.queryRefund('P20260301_1', 'R20260301_3')).state, 'not_found');
    sandbox.faults.refundBroke = false;
    assert.match(
      (await gateway.refund(other)).state,
      /succeeded|processing/,
      'the same number, once there is',
    );
  });
}

export function bills({ name, open }: ChannelTraits): void {
  test(`${name}: the bill of a day has what moved on it, by the day of Shanghai`, async (t) => {
    const world = await open(t);
    const { gateway, clock } = world;
    await paid(world);
    await gateway.start(world.request({ outTradeNo: 'P20260301_unpaid' }));
    await gateway.refund(refundOf(world));
    clock.moveTo(new Date('2026-03-01T15:59:59Z'));
    const late = world.request({
      outTradeNo: 'P20260301_late',
      expiresAt: addMinutes(clock.now(), 30),
      amount: 1_010_000n,
    });
    await world.pay(await gateway.start(late));
    clock.moveTo(new Date('2026-03-01T16:00:00Z'));
    const next = { ...late, outTradeNo: 'P20260302_1' };
    await world.pay(await gateway.start(next));

    clock.moveTo(new Date('2026-03-03T03:00:00Z'));
    const first = await gateway.bill('2026-03-01');
    const { tradeNo } = await gateway.query('P20260301_1');
    const shown = first?.map(({ kind, outTradeNo, outRefundNo, amount, at }) => ({
      kind,
      outTradeNo,
      outRefundNo,
      amount,
      at,
    }));
    assert.deepEqual(shown, [
      {
        kind: 'payment',
        outTradeNo: 'P20260301_1',
        outRefundNo: null,
        amount: 25_500_000n,
        at: new Date('2026-03-01T00:00:00Z'),
      },
      {
        kind: 'refund',
        outTradeNo: 'P20260301_1',
        outRefundNo: 'R20260301_1',
        amount: 5_500_000n,
        at: new Date('2026-03-01T00:00:00Z'),
      },
      {
        kind: 'payment',
        outTradeNo: 'P20260301_late',
        outRefundNo: null,
        amount: 1_010_000n,
        at: new Date('2026-03-01T15:59:59Z'),
      },
    ]);
    assert.equal(first?.[0]?.tradeNo, tradeNo);
    assert.deepEqual(
      first.map(({ fee }) => fee >= 0n),
      name.startsWith('wechatpay') ? [true, false, true] : [true, true, true],
    );
    assert.equal(first[0].fee, 150_000n, '0.6 %');
    assert.deepEqual(
      (await gateway.bill('2026-03-02'))?.map(({ outTradeNo }) => outTradeNo),
      ['P20260302_1'],
    );
    assert.equal(await gateway.bill('2026-02-27'), null, 'nothing happened');
  });

  test(`${name}: a bill that the channel gets wrong arrives wrong; one that can't be had is unknown`, async (t) => {
    const world = await open(t);
    const { gateway, clock, sandbox } = world;
    await paid(world);
    clock.moveTo(new Date('2026-03-02T03:00:00Z'));
    sandbox.faults.bill = ([row]) => [
      { ...row!, fen: 1n },
      { ...row!, outTradeNo: 'STRANGER', subject: '逗号, "引号"' },
    ];
    const lines = await gateway.bill('2026-03-01');
    assert.deepEqual(
      lines?.map(({ outTradeNo, amount }) => [outTradeNo, amount]),
      [
        ['P20260301_1', 10_000n],
        ['STRANGER', 25_500_000n],
      ],
    );
    sandbox.faults.bill = () => [];
    assert.equal(await gateway.bill('2026-03-01'), null);
    sandbox.faults.bill = null;
    const impatient = world.again({ timeoutMs: 200 });
    for (const fault of ['status500', 'timeout', 'hangUp', 'tamper', 'foreignKey'] as const) {
      sandbox.faults[fault] = true;
      await assert.rejects(impatient.bill('2026-03-01'), GatewayUnknown, fault);
      sandbox.faults[fault] = false;
    }
    assert.equal((await gateway.bill('2026-03-01'))?.length, 1);
  });
}
