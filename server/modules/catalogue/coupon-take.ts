import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { Discount } from './price.ts';
import { problem } from './rules.ts';
import type { CouponTable } from './tables.ts';
import './tables.ts';

export type Coupon = Selectable<CouponTable>;

/** For what somebody wants to use it. */
export interface CouponUse {
  kind: 'new' | 'renewal';
  /** Null for a visitor, of whom nothing is known. */
  customerId: string | null;
  /** Has this customer bought nothing before? */
  firstOrder: boolean;
}

/**
 * The coupon of this code as it would be taken now. Throws what refuses it: code, dates, kind of order, limits.
 * It is only a look: `couponTake` decides.
 */
export async function couponFind(
  db: Db | Tx,
  ctx: Ctx,
  code: string,
  use: CouponUse,
): Promise<{ coupon: Coupon; discount: Discount }> {
  const coupon = await db
    .selectFrom('catalogue_coupon')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('code', '=', code.trim().toUpperCase())
    .executeTakeFirst();
  const field = { errors: [{ field: 'coupon', message: code }] };
  if (!coupon || coupon.disabled_at) throw problem['coupon-unknown']({}, field);
  if (coupon.starts_at > ctx.now || (coupon.ends_at && coupon.ends_at <= ctx.now))
    throw problem['coupon-not-now']({}, field);
  if (use.kind === 'renewal' && !coupon.renewals) throw problem['coupon-not-renewals']({}, field);
  if (coupon.first_order && !(use.kind === 'new' && use.firstOrder))
    throw problem['coupon-first-order']({}, field);
  if (await usedUp(db, coupon, use.customerId)) throw problem['coupon-used-up']({}, field);
  return { coupon, discount: discountOf(coupon) };
}

/** Do its limits let this customer use it once more? */
export async function couponUsable(db: Db | Tx, coupon: Coupon, customerId: string): Promise<boolean> {
  return !(await usedUp(db, coupon, customerId));
}

/** How often a coupon can be used still, and how often by this customer; null: without limit. */
export async function couponLeft(
  db: Db | Tx,
  coupon: Coupon,
  customerId: string,
): Promise<{ inAll: number | null; own: number | null }> {
  const inAll = coupon.in_all === null ? null : coupon.in_all - coupon.used;
  if (coupon.per_customer === null) return { inAll, own: null };
  return { inAll, own: coupon.per_customer - (await usedBy(db, coupon, customerId)) };
}

async function usedUp(db: Db | Tx, coupon: Coupon, customerId: string | null): Promise<boolean> {
  if (coupon.in_all !== null && coupon.used >= coupon.in_all) return true;
  if (coupon.per_customer === null || !customerId) return false;
  return (await usedBy(db, coupon, customerId)) >= coupon.per_customer;
}

async function usedBy(db: Db | Tx, coupon: Coupon, customerId: string): Promise<number> {
  const row = await db
    .selectFrom('catalogue_coupon_customer')
    .select('used')
    .where('coupon_id', '=', coupon.id)
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  return row?.used ?? 0;
}

export function discountOf(coupon: Coupon): Discount {
  return {
    name: coupon.name as LocalizedText,
    off: coupon.kind === 'percent' ? { basisPoints: coupon.basis_points! } : { amount: coupon.amount_micro! },
    products: coupon.products,
    plans: coupon.plans,
  };
}

/**
 * Uses a coupon once, in the order's own transaction. Its rows decide between many at once (F31): throws
 * `coupon-used-up` when a limit is reached. Returns the redemption's id.
 */
export async function couponTake(
  tx: Tx,
  ctx: Ctx,
  input: { coupon: Coupon; customerId: string; amount: Micro },
): Promise<string> {
  const { coupon, customerId } = input;
  try {
    const counted = await tx
      .updateTable('catalogue_coupon')
      .set((e) => ({ used: e('used', '+', 1) }))
      .where('id', '=', coupon.id)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    if (counted.numUpdatedRows === 0n) throw problem['coupon-unknown']();
    await tx
      .insertInto('catalogue_coupon_customer')
      .values({ coupon_id: coupon.id, customer_id: customerId, used: 1, most: coupon.per_customer })
      .onConflict((c) =>
        c.columns(['coupon_id', 'customer_id']).doUpdateSet((e) => ({
          used: e('catalogue_coupon_customer.used', '+', 1),
          most: coupon.per_customer,
        })),
      )
      .execute();
  } catch (error) {
    const limits = ['catalogue_coupon_limit', 'catalogue_coupon_customer_limit'];
    if (limits.includes(violated(error) ?? '')) throw problem['coupon-used-up']();
    throw error;
  }
  const id = newId();
  await tx
    .insertInto('catalogue_redemption')
    .values({
      id,
      coupon_id: coupon.id,
      customer_id: customerId,
      amount_micro: input.amount,
      at: ctx.now,
      returned_at: null,
    })
    .execute();
  return id;
}

/** What was bought with it could not be made: it may be used again. Returned already: nothing happens. */
export async function couponReturn(tx: Tx, ctx: Ctx, redemptionId: string): Promise<void> {
  const returned = await tx
    .updateTable('catalogue_redemption')
    .set({ returned_at: ctx.now })
    .where('id', '=', redemptionId)
    .where('returned_at', 'is', null)
    .returning(['coupon_id', 'customer_id'])
    .executeTakeFirst();
  if (!returned) return;
  await tx
    .updateTable('catalogue_coupon')
    .set((e) => ({ used: e('used', '-', 1) }))
    .where('id', '=', returned.coupon_id)
    .execute();
  await tx
    .updateTable('catalogue_coupon_customer')
    .set((e) => ({ used: e('used', '-', 1) }))
    .where('coupon_id', '=', returned.coupon_id)
    .where('customer_id', '=', returned.customer_id)
    .execute();
}
