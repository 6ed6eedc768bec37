import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { memberOf, membersOf } from '#modules/identity/index.ts';
import { contactShown } from './contact-form.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** What somebody can be responsible for (七牛云 3.1.6): the site, its network, and each product. */
export const RESPONSIBILITIES = [
  'site',
  'network',
  'servers',
  'object-storage',
  'fusion-cdn',
  'live-streaming',
  'data-processing',
] as const;
export type Responsibility = (typeof RESPONSIBILITIES)[number];

/** Who of these customers is responsible for what, and how they are reached; `phone_shown` by its ends. */
export async function responsibleOf(db: Db | Tx, customerIds: string[]) {
  const rows = await db
    .selectFrom('reach_responsible')
    .select(['id', 'customer_id', 'product', 'user_id', 'phone_shown', 'named_at'])
    .where((e) => e('customer_id', '=', e.fn.any(e.val(customerIds))))
    .where('ended_at', 'is', null)
    .orderBy('product')
    .execute();
  const members = new Map<string, Awaited<ReturnType<typeof membersOf>>[number]>();
  for (const id of new Set(rows.map(({ customer_id }) => customer_id)))
    for (const member of await membersOf(db, id)) members.set(`${id} ${member.user_id}`, member);
  return rows.flatMap((row) => {
    const member = members.get(`${row.customer_id} ${row.user_id}`);
    return member
      ? [
          {
            ...row,
            email: member.email,
            locale: member.locale,
            shown: member.email ?? member.phone_shown ?? '',
          },
        ]
      : [];
  });
}

/**
 * A member becomes responsible for a product, in the place of whoever was. `phone`: a number for when it burns, in its
 * one spelling, or null. Throws `responsible-member`.
 */
export async function responsibleSet(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  named: { product: Responsibility; userId: string; phone: string | null },
): Promise<void> {
  const { customerId, userId: by } = customerOf(ctx);
  const { product, userId, phone } = named;
  if (!(await memberOf(tx, customerId, userId))) throw problem['responsible-member']();
  await responsibleEnd(tx, ctx, { customerId, product });
  const id = newId();
  await tx
    .insertInto('reach_responsible')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      product,
      user_id: userId,
      phone_sealed: phone === null ? null : sealer.seal(phone, `responsible:${id}`),
      phone_shown: phone && contactShown('phone', phone),
      named_at: ctx.now,
      named_by: by,
      ended_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'responsible.named',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { product, phone: phone !== null },
  });
}

/** Nobody is responsible any more: for one product, or for any, where a member goes. Returns of how many. */
export async function responsibleEnd(
  tx: Tx,
  ctx: Ctx,
  of: { customerId: string; product?: Responsibility; userId?: string },
): Promise<number> {
  const ended = await tx
    .updateTable('reach_responsible')
    .set({ ended_at: ctx.now, phone_sealed: null, phone_shown: null })
    .where('customer_id', '=', of.customerId)
    .where('ended_at', 'is', null)
    .$if(of.product !== undefined, (q) => q.where('product', '=', of.product!))
    .$if(of.userId !== undefined, (q) => q.where('user_id', '=', of.userId!))
    .returning('product')
    .execute();
  for (const { product } of ended)
    await auditRecord(tx, ctx, {
      action: 'responsible.ended',
      subject: { kind: 'customer', id: of.customerId },
      customerId: of.customerId,
      facts: { product },
    });
  return ended.length;
}
