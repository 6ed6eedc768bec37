import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { insertAll } from '#kernel/insert-all.ts';
import type { Micro } from '#kernel/money.ts';
import type { Coupon } from './coupon-take.ts';
import './tables.ts';

/** A coupon for renewals was used for these services: it is used again at their renewals, one for each. */
export async function couponRecurs(
  tx: Tx,
  ctx: Ctx,
  { coupon, customerId, serviceIds }: { coupon: Coupon; customerId: string; serviceIds: readonly string[] },
): Promise<void> {
  if (!coupon.renewals || coupon.first_order || serviceIds.length === 0) return;
  await tx
    .insertInto('catalogue_recurring')
    .values(
      serviceIds.map((service_id) => ({
        service_id,
        coupon_id: coupon.id,
        customer_id: customerId,
        since: ctx.now,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('service_id').doUpdateSet({ coupon_id: coupon.id, since: ctx.now }),
    )
    .execute();
}

/** No coupon recurs for this service any more. */
export async function couponStops(tx: Tx, serviceId: string): Promise<void> {
  await tx.deleteFrom('catalogue_recurring').where('service_id', '=', serviceId).execute();
}

/** The coupons that recur at renewals of these services and hold now, by service. Only a look: `couponsTake` decides. */
export async function couponsRecurring(
  db: Db | Tx,
  ctx: Ctx,
  serviceIds: readonly string[],
): Promise<Map<string, Coupon>> {
  const { rows: some } = await sql<{
    any: boolean;
  }>`select exists (select from catalogue_recurring) as any`.execute(db);
  if (!some[0]!.any) return new Map();
  const rows = await db
    .selectFrom('catalogue_recurring as r')
    .innerJoin('catalogue_coupon as c', 'c.id', 'r.coupon_id')
    .selectAll('c')
    .select('r.service_id')
    .where('r.service_id', '=', sql<string>`any(${serviceIds}::uuid[])`)
    .where('c.disabled_at', 'is', null)
    .where('c.starts_at', '<=', ctx.now)
    .where((e) => e.or([e('c.ends_at', 'is', null), e('c.ends_at', '>', ctx.now)]))
    .execute();
  return new Map(rows.map(({ service_id, ...coupon }) => [service_id, coupon]));
}

/** Is a coupon for what this service is? */
export function isFor(coupon: Coupon, { product, plan }: { product: string; plan: string }): boolean {
  const holds = (scope: readonly string[], id: string) => scope.length === 0 || scope.includes(id);
  return holds(coupon.products, product) && holds(coupon.plans, plan);
}

export interface CouponTaking {
  coupon: Coupon;
  customerId: string;
  /** What it takes off. */
  amount: Micro;
}

/**
 * Uses coupons once for each, set-wise, in their order, as far as their limits reach: redemptions in turn, null where a
 * limit was reached. The coupons' rows stay locked to the end of the transaction, as `couponTake` locks them (F31).
 */
export async function couponsTake(
  tx: Tx,
  ctx: Ctx,
  takings: readonly CouponTaking[],
): Promise<(string | null)[]> {
  const left = await leftOf(tx, takings);
  const taken = takings.map((taking) => {
    const [inAll, own] = [left.inAll.get(taking.coupon.id) ?? 0, left.own(taking)];
    if (inAll <= 0 || own.left <= 0) return null;
    left.inAll.set(taking.coupon.id, inAll - 1);
    own.left -= 1;
    return { id: newId(), ...taking };
  });
  const used = taken.filter((one) => one !== null);
  await counted(tx, used, 1);
  await insertAll(
    tx,
    'catalogue_redemption',
    used.map(({ id, coupon, customerId, amount }) => ({
      id,
      coupon_id: coupon.id,
      customer_id: customerId,
      amount_micro: amount,
      at: ctx.now,
      returned_at: null,
    })),
  );
  return taken.map((one) => one?.id ?? null);
}

/** Takes back what this very transaction took: what it was for could not be paid. */
export async function couponsUntake(
  tx: Tx,
  takings: readonly (CouponTaking & { id: string })[],
): Promise<void> {
  if (takings.length === 0) return;
  await tx
    .deleteFrom('catalogue_redemption')
    .where(
      'id',
      'in',
      takings.map(({ id }) => id),
    )
    .execute();
  await counted(tx, takings, -1);
}

/** How often coupons may still be used, in all and by each customer; their rows are locked from here on. */
async function leftOf(tx: Tx, takings: readonly CouponTaking[]) {
  const ids = [...new Set(takings.map(({ coupon }) => coupon.id))];
  const customers = [...new Set(takings.map(({ customerId }) => customerId))];
  const coupons = await tx
    .selectFrom('catalogue_coupon')
    .select(['id', 'used', 'in_all', 'per_customer', 'disabled_at'])
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute();
  const rows = await tx
    .selectFrom('catalogue_coupon_customer')
    .select(['coupon_id', 'customer_id', 'used'])
    .where('coupon_id', 'in', ids)
    .where('customer_id', '=', sql<string>`any(${customers}::uuid[])`)
    .execute();
  const owns = new Map<string, { left: number }>();
  for (const { coupon_id, customer_id, used } of rows) {
    const most = coupons.find(({ id }) => id === coupon_id)!.per_customer;
    owns.set(`${coupon_id} ${customer_id}`, { left: (most ?? Number.POSITIVE_INFINITY) - used });
  }
  return {
    inAll: new Map(
      coupons.map(({ id, used, in_all, disabled_at }) => [
        id,
        disabled_at ? 0 : (in_all ?? Number.POSITIVE_INFINITY) - used,
      ]),
    ),
    own({ coupon, customerId }: CouponTaking) {
      const key = `${coupon.id} ${customerId}`;
      const most = coupons.find(({ id }) => id === coupon.id)?.per_customer ?? Number.POSITIVE_INFINITY;
      const found = owns.get(key) ?? { left: most };
      owns.set(key, found);
      return found;
    },
  };
}

async function counted(tx: Tx, used: readonly CouponTaking[], by: 1 | -1): Promise<void> {
  if (used.length === 0) return;
  const couponIds = used.map(({ coupon }) => coupon.id);
  const customerIds = used.map(({ customerId }) => customerId);
  await sql`update catalogue_coupon c set used = c.used + n.count
    from (select id, count(*)::int * ${by}::int as count from unnest(${couponIds}::uuid[]) id group by id) n
    where c.id = n.id`.execute(tx);
  await sql`insert into catalogue_coupon_customer as k (coupon_id, customer_id, used, most)
    select n.coupon_id, n.customer_id, n.count, c.per_customer
    from (select coupon_id, customer_id, count(*)::int * ${by}::int as count
      from unnest(${couponIds}::uuid[], ${customerIds}::uuid[]) t (coupon_id, customer_id) group by 1, 2) n
    join catalogue_coupon c on c.id = n.coupon_id
    order by n.coupon_id, n.customer_id
    on conflict (coupon_id, customer_id) do update set used = k.used + excluded.used, most = excluded.most`.execute(
    tx,
  );
}
