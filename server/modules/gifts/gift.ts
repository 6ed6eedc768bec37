import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord, auditRecordAll } from '#modules/audit/index.ts';
import { ledgerPost, ledgerPostAll } from '#modules/ledger/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { problem } from './rules.ts';
import type { GiftTable } from './tables.ts';
import './tables.ts';

export type Gift = Selectable<GiftTable>;

/** Gives a customer credit that can only be spent here, on these products, until it ends; never cash. Returns its id. */
export async function giftGrant(
  tx: Tx,
  ctx: Ctx,
  input: {
    customerId: string;
    name: LocalizedText;
    amount: Micro;
    products: string[];
    expiresAt: Date;
    reason: string;
  },
): Promise<string> {
  if (input.expiresAt <= ctx.now) throw problem['gift-expiry']();
  const id = newId();
  await tx
    .insertInto('billing_gift')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: input.customerId,
      name: JSON.stringify(input.name),
      amount_micro: input.amount,
      left_micro: input.amount,
      products: input.products,
      expires_at: input.expiresAt,
      expired_at: null,
      reason: input.reason,
      granted_by: staffOf(ctx).staffId,
      created_at: ctx.now,
    })
    .execute();
  await ledgerPost(tx, ctx, {
    kind: 'gift-granted',
    source: 'gift',
    sourceId: id,
    lines: [
      { account: { kind: 'promotion', owner: 'all' }, amount: -input.amount },
      { account: { kind: 'customer_gift', owner: id, customer: input.customerId }, amount: input.amount },
    ],
  });
  await auditRecord(tx, ctx, {
    action: 'gift.granted',
    subject: { kind: 'gift', id },
    customerId: input.customerId,
    facts: {
      before: null,
      after: { left: formatYuan(input.amount) },
      amount: formatYuan(input.amount),
      products: input.products,
      expires_at: input.expiresAt.toISOString(),
      reason: input.reason,
    },
  });
  return id;
}

const BATCH = 1_000;

/**
 * Gifts whose time is over: what is left of them goes back to promotion. The act cites the customer's clause on gifts
 * where the terms have one; the end itself was part of each grant. Returns how many.
 */
export async function giftsExpire(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('billing_gift')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('expired_at', 'is', null)
    .where('expires_at', '<=', ctx.now)
    .orderBy('expires_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  if (due.length === 0) return 0;
  await tx
    .updateTable('billing_gift')
    .set({ expired_at: ctx.now, left_micro: 0n })
    .where(
      'id',
      'in',
      due.map(({ id }) => id),
    )
    .execute();
  const lapsed = due.filter(({ left_micro }) => left_micro > 0n);
  await ledgerPostAll(
    tx,
    ctx,
    lapsed.map((gift) => ({
      kind: 'gift-expired',
      source: 'gift-expiry',
      sourceId: gift.id,
      lines: [
        {
          account: { kind: 'customer_gift' as const, owner: gift.id, customer: gift.customer_id },
          amount: -gift.left_micro,
        },
        { account: { kind: 'promotion' as const, owner: 'all' }, amount: gift.left_micro },
      ],
    })),
  );
  await auditRecordAll(tx, ctx, await Promise.all(lapsed.map((gift) => expiryEntry(tx, gift))));
  return due.length;
}

async function expiryEntry(tx: Tx, gift: Gift) {
  const terms = await acceptanceLatest(tx, gift.customer_id);
  return {
    action: 'gift.expired',
    subject: { kind: 'gift', id: gift.id },
    customerId: gift.customer_id,
    ...(terms?.parameters.gifts ? { clause: terms.clauseOf('gifts') } : {}),
    facts: { left: formatYuan(gift.left_micro), expires_at: gift.expires_at.toISOString() },
  };
}

/** A customer's gifts, the one that ends soonest first, those that have ended last. */
export function giftList(db: Db | Tx, brand: string, customerId: string): Promise<Gift[]> {
  return db
    .selectFrom('billing_gift')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .orderBy((e) => e('expired_at', 'is not', null))
    .orderBy('expires_at')
    .limit(200)
    .execute();
}
