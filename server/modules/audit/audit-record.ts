import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { insertAll } from '#kernel/insert-all.ts';
import type { AuditEntry } from './rules.ts';
import './tables.ts';

const NOBODY = { actor_id: null, actor_name: null, session_id: null, key_id: null, behalf_staff_id: null };

function actorColumns(ctx: Ctx) {
  const { actor } = ctx;
  switch (actor.kind) {
    case 'system':
      return { ...NOBODY, actor_name: actor.name };
    case 'visitor':
      return NOBODY;
    case 'customer': {
      const { userId, sessionId, keyId, behalf } = actor;
      return { ...NOBODY, actor_id: userId, session_id: sessionId, key_id: keyId, behalf_staff_id: behalf };
    }
    case 'staff':
      return { ...NOBODY, actor_id: actor.staffId, session_id: actor.sessionId };
  }
}

/** Writes what was done, by whom, for whom and by which clause, in the act's own transaction. */
export function auditRecord(tx: Tx, ctx: Ctx, entry: AuditEntry): Promise<void> {
  return auditRecordAll(tx, ctx, [entry]);
}

/** The same for acts that are done set-wise, in one round trip. */
export function auditRecordAll(tx: Tx, ctx: Ctx, entries: readonly AuditEntry[]): Promise<void> {
  return insertAll(
    tx,
    'audit_event',
    entries.map((entry) => ({
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
      facts: entry.facts ?? {},
      notices: entry.notices ?? [],
      ip: ctx.ip,
      request_id: ctx.requestId,
    })),
  );
}
