import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { policiesFor } from './consequences.ts';
import { countedOf, spansOf } from './counted.ts';
import { endRightAfter } from './judge.ts';
import { type Affected, affectedOf, type Entry, entryNow, type Outage } from './outage-row.ts';
import { continuous } from './rules.ts';
import type { EndRightTable } from './tables.ts';
import { tellCustomers } from './tell.ts';
import './tables.ts';

/** The right to end a service that was down for so many continuous hours (七牛云 8.2). */

export type EndRight = Selectable<EndRightTable>;

interface Reached {
  subject: Affected;
  /** When it was, or will be, down for long enough. */
  since: Date;
}

/** Notes when somebody may next have the right, after the book has said something new. */
export async function lookAgain(tx: Tx, ctx: Ctx, outage: Outage): Promise<void> {
  const reached = await reachedBy(tx, outage, await entryNow(tx, outage));
  const next = reached.map(({ since }) => since).sort((a, b) => a.getTime() - b.getTime())[0] ?? null;
  const look_at = next && next < ctx.now ? ctx.now : next;
  await tx.updateTable('outages_outage').set({ look_at }).where('id', '=', outage.id).execute();
}

const BATCH = 20;

/** Gives the right where it is due, and tells the customers. Returns how many outages were looked at. */
export async function endRightsDue(tx: Tx, ctx: Ctx): Promise<number> {
  const outages = await tx
    .selectFrom('outages_outage')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('look_at', '<=', ctx.now)
    .orderBy('look_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const outage of outages) {
    const entry = await entryNow(tx, outage);
    const due = (await reachedBy(tx, outage, entry)).filter(({ since }) => since <= ctx.now);
    await grant(tx, ctx, entry, due);
    await lookAgain(tx, ctx, outage);
  }
  return outages.length;
}

/** Who has no such right yet and gets one by this outage, if it goes on where its end isn't known. */
async function reachedBy(tx: Tx, outage: Outage, entry: Entry): Promise<Reached[]> {
  const affected = await affectedOf(tx, outage);
  const policies = await policiesFor(tx, affected, entry.from_at);
  const counted = await countedOf(
    tx,
    affected.map(({ subject_id }) => subject_id),
  );
  const has = new Set((await rightsBy(tx, outage.id)).map(({ subject_id }) => subject_id));
  return affected.flatMap((subject, i): Reached[] => {
    const afterMs = endRightAfter(policies[i]!.parameters, entry.cause);
    if (afterMs === null || has.has(subject.subject_id)) return [];
    const until = (subject.until_at ?? entry.until_at)?.getTime() ?? Number.MAX_SAFE_INTEGER;
    const others = spansOf(counted.get(subject.subject_id)!, 'extension', outage.id);
    const whole = continuous({ from: subject.from_at.getTime(), until }, others);
    const since = whole.from + afterMs;
    return since <= whole.until ? [{ subject, since: new Date(since) }] : [];
  });
}

function rightsBy(tx: Tx, outageId: string): Promise<EndRight[]> {
  return tx.selectFrom('outages_end_right').selectAll().where('outage_id', '=', outageId).execute();
}

async function grant(tx: Tx, ctx: Ctx, entry: Entry, due: readonly Reached[]): Promise<void> {
  const policies = await policiesFor(
    tx,
    due.map(({ subject }) => subject),
    entry.from_at,
  );
  const clauses = policies.map((policy) => policy.clauseOf('sla'));
  const notices = await tellCustomers(
    tx,
    ctx,
    due.map(({ subject, since }, i) => ({
      kind: 'outage-end-right',
      dedupe: `outage-end-right:${entry.outage_id}:${subject.subject_id}`,
      customerId: subject.customer_id,
      subjects: [subject],
      policy: policies[i]!,
      values: {
        service: subject.label,
        since: wallClock(since, ctx.brand.zone),
        clause: clauses[i]!.clause,
      },
    })),
  );
  for (const [i, { subject, since }] of due.entries()) {
    const clause = clauses[i]!;
    await tx
      .insertInto('outages_end_right')
      .values({
        outage_id: entry.outage_id,
        subject_id: subject.subject_id,
        brand: ctx.brand.id,
        customer_id: subject.customer_id,
        since,
        clause_id: clause.clause,
        notice_id: notices[i]!,
        at: ctx.now,
      })
      .execute();
    await auditRecord(tx, ctx, {
      action: 'outage.end-right',
      subject: { kind: subject.kind, id: subject.subject_id },
      customerId: subject.customer_id,
      clause,
      facts: { outage: entry.outage_id, since: since.toISOString() },
      notices: [notices[i]!],
    });
  }
}

export function rightsOf(db: Db | Tx, subjectIds: readonly string[]): Promise<EndRight[]> {
  return db
    .selectFrom('outages_end_right')
    .selectAll()
    .where('subject_id', '=', sql<string>`any(${subjectIds}::uuid[])`)
    .orderBy('at', 'desc')
    .execute();
}
