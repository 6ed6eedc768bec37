import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { cashBalance, cashLocked, type Line } from '#modules/ledger/index.ts';
import { type GiftLeft, notEnough, spend } from './rules.ts';
import './tables.ts';

export interface Demand {
  customerId: string;
  product: string;
  amount: Micro;
  /** What it is for, as in the ledger posting that the lines go into; gifts that it uses are noted under it. */
  source: string;
  sourceId: string;
  /** Where the terms let a customer owe: what is missing becomes receivable instead of a refusal. */
  owe?: boolean;
  /** By a bill that is paid later: gifts are used, cash isn't touched, and the rest becomes receivable. */
  onCredit?: boolean;
  /** Of gifts these alone, each up to this much, whatever else there is: the rest is cash. */
  gifts?: ReadonlyMap<string, Micro>;
}

export interface Payment {
  cash: Micro;
  gift: Micro;
  owed: Micro;
  /** The paying side of a posting: they sum to minus the amount. */
  lines: Line[];
}

/** Could not be paid; nothing was taken. */
export interface Short {
  missing: Micro;
}

/**
 * Takes an amount from the customer: gifts whose scope has the product, the one that ends soonest first, then cash.
 * The caller posts the lines with their other side. Throws `insufficient-balance`.
 */
export async function pay(tx: Tx, ctx: Ctx, demand: Demand): Promise<Payment> {
  const [result] = await payAll(tx, ctx, [demand]);
  if ('missing' in result!) throw notEnough(result.missing);
  return result!;
}

/**
 * The same for many, set-wise: three statements however many there are. Demands are met in their order; one that
 * can't be is `Short` and takes nothing. Customers' cash and gifts stay locked to the end of the transaction.
 */
export async function payAll(tx: Tx, ctx: Ctx, demands: readonly Demand[]): Promise<(Payment | Short)[]> {
  const customers = [...new Set(demands.map(({ customerId }) => customerId))];
  const cash = await cashLocked(tx, ctx, customers);
  const gifts = await giftsOf(tx, ctx, customers, true);
  const uses: { demand: Demand; gift: string; amount: Micro }[] = [];
  const results = demands.map((demand): Payment | Short => {
    const { customerId: owner, product, amount } = demand;
    const own = gifts.get(owner) ?? [];
    const usable = demand.gifts ? upTo(own, demand.gifts) : own;
    const spent = spend(amount, product, usable, demand.onCredit ? 0n : (cash.get(owner) ?? 0n));
    if (spent.missing > 0n && !demand.owe && !demand.onCredit) return { missing: spent.missing };
    cash.set(owner, (cash.get(owner) ?? 0n) - spent.cash);
    for (const used of spent.gifts) {
      const gift = own.find(({ id }) => id === used.id)!;
      gift.left -= used.amount;
      uses.push({ demand, gift: used.id, amount: used.amount });
    }
    const lines: Line[] = [
      ...spent.gifts.map(({ id, amount }) => ({
        account: { kind: 'customer_gift' as const, owner: id, customer: owner },
        amount: -amount,
      })),
      { account: { kind: 'customer_cash' as const, owner }, amount: -spent.cash },
      { account: { kind: 'receivable' as const, owner }, amount: -spent.missing },
    ].filter((line) => line.amount !== 0n);
    return { cash: spent.cash, gift: spent.gift, owed: spent.missing, lines };
  });
  await giftsTake(tx, uses);
  return results;
}

function upTo(own: readonly GiftLeft[], most: ReadonlyMap<string, Micro>): GiftLeft[] {
  return own.map((gift) => {
    const part = most.get(gift.id) ?? 0n;
    return { ...gift, left: part < gift.left ? part : gift.left };
  });
}

/** How an amount would be paid now, for a preview: nothing is locked or taken. */
export async function payPreview(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
  demands: readonly { product: string; amount: Micro }[],
): Promise<Preview> {
  const cash = await cashBalance(db, ctx.brand.id, customerId);
  const gifts = await giftsOf(db, ctx, [customerId], false);
  return previewOf({ cash, gifts: gifts.get(customerId) ?? [] }, demands);
}

export interface Preview {
  gift: Micro;
  cash: Micro;
  missing: Micro;
}

/** The same where it is known what there is to pay with. */
export function previewOf(
  of: { cash: Micro; gifts: readonly GiftLeft[] },
  demands: readonly { product: string; amount: Micro }[],
): Preview {
  const gifts = of.gifts.map((gift) => ({ ...gift }));
  const sum = { gift: 0n, cash: 0n, missing: 0n };
  for (const { product, amount } of demands) {
    const spent = spend(amount, product, gifts, of.cash - sum.cash);
    for (const used of spent.gifts) gifts.find(({ id }) => id === used.id)!.left -= used.amount;
    sum.gift += spent.gift;
    sum.cash += spent.cash;
    sum.missing += spent.missing;
  }
  return sum;
}

/** What is left of these customers' gifts that haven't ended by now, by customer. */
export async function giftsOf(
  db: Db | Tx,
  ctx: Ctx,
  customers: string[],
  lock: boolean,
): Promise<Map<string, GiftLeft[]>> {
  const rows = await db
    .selectFrom('billing_gift')
    .select(['id', 'customer_id', 'left_micro', 'products', 'expires_at'])
    .where('brand', '=', ctx.brand.id)
    .where((e) => e('customer_id', '=', e.fn.any(e.val(customers))))
    .where('expired_at', 'is', null)
    .where('left_micro', '>', 0n)
    .where('expires_at', '>', ctx.now)
    .orderBy('id')
    .$if(lock, (q) => q.forUpdate())
    .execute();
  const byCustomer = new Map<string, GiftLeft[]>();
  for (const { id, customer_id: customerId, left_micro: left, products, expires_at: expiresAt } of rows) {
    const own = byCustomer.get(customerId) ?? [];
    own.push({ id, customerId, left, products, expiresAt });
    byCustomer.set(customerId, own);
  }
  return byCustomer;
}

async function giftsTake(
  tx: Tx,
  uses: readonly { demand: Demand; gift: string; amount: Micro }[],
): Promise<void> {
  if (uses.length === 0) return;
  await sql`
    with uses as (
      insert into billing_gift_use (gift_id, source, source_id, amount_micro)
      select * from unnest(${uses.map(({ gift }) => gift)}::uuid[], ${uses.map(({ demand }) => demand.source)}::text[],
        ${uses.map(({ demand }) => demand.sourceId)}::text[], ${uses.map(({ amount }) => String(amount))}::bigint[])
      returning gift_id, amount_micro
    )
    update billing_gift g set left_micro = g.left_micro - u.amount
    from (select gift_id, sum(amount_micro)::bigint as amount from uses group by 1) u
    where g.id = u.gift_id`.execute(tx);
}
