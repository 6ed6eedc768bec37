import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { asSystem } from '#kernel/house.ts';
import { type ChannelRefundRequest, channelRefund } from '#modules/payments/index.ts';
import { type Api, ok } from '#server/client.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BRANDS } from './brands.ts';
import { brandWith } from './money.ts';
import { beforeWorlds } from './world.ts';

export const BANK_ACCOUNT = { holder: '蓝天云测试有限公司', bank: '测试银行', number: '6222000000000001' };

/** A folder with one brand that takes bank transfers too. */
export async function bankBrand(): Promise<string> {
  const dir = await brandWith('terms.yaml', [
    ['channels: [alipay, wechatpay]', 'channels: [alipay, wechatpay, bank-transfer]'],
  ]);
  const { holder, bank, number } = BANK_ACCOUNT;
  await appendFile(
    join(dir, 'lantian/brand.yaml'),
    `\nbank_account: { holder: ${holder}, bank: ${bank}, number: "${number}" }\n`,
  );
  return dir;
}

/** A folder with one brand as it is, that has an account to transfer to, and what else `more` says in its brand.yaml. */
export async function withBankAccount(brand: string, more: object = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bank-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, brand), join(dir, brand), { recursive: true });
  await appendFile(join(dir, brand, 'brand.yaml'), stringify({ bank_account: BANK_ACCOUNT, ...more }));
  return dir;
}

/** Pays a new payment at the gateway and doesn't wait for anything. */
export async function payOnly(
  customer: StoryCustomer,
  amount: string,
  channel: 'alipay' | 'wechatpay' = 'alipay',
) {
  const begun = await ok(customer.api.POST('/api/v1/payments', { body: { amount, channel } }));
  await payAtSandbox(begun.pay_url ?? begun.qr_code!);
  return begun;
}

/** What a room above would ask for; `refundId` is made where none is given. */
export function refund(
  world: World,
  input: Partial<ChannelRefundRequest> & Pick<ChannelRefundRequest, 'paymentId' | 'amount'>,
) {
  return asSystem(world.server.house, 'lantian', 'test', (tx, ctx) =>
    channelRefund(tx, ctx, { refundId: randomUUID(), from: 'customer_cash', reason: '测试退款', ...input }),
  );
}

export function refundRow(world: World, id: string) {
  return world.server.house.db
    .selectFrom('payments_refund')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export function paymentOf(customer: StoryCustomer, id: string) {
  return ok(customer.api.GET('/api/v1/payments/{id}', { params: { path: { id } } }));
}

export async function heldOf(staff: Api, outTradeNo: string) {
  const { items } = await ok(staff.GET('/api/v1/staff/held-payments'));
  const found = items.find((item) => item.out_trade_no === outTradeNo);
  assert.ok(found, `nothing held for ${outTradeNo}`);
  return found;
}

export interface Decision {
  act: 'credit' | 'return' | 'dismiss' | 'book';
  reason: string;
  customer_id?: string;
  amount?: string;
}

export function decide(staff: Api, id: string, body: Decision) {
  return ok(staff.POST('/api/v1/staff/held-payments/{id}/decision', { params: { path: { id } }, body }));
}
