import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { outageOpen, type Said } from '#modules/outages/index.ts';
import { problem } from './rules.ts';
import type { DraftTable } from './tables.ts';
import './tables.ts';

export type Draft = Selectable<DraftTable>;

export function draftList(db: Db | Tx, brand: string, before?: string): Promise<Draft[]> {
  return db
    .selectFrom('uptime_draft')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Into the book, with its cause; the times are as measured. Returns the outage's id. Throws `draft-decided`. */
export async function draftConfirm(
  tx: Tx,
  ctx: Ctx,
  { id, ...said }: { id: string } & Pick<Said, 'title' | 'cause' | 'note'>,
): Promise<string> {
  const draft = await draftLock(tx, ctx, id);
  const { from_at: from, until_at: until, node_id } = draft;
  const nothing = { services: [], products: [] };
  const outageId = await outageOpen(tx, ctx, { ...said, from, until, nodes: [node_id], ...nothing });
  await tx
    .updateTable('uptime_draft')
    .set({
      state: 'confirmed',
      decided_at: ctx.now,
      decided_by: staffOf(ctx).staffId,
      outage_id: outageId,
      book_ended_at: until && ctx.now,
    })
    .where('id', '=', id)
    .execute();
  return outageId;
}

/** It was none: our own line, planned work, a daemon that was restarted. Throws `draft-decided`. */
export async function draftDismiss(
  tx: Tx,
  ctx: Ctx,
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  await draftLock(tx, ctx, id);
  await tx
    .updateTable('uptime_draft')
    .set({ state: 'dismissed', decided_at: ctx.now, decided_by: staffOf(ctx).staffId, reason })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'outage.draft-dismissed',
    subject: { kind: 'outage-draft', id },
    customerId: null,
    facts: { reason },
  });
}

async function draftLock(tx: Tx, ctx: Ctx, id: string): Promise<Draft> {
  const draft = await tx
    .selectFrom('uptime_draft')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!draft) throw kernelProblem['not-found']();
  if (draft.state !== 'open') throw problem['draft-decided']();
  return draft;
}
