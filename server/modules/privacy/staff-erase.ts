import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { memberErased, memberGone } from '#modules/staff/index.ts';
import { erasePerson } from './erase.ts';
import type { CertificateFacts } from './tables.ts';

/**
 * What was kept of a member of the staff who left goes by the register: name, mailbox, password, factors, mails. What
 * a law keeps stays until its day: where they signed in from, and what they did, under an id that names nobody any more.
 * Throws `not-found`, `staff-still-here`.
 */
export async function staffErase(
  tx: Tx,
  ctx: Ctx,
  staffId: string,
): Promise<Pick<CertificateFacts, 'erased' | 'kept'>> {
  const { email } = await memberGone(tx, staffId);
  const staff = { id: staffId, address: email };
  const facts = await erasePerson(tx, ctx, {
    brand: ctx.brand.id,
    userIds: [],
    customerIds: [],
    addresses: [],
    staff,
  });
  await memberErased(tx, ctx, staffId);
  await auditRecord(tx, ctx, {
    action: 'staff.erased',
    subject: { kind: 'staff', id: staffId },
    customerId: null,
    facts: { before: { erased: false }, after: { erased: true }, ...facts },
  });
  return facts;
}
