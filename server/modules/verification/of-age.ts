import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { cameOfAge } from '#modules/identity/index.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer who was a minor isn't any more: no guardian's consent is needed from now on. */
    'customer.came-of-age': { customerId: string };
  }
}

/** The day has come: what was found stays found, of somebody of age, and the date is forgotten (蓝天云 1.3). */
export async function ofAge(tx: Tx, ctx: Ctx, row: { id: string; customer_id: string }): Promise<void> {
  const { id, customer_id: customerId } = row;
  await tx.updateTable('verification_identity').set({ of_age_at: null }).where('id', '=', id).execute();
  await cameOfAge(tx, customerId);
  await auditRecord(tx, ctx, {
    action: 'customer.came-of-age',
    subject: { kind: 'customer', id: customerId },
    customerId,
  });
  await ctx.bus.emit(tx, ctx, 'customer.came-of-age', { customerId });
}
