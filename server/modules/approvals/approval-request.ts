import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import type { StaffArea } from '#kernel/grant.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { APPROVAL_HOURS, problem } from './rules.ts';
import './tables.ts';

export interface ApprovalWanted {
  /** What is to be done, by name: `withdrawal.send`. The room that listens for it does it. */
  act: string;
  /** Whose write is needed to decide it. */
  area: StaffArea;
  subject: { kind: string; id: string };
  customerId: string | null;
  /** All that the act needs; shown to whoever decides. No secrets. */
  payload: Record<string, unknown>;
  reason: string;
}

/** A member of the staff asks another one. Throws `approval-waiting` when the same is already asked. */
export async function approvalRequest(tx: Tx, ctx: Ctx, wanted: ApprovalWanted): Promise<string> {
  const id = newId();
  try {
    await tx
      .insertInto('approvals_request')
      .values({
        id,
        brand: ctx.brand.id,
        act: wanted.act,
        area: wanted.area,
        subject_kind: wanted.subject.kind,
        subject_id: wanted.subject.id,
        customer_id: wanted.customerId,
        payload: JSON.stringify(wanted.payload),
        reason: wanted.reason,
        requested_by: staffOf(ctx).staffId,
        requested_at: ctx.now,
        expires_at: addMinutes(ctx.now, APPROVAL_HOURS * 60),
        state: 'waiting',
        decided_by: null,
        decided_at: null,
        decision_reason: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'approvals_request_once') throw problem['approval-waiting']();
    throw error;
  }
  await auditRecord(tx, ctx, {
    action: 'approval.requested',
    subject: wanted.subject,
    customerId: wanted.customerId,
    facts: { approval: id, act: wanted.act, reason: wanted.reason },
  });
  return id;
}
