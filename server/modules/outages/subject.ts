import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { addMs } from '#kernel/time.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { serviceExtend, servicesByIds } from '#modules/lifecycle/index.ts';
import { packageExtend } from '#modules/metering/index.ts';
import type { Affected } from './outage-row.ts';

export interface Extending {
  subject: Affected;
  byMs: number;
  clause: ClauseRef;
  outageId: string;
}

/** Lengthens what was paid for, without money. Returns its new end; null for what has ended since: nothing is left to lengthen. */
export async function subjectExtend(
  tx: Tx,
  ctx: Ctx,
  { subject, byMs, clause, outageId }: Extending,
): Promise<Date | null> {
  const { kind, subject_id: id, customer_id: customerId } = subject;
  if (kind === 'service') {
    const [service] = await servicesByIds(tx, ctx.brand.id, [id]);
    if (!service || !['active', 'suspended'].includes(service.state)) return null;
    return serviceExtend(tx, ctx, { serviceId: id, byMs, clause, reason: 'outage', cause: outageId });
  }
  const endsAt = await packageExtend(tx, { packageId: id, byMs, now: ctx.now });
  if (!endsAt) return null;
  await auditRecord(tx, ctx, {
    action: 'usage-package.extended',
    subject: { kind: 'usage-package', id },
    customerId,
    clause,
    facts: { outage: outageId, from: addMs(endsAt, -byMs).toISOString(), ends_at: endsAt.toISOString() },
  });
  return endsAt;
}
