import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem } from '#kernel/problem.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import './tables.ts';

/** Staff record that a guardian's consent was seen, and under which reference it is filed. */
export async function guardianConsent(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; reference: string; clause?: ClauseRef },
): Promise<void> {
  const updated = await tx
    .updateTable('identity_customer')
    .set({ guardian_consent_at: ctx.now, guardian_consent_reference: input.reference })
    .where('id', '=', input.customerId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) throw problem['not-found']();
  await auditRecord(tx, ctx, {
    action: 'customer.guardian-consented',
    subject: { kind: 'customer', id: input.customerId },
    customerId: input.customerId,
    facts: { reference: input.reference },
    ...(input.clause ? { clause: input.clause } : {}),
  });
}
