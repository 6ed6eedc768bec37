import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { AuditEntry } from './rules.ts';
import './tables.ts';

function actorColumns(ctx: Ctx) {
  const { actor } = ctx;
  switch (actor.kind) {
    case 'system':
      return { actor_id: null, actor_name: actor.name };
    case 'visitor':
      return { actor_id: null, actor_name: null };
    case 'customer':
      return { actor_id: actor.userId, actor_name: null };
    case 'staff':
      return { actor_id: actor.staffId, actor_name: null };
  }
}

/** Writes what was done, by whom, for whom and by which clause, in the act's own transaction. */
export async function auditRecord(tx: Tx, ctx: Ctx, entry: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_event')
    .values({
      at: ctx.now,
      brand: ctx.brand.id,
      actor_kind: ctx.actor.kind,
      ...actorColumns(ctx),
      action: entry.action,
      subject_kind: entry.subject.kind,
      subject_id: entry.subject.id,
      customer_id: entry.customerId,
      clause_id: entry.clause?.clause ?? null,
      clause_version: entry.clause?.version ?? null,
      clause_hash: entry.clause?.sha256 ?? null,
      facts: JSON.stringify(entry.facts ?? {}),
      notices: entry.notices ?? [],
      ip: ctx.ip,
      request_id: ctx.requestId,
    })
    .execute();
}
