import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import type { HeldKind, HeldTable } from './tables.ts';
import './tables.ts';

export type Held = Selectable<HeldTable>;

/**
 * Puts a case before staff: an alarm until they decide. `booked` is what surely lies at the channel for us and goes
 * into `payment_held`; 0 where that isn't sure. The same case again is the one that exists.
 */
export async function heldRecord(
  tx: Tx,
  ctx: Ctx,
  input: {
    channel: 'alipay' | 'wechatpay';
    kind: HeldKind;
    number: string;
    outTradeNo: string;
    tradeNo: string | null;
    payment: { id: string; customerId: string } | null;
    reason: string;
    facts: Record<string, string | null>;
    booked: Micro;
    refund?: Micro | null;
  },
): Promise<{ id: string; placed: boolean }> {
  const id = newId();
  const placed = await tx
    .insertInto('payments_held')
    .values({
      id,
      brand: ctx.brand.id,
      channel: input.channel,
      kind: input.kind,
      number: input.number,
      out_trade_no: input.outTradeNo,
      trade_no: input.tradeNo,
      payment_id: input.payment?.id ?? null,
      customer_id: input.payment?.customerId ?? null,
      reason: input.reason,
      facts: JSON.stringify(input.facts),
      booked_micro: 0n,
      refund_micro: input.refund ?? null,
      state: 'open',
      created_at: ctx.now,
      decided_at: null,
      decided_by: null,
      decision_reason: null,
    })
    .onConflict((conflict) => conflict.constraint('payments_held_once').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) {
    const earlier = await tx
      .selectFrom('payments_held')
      .select('id')
      .where('channel', '=', input.channel)
      .where('kind', '=', input.kind)
      .where('number', '=', input.number)
      .executeTakeFirstOrThrow();
    return { id: earlier.id, placed: false };
  }
  await auditRecord(tx, ctx, {
    action: 'payment.held',
    subject: { kind: 'held-payment', id },
    customerId: input.payment?.customerId ?? null,
    facts: { channel: input.channel, kind: input.kind, out_trade_no: input.outTradeNo, reason: input.reason },
  });
  if (input.booked > 0n)
    await heldBook(tx, ctx, { id, channel: input.channel, booked_micro: 0n }, input.booked);
  return { id, placed: true };
}

/** Makes the ledger hold exactly this much for the case; the caller holds its row. */
export async function heldBook(
  tx: Tx,
  ctx: Ctx,
  held: Pick<Held, 'id' | 'channel' | 'booked_micro'>,
  amount: Micro,
): Promise<void> {
  const more = amount - held.booked_micro;
  if (more === 0n) return;
  await ledgerPost(tx, ctx, {
    kind: 'payment-held',
    source: 'held-payment',
    sourceId: `${held.id}:${newId()}`,
    lines: [
      { account: { kind: 'channel_clearing', owner: held.channel }, amount: -more },
      { account: { kind: 'payment_held', owner: held.channel }, amount: more },
    ],
    memo: { held: held.id, amount: formatYuan(amount) },
  });
  await tx.updateTable('payments_held').set({ booked_micro: amount }).where('id', '=', held.id).execute();
}

/** How many cases wait for staff: money that differs, names nothing of ours, or left without our asking. Of all brands without one. */
export async function heldPayments(db: Db | Tx, brand?: string): Promise<number> {
  const { count } = await db
    .selectFrom('payments_held')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .$if(brand !== undefined, (q) => q.where('brand', '=', brand!))
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return Number(count);
}

export function heldList(
  db: Db | Tx,
  brand: string,
  filter: { state?: HeldTable['state'] | undefined; before?: string | undefined; limit: number },
): Promise<Held[]> {
  return db
    .selectFrom('payments_held')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(filter.limit)
    .execute();
}
