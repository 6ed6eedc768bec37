import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MoneyError } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { type ChannelTraits, paid, refundOf } from './payment-gateway-channels.ts';
import { bills, refunds } from './payment-gateway-contract-money.ts';

/** What every PaymentGateway does, over the wire, against a local server that signs and verifies as the channel does. */

export function gatewayContract(traits: ChannelTraits): void {
  const { name, open } = traits;
  payments(traits);
  refunds(traits);
  bills(traits);

  test(`${name}: F43 an answer that is late, missing, broken or not truly signed is unknown`, async (t) => {
    const world = await open(t);
    const gateway = world.again({ timeoutMs: 200 });
    const { faults } = world.sandbox;
    await paid(world, 'P20260301_2');
    await paid(world);
    for (const fault of ['status500', 'timeout', 'hangUp', 'tamper', 'foreignKey', 'otherTrade'] as const) {
      faults[fault] = true;
      assert.equal((await gateway.query('P20260301_1')).state, 'unknown', fault);
      assert.equal((await gateway.query('P20260301_1')).amount, null, fault);
      assert.equal((await gateway.queryRefund('P20260301_1', 'R20260301_1')).state, 'unknown', fault);
      assert.equal(
        (await gateway.refund(refundOf(world, { outRefundNo: `R_${fault}`, amount: 10_000n }))).state,
        'unknown',
        fault,
      );
      if (fault !== 'otherTrade') await assert.rejects(gateway.close('P20260301_1'), GatewayUnknown, fault);
      faults[fault] = false;
    }
    // What was asked for meanwhile took effect, or didn't: asking again with the same number settles it, once.
    for (const fault of ['status500', 'timeout', 'hangUp', 'tamper', 'foreignKey', 'otherTrade']) {
      const again = await gateway.refund(refundOf(world, { outRefundNo: `R_${fault}`, amount: 10_000n }));
      assert.match(again.state, /succeeded|processing/, fault);
    }
    const rest = refundOf(world, { outRefundNo: 'R_rest', amount: 25_500_000n - 60_000n });
    assert.match(
      (await gateway.refund(rest)).state,
      /succeeded|processing/,
      'six fen were refunded, not more',
    );
    await world.stop();
    assert.equal((await gateway.query('P20260301_1')).state, 'unknown', 'connection refused');
  });

  test(`${name}: what our key did not sign is refused, and begins nothing`, async (t) => {
    const world = await open(t);
    const impostor = world.again({ foreign: true });
    assert.equal((await impostor.query('P20260301_1')).state, 'unknown');
    await assert.rejects(impostor.close('P20260301_1'));
    assert.notEqual(
      (await impostor.refund(refundOf(world)).catch(() => ({ state: 'refused' }))).state,
      'succeeded',
    );
    await assert.rejects(world.sandbox.renotify('P20260301_1'), /no (paid )?trade/);
  });
}

function payments({ name, open, retrySeconds, tellsClosed, currency }: ChannelTraits): void {
  test(`${name}: each way to pay, its notification and the query say the same`, async (t) => {
    const world = await open(t);
    const { gateway, sandbox } = world;
    for (const [place, way] of gateway.ways.entries()) {
      const outTradeNo = `P20260301_way${place}`;
      const step = await gateway.start(world.request({ way, outTradeNo }));
      await world.pay(step);
      await sandbox.deliverDue();
      const notice = (await world.notices()).at(-1);
      assert.equal(notice?.kind, 'payment', way);
      const facts = notice.kind === 'payment' ? notice.trade : null;
      const queried = await gateway.query(outTradeNo);
      assert.deepEqual(
        { ...queried, appId: gateway.merchant.appId, sellerId: gateway.merchant.sellerId },
        facts,
        way,
      );
      assert.equal(facts?.state, 'paid');
      assert.equal(facts.amount, 25_500_000n);
      assert.equal(facts.currency, currency);
      assert.deepEqual(facts.paidAt, new Date('2026-03-01T00:00:00Z'));
      assert.ok(facts.tradeNo);
    }
  });

  test(`${name}: an unpaid trade; closed, once and twice; one that never began; a paid one is not closed`, async (t) => {
    const world = await open(t);
    const { gateway, sandbox } = world;
    assert.equal((await gateway.query('NEVER_BEGUN')).state, 'not_found');
    await gateway.close('NEVER_BEGUN');
    const step = await gateway.start(world.request());
    if (step.kind === 'redirect') await fetch(step.url);
    const standing = await gateway.query('P20260301_1');
    assert.equal(standing.state, 'unpaid');
    assert.equal(standing.paidAt, null);
    await gateway.close('P20260301_1');
    await gateway.close('P20260301_1');
    assert.equal((await gateway.query('P20260301_1')).state, 'closed');
    await assert.rejects(world.pay(step), /Closed/);
    await sandbox.deliverDue();
    const [notice] = await world.notices();
    assert.equal(notice?.kind === 'payment' ? notice.trade.state : null, tellsClosed ? 'closed' : null);

    await paid(world, 'P20260301_paid');
    await assert.rejects(gateway.close('P20260301_paid'), GatewayRefusal);
    assert.equal((await gateway.query('P20260301_paid')).state, 'paid');
  });

  test(`${name}: the same request again stands where it stood`, async (t) => {
    const world = await open(t);
    const first = await world.gateway.start(world.request());
    const again = await world.gateway.start(world.request());
    assert.equal(first.kind, again.kind);
    await world.pay(again);
    await assert.rejects(world.pay(first), /Already paid/);
    await world.sandbox.deliverDue();
    assert.equal(world.posts.length, 1);
  });

  test(`${name}: amounts that are not whole fen, nil, negative or beyond the limit are refused here`, async (t) => {
    const world = await open(t);
    for (const amount of [25_501_234n, 1n, 0n, -10_000n, 100_000_000_010_000n]) {
      await assert.rejects(world.gateway.start(world.request({ amount })), MoneyError);
      await assert.rejects(world.gateway.refund(refundOf(world, { amount })), MoneyError);
    }
    await assert.rejects(world.gateway.start(world.request({ outTradeNo: 'P&amount=1' })), RangeError);
    await assert.rejects(world.gateway.query('../../x'), RangeError);
    await assert.rejects(world.gateway.bill('../2026'), RangeError);
  });

  test(`${name}: a notification is tried again on the channel's schedule, signed anew, and then no more`, async (t) => {
    const world = await open(t);
    const { clock, sandbox } = world;
    world.answer.override = { status: 500, body: 'SUCCESS' };
    await paid(world);
    await sandbox.deliverDue();
    for (const [index, seconds] of retrySeconds.entries()) {
      clock.moveTo(new Date(clock.now().getTime() + (seconds - 1) * 1_000));
      await sandbox.deliverDue();
      assert.equal(world.posts.length, index + 1, `not before ${seconds} s`);
      clock.moveTo(new Date(clock.now().getTime() + 1_000));
      await sandbox.deliverDue();
      assert.equal(world.posts.length, index + 2, `after ${seconds} s`);
      const { headers, body } = world.posts.at(-1)!;
      assert.ok(await world.gateway.verifyNotification(headers, body), 'good at its time');
    }
    clock.moveTo(addMinutes(clock.now(), 10_000));
    await sandbox.deliverDue();
    assert.equal(world.posts.length, retrySeconds.length + 1);
    assert.equal(new Set(world.posts.map(({ body }) => String(body))).size, retrySeconds.length + 1);
  });

  test(`${name}: an acknowledged notification is not sent again; lost, doubled, held back, newest first on command`, async (t) => {
    const world = await open(t);
    const { sandbox, clock } = world;
    await paid(world);
    await sandbox.deliverDue();
    clock.moveTo(addMinutes(clock.now(), 10_000));
    await sandbox.deliverDue();
    assert.equal(world.posts.length, 1);

    sandbox.faults.drop = true;
    await sandbox.renotify('P20260301_1');
    assert.equal(world.posts.length, 1);
    Object.assign(sandbox.faults, { drop: false, duplicate: 50 });
    await sandbox.renotify('P20260301_1');
    assert.equal(world.posts.length, 51);
    assert.equal(new Set(world.posts.slice(1).map(({ body }) => String(body))).size, 1);
    Object.assign(sandbox.faults, { duplicate: 1, hold: true });
    await sandbox.renotify('P20260301_1');
    await world.gateway.refund(refundOf(world));
    assert.equal(world.posts.length, 51);
    Object.assign(sandbox.faults, { hold: false, newestFirst: true });
    await sandbox.deliverDue();
    const kinds = (await world.notices()).slice(51).map((notice) => notice?.kind);
    assert.deepEqual(kinds, ['refund', 'payment'], 'F37 groundwork');
  });

  test(`${name}: F38 differing amount, app and seller are passed on as they were signed`, async (t) => {
    const world = await open(t);
    const { sandbox } = world;
    Object.assign(sandbox.faults, { wrongAmount: '0.01', wrongApp: 'another', wrongSeller: '2088999' });
    await paid(world);
    await sandbox.deliverDue();
    const [notice] = await world.notices();
    assert.ok(notice?.kind === 'payment');
    const { amount, appId, sellerId } = notice.trade;
    assert.deepEqual({ amount, appId, sellerId }, { amount: 10_000n, appId: 'another', sellerId: '2088999' });
  });

  test(`${name}: F39 what was changed, or signed by another, is null, and hears that it was refused`, async (t) => {
    const world = await open(t);
    const { gateway, sandbox } = world;
    await paid(world);
    await sandbox.deliverDue();
    const { headers, body } = world.posts[0]!;
    assert.ok(await gateway.verifyNotification(headers, body));
    for (let at = 0; at < body.length; at += 7) {
      const changed = Buffer.from(body);
      changed[at] = changed[at]! ^ 1;
      assert.equal(await gateway.verifyNotification(headers, changed), null, `byte ${at}`);
    }
    for (const other of ['', '{}', 'null', '[]', body.subarray(0, -1), Buffer.concat([body, body])])
      assert.equal(await gateway.verifyNotification(headers, Buffer.from(other)), null);
    for (const fault of ['tamper', 'foreignKey'] as const) {
      sandbox.faults[fault] = true;
      await sandbox.renotify('P20260301_1');
      sandbox.faults[fault] = false;
    }
    assert.deepEqual((await world.notices()).slice(1), [null, null]);
    const { status, body: words } = gateway.notificationAnswer('unsigned');
    assert.ok(status >= 400 && status < 500);
    assert.match(words, /fail/i);
    assert.doesNotMatch(gateway.notificationAnswer('not_ours').body, /success/i);
  });
}
