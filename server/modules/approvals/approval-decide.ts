import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { AREA_NAMES, DOES_NAMES, mayDo, type StaffArea } from '#kernel/grant.ts';
import { staffOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { pick } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem } from './rules.ts';
import type { ApprovalTable } from './tables.ts';
import './tables.ts';

export interface ApprovalDecided {
  id: string;
  act: string;
  subject: { kind: string; id: string };
  customerId: string | null;
  payload: unknown;
  reason: string;
}

declare module '#kernel/events.ts' {
  interface Events {
    /** A second person agreed. The room whose act it is does it in this transaction, or throws and nothing is decided. */
    'approval.granted': ApprovalDecided;
    /** Refused, or nobody answered in time: the room puts things back as they were. */
    'approval.denied': ApprovalDecided;
  }
}

/**
 * Grants or refuses, for whoever has the area's write; the act itself happens in the same transaction. Throws
 * `not-permitted`, `approval-own`, `approval-over`.
 */
export async function approvalDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; grant: boolean; reason: string },
): Promise<void> {
  const { staffId, grant } = staffOf(ctx);
  const row = await tx
    .selectFrom('approvals_request')
    .selectAll()
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  if (!mayDo(grant, row.area, 'write')) throw lacking(ctx, row.area);
  if (row.state !== 'waiting' || row.expires_at <= ctx.now) throw problem['approval-over']();
  if (row.requested_by === staffId) throw problem['approval-own']();
  await tx
    .updateTable('approvals_request')
    .set({
      state: input.grant ? 'granted' : 'refused',
      decided_by: staffId,
      decided_at: ctx.now,
      decision_reason: input.reason,
    })
    .where('id', '=', row.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: input.grant ? 'approval.granted' : 'approval.refused',
    subject: { kind: row.subject_kind, id: row.subject_id },
    customerId: row.customer_id,
    facts: { approval: row.id, act: row.act, requested_by: row.requested_by, reason: input.reason },
  });
  await ctx.bus.emit(
    tx,
    ctx,
    input.grant ? 'approval.granted' : 'approval.denied',
    decided(row, input.reason),
  );
}

function lacking({ locale }: Ctx, area: StaffArea) {
  const names = { area: pick(AREA_NAMES[area], locale), does: pick(DOES_NAMES.write, locale) };
  return kernelProblem['not-permitted'](names, { area, lacking: 'write' });
}

/** What nobody answered lapses. Returns how many did. */
export async function approvalsLapse(tx: Tx, ctxOf: (brand: string) => Ctx, now: Date): Promise<number> {
  const rows = await tx
    .selectFrom('approvals_request')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(100)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of rows) {
    const ctx = ctxOf(row.brand);
    await tx
      .updateTable('approvals_request')
      .set({ state: 'expired', decided_at: now })
      .where('id', '=', row.id)
      .execute();
    await auditRecord(tx, ctx, {
      action: 'approval.lapsed',
      subject: { kind: row.subject_kind, id: row.subject_id },
      customerId: row.customer_id,
      facts: { approval: row.id, act: row.act },
    });
    await ctx.bus.emit(tx, ctx, 'approval.denied', decided(row, 'lapsed'));
  }
  return rows.length;
}

function decided(row: Selectable<ApprovalTable>, reason: string): ApprovalDecided {
  return {
    id: row.id,
    act: row.act,
    subject: { kind: row.subject_kind, id: row.subject_id },
    customerId: row.customer_id,
    payload: row.payload,
    reason,
  };
}
