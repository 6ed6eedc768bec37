import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { termsAccepted } from '#modules/terms/index.ts';
import './tables.ts';

/**
 * A customer came under another version: what it uses from now on is charged by that. What was used before is priced
 * by when it was used, as ever. A version that meters nothing is followed by nothing: the old one goes on for these.
 */
export async function subjectsFollow(tx: Tx, ctx: Ctx, accepted: Events['terms.accepted']): Promise<void> {
  if (accepted.previous === null) return;
  const { parameters, version } = await termsAccepted(tx, accepted.acceptanceId);
  if (!parameters.metered) return;
  const moved = await tx
    .updateTable('metering_subject')
    .set({ acceptance_id: accepted.acceptanceId })
    .where('customer_id', '=', accepted.customerId)
    .where('brand', '=', ctx.brand.id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  if (moved.numUpdatedRows === 0n) return;
  await auditRecord(tx, ctx, {
    action: 'usage-subjects.terms-followed',
    subject: { kind: 'customer', id: accepted.customerId },
    customerId: accepted.customerId,
    facts: {
      acceptance: accepted.acceptanceId,
      version: version.version,
      subjects: Number(moved.numUpdatedRows),
    },
  });
}

/** A customer who disagreed stops here: nothing is used any more, what was used until now is charged (七牛云 3.1.1). */
export async function subjectsEnd(tx: Tx, ctx: Ctx, due: Events['terms.disagreement-due']): Promise<void> {
  const { rows } = await sql<{
    product: string;
    name: string;
  }>`update metering_subject set closed_at = ${ctx.now}
    where customer_id = ${due.customerId} and brand = ${ctx.brand.id} and closed_at is null
    returning product, name`.execute(tx);
  if (rows.length === 0) return;
  await auditRecord(tx, ctx, {
    action: 'usage-subjects.closed',
    subject: { kind: 'customer', id: due.customerId },
    customerId: due.customerId,
    clause: due.clause,
    facts: { disagreement: due.disagreementId, subjects: rows },
    notices: due.notices,
  });
}
