import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import type { AppealTable, CaseTable, EvidenceTable, InquiryTable, MeasureTable } from './tables.ts';
import './tables.ts';

export type Case = Selectable<CaseTable>;
export type MeasureRow = Selectable<MeasureTable>;
export type Evidence = Selectable<EvidenceTable>;
export type Inquiry = Selectable<InquiryTable>;
export type Appeal = Selectable<AppealTable>;

/** Locks it: one act on a case at a time. Another brand's is `not-found`, and so is another customer's. */
export async function caseLock(tx: Tx, ctx: Ctx, id: string): Promise<Case> {
  const row = await tx
    .selectFrom('enforcement_case')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .$if(ctx.actor.kind === 'customer', (q) =>
      q.where('customer_id', '=', ctx.actor.kind === 'customer' ? ctx.actor.customerId : ''),
    )
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  return row;
}

export function caseList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; state?: Case['state'] | undefined; before?: string | undefined },
): Promise<Case[]> {
  return db
    .selectFrom('enforcement_case')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export interface CaseWhole {
  case: Case;
  evidence: Evidence[];
  measures: MeasureRow[];
  inquiries: Inquiry[];
  appeal: Appeal | null;
}

/** A case with all that belongs to it; null for another brand's or another customer's. */
export async function caseWhole(
  db: Db | Tx,
  brand: string,
  id: string,
  customerId?: string,
): Promise<CaseWhole | null> {
  const row = await db
    .selectFrom('enforcement_case')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', brand)
    .$if(customerId !== undefined, (q) => q.where('customer_id', '=', customerId!))
    .executeTakeFirst();
  if (!row) return null;
  const evidence = db.selectFrom('enforcement_evidence').selectAll().where('case_id', '=', id).orderBy('id');
  const measures = db.selectFrom('enforcement_measure').selectAll().where('case_id', '=', id).orderBy('id');
  const inquiries = db.selectFrom('enforcement_inquiry').selectAll().where('case_id', '=', id).orderBy('id');
  const appeal = db.selectFrom('enforcement_appeal').selectAll().where('case_id', '=', id);
  return {
    case: row,
    evidence: await evidence.execute(),
    measures: await measures.execute(),
    inquiries: await inquiries.execute(),
    appeal: (await appeal.executeTakeFirst()) ?? null,
  };
}

/** What this customer agreed to, for the service that the case is about. */
export function policyOfCase(db: Db | Tx, ctx: Ctx, of: Case, serviceId = of.service_id): Promise<Policy> {
  return policyOf(db, { customerId: of.customer_id, serviceId, acceptanceId: of.acceptance_id }, ctx.now);
}

/** Tells the customer something of a case. Returns the notice's id. */
export async function caseTell(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  notice: Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'>,
): Promise<string> {
  const { id, user_id, email, locale } = await customerRead(tx, customerId);
  return noticeSend(tx, ctx, { ...notice, to: { customerId: id, userId: user_id, email, locale } });
}

/** What of a customer's cases ends at a certain time: measures, and questions that nobody has answered. */
export async function deadlinesAhead(db: Db | Tx, brand: string, customerId: string) {
  const measures = await db
    .selectFrom('enforcement_measure')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('state', '=', 'standing')
    .where('until', 'is not', null)
    .orderBy('until')
    .execute();
  const inquiries = await db
    .selectFrom('enforcement_inquiry as i')
    .innerJoin('enforcement_case as c', 'c.id', 'i.case_id')
    .selectAll('i')
    .select(['c.acceptance_id', 'c.service_id'])
    .where('i.brand', '=', brand)
    .where('i.customer_id', '=', customerId)
    .where('i.answered_at', 'is', null)
    .where('i.lapsed_at', 'is', null)
    .orderBy('i.answer_until')
    .execute();
  return { measures, inquiries };
}

/** How many cases about a customer wait for a decision, on themselves or on an appeal. */
export async function casesOpen(db: Db | Tx, customerId: string): Promise<number> {
  const { open } = await db
    .selectFrom('enforcement_case as c')
    .leftJoin('enforcement_appeal as a', 'a.case_id', 'c.id')
    .select((e) => e.fn.count<bigint>('c.id').distinct().as('open'))
    .where('c.customer_id', '=', customerId)
    .where((e) => e.or([e('c.state', '=', 'open'), e('a.state', '=', 'waiting')]))
    .executeTakeFirstOrThrow();
  return Number(open);
}

/** Whether a measure about this service stands, or waits for a second of the staff. */
export async function measureStands(db: Db | Tx, serviceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('enforcement_measure')
    .select('id')
    .where('service_id', '=', serviceId)
    .where('state', 'in', ['asked', 'standing'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
