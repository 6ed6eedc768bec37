import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { Coupon } from './coupon-take.ts';
import { problem } from './rules.ts';
import './tables.ts';

export interface NewCoupon {
  code: string;
  name: LocalizedText;
  off: { basisPoints: number } | { amount: Micro };
  products: string[];
  plans: string[];
  firstOrder: boolean;
  renewals: boolean;
  startsAt: Date | null;
  endsAt: Date | null;
  perCustomer: number | null;
  inAll: number | null;
}

export async function couponMake(tx: Tx, ctx: Ctx, input: NewCoupon): Promise<Coupon> {
  const { off } = input;
  try {
    const coupon = await tx
      .insertInto('catalogue_coupon')
      .values({
        id: newId(),
        brand: ctx.brand.id,
        code: input.code.toUpperCase(),
        name: JSON.stringify(input.name),
        kind: 'amount' in off ? 'fixed' : 'percent',
        basis_points: 'amount' in off ? null : off.basisPoints,
        amount_micro: 'amount' in off ? off.amount : null,
        products: input.products,
        plans: input.plans,
        first_order: input.firstOrder,
        renewals: input.renewals,
        starts_at: input.startsAt ?? ctx.now,
        ends_at: input.endsAt,
        per_customer: input.perCustomer,
        in_all: input.inAll,
        created_at: ctx.now,
        created_by: staffOf(ctx).staffId,
        disabled_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await auditRecord(tx, ctx, {
      action: 'coupon.made',
      subject: { kind: 'coupon', id: coupon.id },
      customerId: null,
      facts: {
        before: null,
        after: { enabled: true },
        code: coupon.code,
        off: 'amount' in off ? formatYuan(off.amount) : `${off.basisPoints / 100} %`,
        per_customer: input.perCustomer,
        in_all: input.inAll,
      },
    });
    return coupon;
  } catch (error) {
    if (violated(error) === 'catalogue_coupon_code')
      throw problem['coupon-code-taken']({}, { errors: [{ field: 'code', message: input.code }] });
    throw error;
  }
}

/** It can't be used any more; what was bought with it stays as it is. Disabled already: nothing happens. */
export async function couponDisable(tx: Tx, ctx: Ctx, id: string): Promise<Coupon> {
  const found = await tx
    .selectFrom('catalogue_coupon')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!found) throw kernelProblem['not-found']();
  if (found.disabled_at) return found;
  await tx.updateTable('catalogue_coupon').set({ disabled_at: ctx.now }).where('id', '=', id).execute();
  await auditRecord(tx, ctx, {
    action: 'coupon.disabled',
    subject: { kind: 'coupon', id },
    customerId: null,
    facts: { code: found.code, used: found.used, before: { enabled: true }, after: { enabled: false } },
  });
  return { ...found, disabled_at: ctx.now };
}

export function couponList(db: Db | Tx, brand: string, before?: string): Promise<Coupon[]> {
  return db
    .selectFrom('catalogue_coupon')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}
