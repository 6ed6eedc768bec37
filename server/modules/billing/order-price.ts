import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import {
  type Coupon,
  catalogueInForce,
  couponFind,
  price,
  type Quote,
  type Selection,
} from '#modules/catalogue/index.ts';
import './tables.ts';

export interface Priced {
  quote: Quote;
  coupon: Coupon | null;
  catalogueVersionId: string;
}

/**
 * What a cart costs now: the preview and the order both ask here, so they can't differ. `customerId` is null for a
 * visitor, who sees a coupon's price as a new customer would.
 */
export async function cartPrice(
  db: Db | Tx,
  ctx: Ctx,
  cart: { customerId: string | null; selections: readonly Selection[]; coupon?: string | undefined },
): Promise<Priced> {
  const { id: catalogueVersionId, document } = await catalogueInForce(db, ctx.brand.id, ctx.now);
  if (!cart.coupon) return { quote: price(document, cart.selections), coupon: null, catalogueVersionId };
  const { customerId } = cart;
  const firstOrder = !customerId || !(await hasBought(db, customerId));
  const { coupon, discount } = await couponFind(db, ctx, cart.coupon, {
    kind: 'new',
    customerId,
    firstOrder,
  });
  return { quote: price(document, cart.selections, discount), coupon, catalogueVersionId };
}

/** What each of its orders asks of gifts and balance. */
export function demandsOf({ pieces }: Quote) {
  return pieces.map(({ product, amount }) => ({ product: product.id, amount }));
}

/** An order that could not be delivered doesn't count. */
async function hasBought(db: Db | Tx, customerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('billing_order')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('kind', '=', 'new')
    .where('state', '=', 'paid')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
