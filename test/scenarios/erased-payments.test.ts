import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { customerRead } from '#modules/identity/index.ts';
import { cashBalance } from '#modules/ledger/index.ts';
import { erasePerson } from '#modules/privacy/erase.ts';
import { personOf } from '#modules/privacy/person.ts';
import { ok } from '#server/client.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { call } from '../api/call.ts';
import { books, idOf, refusedBy, staffOf } from '../support/money.ts';
import { decide, heldOf } from '../support/payments.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Money that comes for somebody who is no longer there: nobody may use it, so it goes back to whoever paid. */

test('[yunfuwuqi P5] a payment under way keeps an account from being deleted; one that comes after it is held and goes back', async () => {
  const world = await testWorld({ seed: true });
  const customer = await readyCustomer(world, null);
  const staff = await staffOf(world);
  const { house, alipaySandbox } = world.server;
  const customerId = await idOf(customer);
  const begun = await ok(
    customer.api.POST('/api/v1/payments', { body: { amount: '45', channel: 'alipay' } }),
  );

  const cookie = customer.api.cookie();
  const { json } = await call(world, 'GET', '/account/privacy/deletion', { cookie });
  const obstacles = json.obstacles as { kind: string; blocks: boolean }[];
  assert.deepEqual(
    obstacles.map(({ kind, blocks }) => [kind, blocks]),
    [['payments', true]],
  );
  const refused = await call(world, 'POST', '/account/privacy/deletion', { cookie });
  assert.deepEqual([refused.status, refused.json.code], [409, 'account-not-free']);

  // Begun in the instant in which the account was erased: nothing saw it then.
  await asSystem(house, 'lantian', 'test', async (tx, ctx) => {
    const { user_id: userId } = await customerRead(tx, customerId);
    await erasePerson(tx, ctx, await personOf(tx, house.sealer, { userId, customerId }));
  });
  await payAtSandbox(begun.pay_url!);
  await alipaySandbox!.deliverDue();
  await world.drain();
  const held = await heldOf(staff, begun.out_trade_no);
  assert.deepEqual([held.booked, held.reason], ['45.00', 'the account was erased']);
  await assert.rejects(
    decide(staff, held.id, { act: 'credit', reason: '客户仍在' }),
    refusedBy('account-erased'),
  );
  assert.equal(await cashBalance(house.db, 'lantian', customerId), 0n);
  await decide(staff, held.id, { act: 'return', reason: '账户已删除' });
  await world.drain();
  assert.equal((await heldOf(staff, begun.out_trade_no)).state, 'returned');
  assert.equal((await books(world)).payment_held ?? 0n, 0n);
});
