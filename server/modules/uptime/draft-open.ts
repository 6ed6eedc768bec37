import type { ExpressionBuilder } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tables, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { addMs } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { servicesOnNode } from '#modules/compute/index.ts';
import { outageEndMeasured } from '#modules/outages/index.ts';
import { DRAFT_AFTER_MS, GAP_MS, isWorthADraft } from './rules.ts';
import './tables.ts';

/**
 * Opens a draft for each node that doesn't answer for too long and has services of this brand on it, once for each
 * failure. Only what was really looked at counts: a worker that was down for days finds a stretch that has just begun.
 */
export async function draftsOpen(tx: Tx, ctx: Ctx): Promise<void> {
  const silent = await tx
    .selectFrom('uptime_spell as s')
    .select(['s.node_id', 's.from_at', 's.until_at', 's.answers'])
    .where('s.answers', '=', false)
    .where('s.until_at', '>=', addMs(ctx.now, -GAP_MS))
    .where('s.from_at', '<=', addMs(ctx.now, -DRAFT_AFTER_MS))
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('uptime_draft as d')
            .select('d.id')
            .whereRef('d.node_id', '=', 's.node_id')
            .whereRef('d.from_at', '=', 's.from_at')
            .where('d.brand', '=', ctx.brand.id),
        ),
      ),
    )
    .orderBy('s.node_id')
    .execute();
  for (const { node_id, from_at, until_at, answers } of silent) {
    if (!isWorthADraft({ from: from_at.getTime(), until: until_at.getTime(), answers })) continue;
    const hit = await servicesOnNode(tx, ctx.brand.id, node_id, { from: from_at, until: null });
    if (hit.length === 0) continue;
    await draftOpen(tx, ctx, { nodeId: node_id, from: from_at, services: hit.length });
  }
}

async function draftOpen(
  tx: Tx,
  ctx: Ctx,
  { nodeId, from, services }: { nodeId: string; from: Date; services: number },
): Promise<void> {
  const id = newId();
  const made = await tx
    .insertInto('uptime_draft')
    .values({
      id,
      brand: ctx.brand.id,
      node_id: nodeId,
      from_at: from,
      until_at: null,
      others_answered: await othersAnswering(tx, ctx, nodeId),
      opened_at: ctx.now,
      state: 'open',
      decided_at: null,
      decided_by: null,
      reason: null,
      outage_id: null,
      book_ended_at: null,
    })
    .onConflict((conflict) => conflict.columns(['brand', 'node_id', 'from_at']).doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows === 0n) return;
  await auditRecord(tx, ctx, {
    action: 'outage.drafted',
    subject: { kind: 'outage-draft', id },
    customerId: null,
    facts: { node: nodeId, from: from.toISOString(), services },
  });
}

async function othersAnswering(tx: Tx, ctx: Ctx, nodeId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('uptime_spell')
    .select((e) => e.fn.count<bigint>('node_id').distinct().as('count'))
    .where('node_id', '<>', nodeId)
    .where('answers', '=', true)
    .where('until_at', '>=', addMs(ctx.now, -GAP_MS))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Nobody looks at the node any more (it was taken out of the nodes file, or the worker was down): that is all that is known. */
export async function sightLost(tx: Tx, ctx: Ctx): Promise<void> {
  const newest = (e: ExpressionBuilder<Tables, 'uptime_draft'>) =>
    e
      .selectFrom('uptime_spell as s')
      .select((s) => s.fn.max('s.until_at').as('at'))
      .whereRef('s.node_id', '=', 'uptime_draft.node_id');
  await tx
    .updateTable('uptime_draft')
    .set((e) => ({ until_at: newest(e), lost_sight: true }))
    .where('brand', '=', ctx.brand.id)
    .where('until_at', 'is', null)
    .where((e) => e(newest(e), '<', addMs(ctx.now, -GAP_MS)))
    .execute();
}

/** What staff confirmed while it lasted and has ended since: the book is told, unless staff have written more to it. */
export async function endingsWrite(tx: Tx, ctx: Ctx): Promise<void> {
  const over = await tx
    .selectFrom('uptime_draft')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'confirmed')
    .where('book_ended_at', 'is', null)
    .where('until_at', 'is not', null)
    .orderBy('id')
    .limit(20)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const draft of over) {
    // That nobody looked any more is no end: staff write what they know.
    if (!draft.lost_sight)
      await outageEndMeasured(tx, ctx, {
        id: draft.outage_id!,
        nodeId: draft.node_id,
        until: draft.until_at!,
      });
    await tx.updateTable('uptime_draft').set({ book_ended_at: ctx.now }).where('id', '=', draft.id).execute();
  }
}
