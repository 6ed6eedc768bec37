import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { caseOpen } from './case-open.ts';
import { problem } from './rules.ts';
import './tables.ts';

export interface NewReport {
  about: string;
  category: string;
  text: string;
  /** Where an answer reaches whoever reports. */
  reporter: string;
}

/** Somebody, signed in or not, reports a breach. Who it was is sealed: the customer concerned never learns it. */
export async function reportFile(tx: Tx, ctx: Ctx, sealer: Sealer, report: NewReport): Promise<string> {
  const id = newId();
  await tx
    .insertInto('enforcement_report')
    .values({
      id,
      brand: ctx.brand.id,
      about: report.about,
      category: report.category,
      text: report.text,
      reporter: sealer.seal(report.reporter, id),
      at: ctx.now,
      state: 'new',
      case_id: null,
      handled_by: null,
      handled_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'report.filed',
    subject: { kind: 'report', id },
    customerId: null,
    facts: { category: report.category },
  });
  return id;
}

export function reportList(db: Db | Tx, brand: string, before?: string) {
  return db
    .selectFrom('enforcement_report')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Staff make a case of a report, or put it aside. Who comes second is told `case-decided`. Returns the case, if any. */
export async function reportHandle(
  tx: Tx,
  ctx: Ctx,
  input: {
    id: string;
    case: { customerId: string; serviceId: string | null; category: string; summary: string } | null;
  },
): Promise<string | null> {
  const report = await tx
    .selectFrom('enforcement_report')
    .selectAll()
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!report) throw common['not-found']();
  if (report.state !== 'new') throw problem['case-decided']();
  const facts = { report: report.id, about: report.about };
  const evidence = [{ kind: 'report' as const, text: report.text, facts }];
  const opened = input.case ? await caseOpen(tx, ctx, { ...input.case, origin: 'report', evidence }) : null;
  await tx
    .updateTable('enforcement_report')
    .set({
      state: opened ? 'taken' : 'dismissed',
      case_id: opened?.id ?? null,
      handled_by: staffOf(ctx).staffId,
      handled_at: ctx.now,
    })
    .where('id', '=', report.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: opened ? 'report.taken' : 'report.dismissed',
    subject: { kind: 'report', id: report.id },
    customerId: input.case?.customerId ?? null,
    facts: { case: opened?.id ?? null },
  });
  return opened?.id ?? null;
}
