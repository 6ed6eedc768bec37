import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import './tables.ts';

/** From the next look at it on (each request, and each second of what stays open) it opens nothing (F61). */
export async function keyRevoke(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const { customerId } = customerOf(ctx);
  const revoked = await tx
    .updateTable('keys_key')
    .set({ revoked_at: ctx.now })
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .where('customer_id', '=', customerId)
    .where('revoked_at', 'is', null)
    .returning('name')
    .executeTakeFirst();
  if (!revoked) throw common['not-found']();
  await auditRecord(tx, ctx, {
    action: 'key.revoked',
    subject: { kind: 'key', id },
    customerId,
    facts: { name: revoked.name },
  });
}

/** All that a member made in a customer. */
export async function keysRevokeOf(
  tx: Tx,
  ctx: Ctx,
  { customerId, userId }: { customerId: string; userId: string },
): Promise<void> {
  const revoked = await tx
    .updateTable('keys_key')
    .set({ revoked_at: ctx.now })
    .where('customer_id', '=', customerId)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .returning(['id', 'name'])
    .execute();
  for (const { id, name } of revoked)
    await auditRecord(tx, ctx, {
      action: 'key.revoked',
      subject: { kind: 'key', id },
      customerId,
      facts: { name },
    });
}

/** A service that isn't the customer's any more is in no key's scope; a key of that one alone reaches none. */
export async function keysForget(
  tx: Tx,
  { customerId, serviceId }: { customerId: string; serviceId: string },
): Promise<void> {
  await sql`update keys_key set services = array_remove(services, ${serviceId}::uuid)
    where customer_id = ${customerId} and services @> array[${serviceId}::uuid]`.execute(tx);
}
