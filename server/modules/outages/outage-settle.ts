import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { insertAll } from '#kernel/insert-all.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord, auditRecordAll } from '#modules/audit/index.ts';
import { consequences, type Verdict } from './consequences.ts';
import { requireTold } from './force-majeure.ts';
import { monthsAsk } from './month-measure.ts';
import {
  affectedOf,
  type Consequence,
  consequencesOf,
  type Entry,
  entryNow,
  type Outage,
  outageLock,
} from './outage-row.ts';
import { HOUR_MS, problem } from './rules.ts';
import { subjectExtend } from './subject.ts';
import type { ConsequenceKind } from './tables.ts';
import { tellCustomers } from './tell.ts';
import './tables.ts';

type Ended = Entry & { until_at: Date };

export interface Settling {
  outageId: string;
  /** The entry that whoever applies it has read. */
  entry: number;
  /** Where the terms leave it to the operator: whether terms are lengthened (蓝天云 4.2). */
  discretion: 'extend' | 'leave';
}

/**
 * Applies what an ended outage means, to each whom it hit by its own terms, once for each entry of the book; after a
 * correction only what is more than was given. What was given before is never taken back. Throws `outage-settled`,
 * `outage-moved-on`, `outage-lasts`, `outage-untold`.
 */
export async function outageSettle(tx: Tx, ctx: Ctx, input: Settling): Promise<void> {
  const outage = await outageLock(tx, ctx, input.outageId);
  if (outage.settled_entry === outage.entry)
    throw problem['outage-settled']({ at: wallClock(outage.settled_at!, ctx.brand.zone) });
  if (outage.entry !== input.entry) throw problem['outage-moved-on']();
  const entry = ended(await entryNow(tx, outage));
  const verdicts = await consequences(tx, entry, await affectedOf(tx, outage));
  await requireTold(tx, ctx, entry, verdicts);
  const rows: Consequence[] = [];
  for (const verdict of verdicts) rows.push(await apply(tx, ctx, entry, verdict, input.discretion));
  const spared = await sparedBy(tx, outage, rows);
  await told(tx, ctx, verdicts, rows);
  await insertAll(tx, 'outages_consequence', [...rows, ...spared]);
  await monthsAsk(tx, ctx, [...rows, ...spared], entry);
  await tx
    .updateTable('outages_outage')
    .set({ settled_entry: outage.entry, settled_at: ctx.now, settled_by: staffOf(ctx).staffId })
    .where('id', '=', outage.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'outage.settled',
    subject: { kind: 'outage', id: outage.id },
    customerId: null,
    facts: { entry: outage.entry, affected: verdicts.length, discretion: input.discretion },
  });
}

/** Throws `outage-lasts` where its end isn't known. */
export function ended(entry: Entry): Ended {
  const { until_at } = entry;
  if (!until_at) throw problem['outage-lasts']();
  return { ...entry, until_at };
}

async function apply(
  tx: Tx,
  ctx: Ctx,
  entry: Ended,
  verdict: Verdict,
  discretion: Settling['discretion'],
): Promise<Consequence> {
  const { subject, policy, judgement, span, extendMs } = verdict;
  const clause = judgement.rests ? policy.clauseOf(judgement.rests) : null;
  let kind: ConsequenceKind = judgement.kind;
  let extended = 0;
  if (judgement.kind === 'extension' && judgement.discretionary && discretion === 'leave') kind = 'left';
  else if (extendMs > 0) {
    const extension = { subject, byMs: extendMs, clause: clause!, outageId: entry.outage_id };
    extended = (await subjectExtend(tx, ctx, extension)) ? extendMs : 0;
  }
  return {
    outage_id: entry.outage_id,
    number: entry.number,
    subject_id: subject.subject_id,
    brand: ctx.brand.id,
    customer_id: subject.customer_id,
    kind,
    clause_id: clause?.clause ?? null,
    clause_version: clause?.version ?? null,
    clause_hash: clause?.sha256 ?? null,
    down_ms: BigInt(span.until - span.from),
    extended_ms: BigInt(extended),
    notice_id: null,
    at: ctx.now,
  };
}

/** Whom an earlier entry had and the corrected book hasn't any more: it counts for them no longer. */
async function sparedBy(tx: Tx, outage: Outage, rows: readonly Consequence[]): Promise<Consequence[]> {
  const hit = new Set(rows.map(({ subject_id }) => subject_id));
  const before = new Map((await consequencesOf(tx, outage.id)).map((row) => [row.subject_id, row]));
  return [...before.values()]
    .filter((row) => !hit.has(row.subject_id))
    .map((row) => ({
      ...row,
      number: outage.entry,
      kind: 'nothing' as const,
      down_ms: 0n,
      extended_ms: 0n,
      notice_id: null,
    }));
}

/** Tells each customer what came of it, writes the notice into its row, and the act to the audit log. */
async function told(tx: Tx, ctx: Ctx, verdicts: readonly Verdict[], rows: Consequence[]): Promise<void> {
  const telling = rows.map((row, i) => {
    const { subject, policy, span } = verdicts[i]!;
    return {
      kind: NOTICE[row.extended_ms > 0n ? 'extension' : row.kind === 'extension' ? 'nothing' : row.kind],
      dedupe: `outage-settled:${row.outage_id}:${row.number}:${row.subject_id}`,
      customerId: row.customer_id,
      subjects: [subject],
      policy,
      values: {
        service: subject.label,
        from: wallClock(new Date(span.from), ctx.brand.zone),
        until: wallClock(new Date(span.until), ctx.brand.zone),
        clause: row.clause_id ?? '–',
        hours: hoursText(Number(row.extended_ms)),
      },
    };
  });
  const notices = await tellCustomers(tx, ctx, telling);
  rows.forEach((row, i) => {
    row.notice_id = notices[i]!;
  });
  await auditRecordAll(
    tx,
    ctx,
    rows.map((row, i) => {
      const { subject, policy, judgement } = verdicts[i]!;
      return {
        action: `outage.${row.kind}`,
        subject: { kind: subject.kind, id: subject.subject_id },
        customerId: row.customer_id,
        ...(judgement.rests ? { clause: policy.clauseOf(judgement.rests) } : {}),
        facts: {
          outage: row.outage_id,
          entry: row.number,
          down_hours: hoursText(Number(row.down_ms)),
          extended_hours: hoursText(Number(row.extended_ms)),
        },
        notices: [row.notice_id!],
      };
    }),
  );
}

const NOTICE = {
  extension: 'outage-extended',
  'by-month': 'outage-by-month',
  excluded: 'outage-excluded',
  left: 'outage-nothing',
  nothing: 'outage-nothing',
} as const;

/** "3" or "2.5": hours with at most two decimals. */
export function hoursText(ms: number): string {
  return String(Math.round((ms / HOUR_MS) * 100) / 100);
}
