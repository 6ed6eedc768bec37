import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import { customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { disagreementEnds, type Parameters, revisionFacing, termsAccepted } from '#modules/terms/index.ts';
import { problem } from './rules.ts';
import type { DisagreementTable } from './tables.ts';
import './tables.ts';

export type Disagreement = Selectable<DisagreementTable>;
type Promised = NonNullable<NonNullable<Parameters['revision']>['on_disagree']>;

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer doesn't agree to a revision: nothing renews itself for it any more. */
    'terms.disagreed': { customerId: string; disagreementId: string; clause: ClauseRef; endAt: Date };
    /** The time to take it back is over: what runs for it ends, and gets what `promises` says. */
    'terms.disagreement-due': {
      customerId: string;
      disagreementId: string;
      acceptanceId: string;
      clause: ClauseRef;
      promises: Promised;
      /** What the customer was told: that it is on record, and that it is done. */
      notices: string[];
    };
  }
}

export async function disagreementOpen(db: Db | Tx, customerId: string): Promise<Disagreement | null> {
  const row = await db
    .selectFrom('terms_disagreement')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return row ?? null;
}

/**
 * The customer says that it doesn't agree to the revision which holds, or which was announced to. What follows, the
 * terms that it accepted promise (蓝天云 6.2, 七牛云 3.1.1): its services end after the time to take it back. Said
 * already: the first stands. Throws `nothing-to-disagree` and `disagreement-not-in-terms`.
 */
export async function termsDisagree(tx: Tx, ctx: Ctx): Promise<Disagreement> {
  const { customerId, userId } = customerOf(ctx);
  const customer = await customerRead(tx, customerId);
  const earlier = await disagreementOpen(tx, customerId);
  if (earlier) return earlier;
  const facing = await revisionFacing(tx, ctx.brand.id, customerId, ctx.now);
  if (!facing) throw problem['nothing-to-disagree']();
  const { accepted, version, effectiveAt } = facing;
  const rule = accepted.parameters.revision;
  if (!rule?.on_disagree) throw problem['disagreement-not-in-terms']();
  const clause = accepted.clauseOf('revision');
  const endAt = disagreementEnds(rule, ctx.now, effectiveAt, ctx.brand.zone);
  const row: Disagreement = {
    id: newId(),
    brand: ctx.brand.id,
    customer_id: customerId,
    user_id: userId,
    version: version.version,
    acceptance_id: accepted.acceptanceId,
    clause_id: clause.clause,
    clause_version: clause.version,
    clause_hash: clause.sha256,
    promises: [...rule.on_disagree],
    at: ctx.now,
    ip: ctx.ip,
    user_agent: ctx.userAgent,
    end_at: endAt,
    state: 'open',
    decided_at: null,
    notice_id: null,
  };
  const notice = await noticeSend(tx, ctx, {
    kind: 'terms-disagreed',
    dedupe: `terms-disagreed:${row.id}`,
    to: { customerId, userId, email: customer.email, locale: customer.locale },
    values: { version: row.version, ends: wallClock(endAt, ctx.brand.zone), clause: clause.clause },
  });
  row.notice_id = notice;
  await tx.insertInto('terms_disagreement').values(row).execute();
  await auditRecord(tx, ctx, {
    action: 'terms.disagreed',
    subject: { kind: 'terms', id: version.id },
    customerId,
    clause,
    facts: { version: row.version, ends_at: endAt.toISOString(), promises: row.promises },
    notices: [notice],
  });
  const said = { customerId, disagreementId: row.id, clause, endAt };
  await ctx.bus.emit(tx, ctx, 'terms.disagreed', said);
  return row;
}

/** Takes a disagreement back before anything ended; then the customer goes on as it was, under what it accepted. */
export async function disagreementWithdraw(tx: Tx, ctx: Ctx, open: Disagreement): Promise<void> {
  const done = await tx
    .updateTable('terms_disagreement')
    .set({ state: 'withdrawn', decided_at: ctx.now })
    .where('id', '=', open.id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n) throw problem['disagreement-over']();
  await auditRecord(tx, ctx, {
    action: 'terms.disagreement-withdrawn',
    subject: { kind: 'terms', id: open.id },
    customerId: open.customer_id,
    facts: { version: open.version, at: open.at.toISOString() },
  });
}

/** Whoever accepts another version has no quarrel with it any more. */
export async function disagreementSettled(
  tx: Tx,
  ctx: Ctx,
  { customerId }: Events['terms.accepted'],
): Promise<void> {
  const open = await disagreementOpen(tx, customerId);
  if (open) await disagreementWithdraw(tx, ctx, open);
}

export function disagreementsOf(db: Db | Tx, customerId: string): Promise<Disagreement[]> {
  return db
    .selectFrom('terms_disagreement')
    .selectAll()
    .where('customer_id', '=', customerId)
    .orderBy('id', 'desc')
    .execute();
}

const BATCH = 50;

/** Ends for those whose time to take it back is over. Returns how many. */
export async function disagreementsDue(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('terms_disagreement')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('state', '=', 'open')
    .where('end_at', '<=', ctx.now)
    .orderBy('end_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of due) await disagreementDone(tx, ctx, row);
  return due.length;
}

async function disagreementDone(tx: Tx, ctx: Ctx, row: Disagreement): Promise<void> {
  const clause = (await termsAccepted(tx, row.acceptance_id)).clauseOf('revision');
  const customer = await customerRead(tx, row.customer_id);
  await tx
    .updateTable('terms_disagreement')
    .set({ state: 'done', decided_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  const notice = await noticeSend(tx, ctx, {
    kind: 'terms-disagreed-done',
    dedupe: `terms-disagreed-done:${row.id}`,
    to: {
      customerId: row.customer_id,
      userId: customer.user_id,
      email: customer.email,
      locale: customer.locale,
    },
    values: { version: row.version, clause: clause.clause },
  });
  await auditRecord(tx, ctx, {
    action: 'terms.disagreement-done',
    subject: { kind: 'terms', id: row.id },
    customerId: row.customer_id,
    clause,
    facts: { version: row.version, said_at: row.at.toISOString(), promises: row.promises },
    notices: row.notice_id ? [row.notice_id, notice] : [notice],
  });
  await ctx.bus.emit(tx, ctx, 'terms.disagreement-due', {
    customerId: row.customer_id,
    disagreementId: row.id,
    acceptanceId: row.acceptance_id,
    clause,
    promises: row.promises as Promised,
    notices: row.notice_id ? [row.notice_id, notice] : [notice],
  });
}
