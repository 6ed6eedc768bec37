import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import type { AnnouncementKind } from '#modules/wording/index.ts';
import { problem } from './rules.ts';
import type { AnnouncementTable } from './tables.ts';
import './tables.ts';

export type Announcement = Selectable<AnnouncementTable>;

export interface AnnouncementRequest {
  kind: AnnouncementKind;
  /** One announcement for one cause: the same words again give the one that exists. */
  dedupe: string;
  title: LocalizedText;
  body: LocalizedText;
  /** On which it rests: a reference, or the clause's number where it concerns all customers. */
  clause?: ClauseRef | string;
  /** From when it is shown; at once by default. */
  from?: Date;
  /** Until when; for good by default. */
  until?: Date | null;
}

/**
 * Tells all who come to the brand's site, customers or not. Returns its id, which counts as a notice's in
 * `noticesEvidence` and in an audit entry's notices.
 */
export async function announcementPost(tx: Tx, ctx: Ctx, asked: AnnouncementRequest): Promise<string> {
  const id = newId();
  const dedupe = `${ctx.brand.id}:${asked.dedupe}`;
  const clause = typeof asked.clause === 'string' ? asked.clause : (asked.clause?.clause ?? null);
  const placed = await tx
    .insertInto('notify_announcement')
    .values({
      id,
      brand: ctx.brand.id,
      kind: asked.kind,
      dedupe,
      title_zh: asked.title.zh,
      title_en: asked.title.en,
      body_zh: asked.body.zh,
      body_en: asked.body.en,
      clause_id: clause,
      from_at: asked.from ?? ctx.now,
      until_at: asked.until ?? null,
      posted_at: ctx.now,
      posted_by: ctx.actor.kind === 'staff' ? ctx.actor.staffId : null,
    })
    .onConflict((conflict) => conflict.constraint('notify_announcement_dedupe').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) {
    const earlier = await tx
      .selectFrom('notify_announcement')
      .select('id')
      .where('dedupe', '=', dedupe)
      .executeTakeFirstOrThrow();
    return earlier.id;
  }
  await auditRecord(tx, ctx, {
    action: 'announcement.posted',
    subject: { kind: 'announcement', id },
    customerId: null,
    facts: {
      before: null,
      after: { kind: asked.kind, title: asked.title.zh, until: asked.until?.toISOString() ?? null },
    },
    ...(asked.clause && typeof asked.clause !== 'string' ? { clause: asked.clause } : {}),
  });
  return id;
}

/** Staff take down what they wrote themselves; what the terms ask to be announced stays. Throws 404, `announcement-stays`. */
export async function announcementEnd(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const row = await tx
    .selectFrom('notify_announcement')
    .select(['kind', 'clause_id', 'from_at', 'until_at'])
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  if (row.clause_id !== null) throw problem['announcement-stays']({ clause: row.clause_id });
  if (row.until_at !== null && row.until_at <= ctx.now) return;
  // One that never began never was: the least that it can have lasted keeps the row whole.
  const until = row.from_at < ctx.now ? ctx.now : new Date(row.from_at.getTime() + 1);
  await tx.updateTable('notify_announcement').set({ until_at: until }).where('id', '=', id).execute();
  await auditRecord(tx, ctx, {
    action: 'announcement.ended',
    subject: { kind: 'announcement', id },
    customerId: null,
    facts: {
      before: { until: row.until_at?.toISOString() ?? null },
      after: { until: until.toISOString() },
    },
  });
}

/** What the brand's site shows at this moment, newest first. */
export function announcementsShown(db: Db | Tx, brand: string, now: Date): Promise<Announcement[]> {
  return db
    .selectFrom('notify_announcement')
    .selectAll()
    .where('brand', '=', brand)
    .where('from_at', '<=', now)
    .where((e) => e.or([e('until_at', 'is', null), e('until_at', '>', now)]))
    .orderBy('from_at', 'desc')
    .limit(20)
    .execute();
}

export function announcementList(db: Db | Tx, brand: string, before?: string): Promise<Announcement[]> {
  return db
    .selectFrom('notify_announcement')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(101)
    .execute();
}
