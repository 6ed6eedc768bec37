import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { serviceInBrand, serviceLock } from '#modules/lifecycle/index.ts';
import { acceptanceLatest, clauseNamed, policyOf } from '#modules/terms/index.ts';
import { evidenceAdd, type NewEvidence } from './evidence-add.ts';
import { categoryOf, type Origin, problem } from './rules.ts';
import './tables.ts';

export interface CaseWanted {
  customerId: string;
  /** Null: it is about the customer, not about one service. */
  serviceId: string | null;
  origin: Origin;
  /** One of those that the terms list; for an authority's order what it names. */
  category: string;
  summary: string;
  evidence: NewEvidence[];
}

/**
 * Opens a case about a breach of what this customer agreed to, with its evidence. A trace that is found again while its
 * case is open adds to that one. Returns the case's id, and whether it is new. Throws `case-not-in-terms`.
 */
export async function caseOpen(
  tx: Tx,
  ctx: Ctx,
  wanted: CaseWanted,
): Promise<{ id: string; isNew: boolean }> {
  if (!(await customerFind(tx, ctx.brand.id, wanted.customerId))) throw common['not-found']();
  // Locked: it can't pass to another customer while a case about it comes to be.
  const found = wanted.serviceId === null ? null : await serviceInBrand(tx, ctx, wanted.serviceId);
  const service = found && (await serviceLock(tx, found.id));
  if (wanted.serviceId !== null && service?.customer_id !== wanted.customerId) throw common['not-found']();
  const acceptanceId =
    service?.acceptance_id ?? (await acceptanceLatest(tx, wanted.customerId))?.acceptanceId;
  if (!acceptanceId) throw common['not-found']();
  const { customerId, serviceId, origin, category } = wanted;
  const policy = await policyOf(tx, { customerId, serviceId, acceptanceId }, ctx.now);
  const { enforcement, authority_order: order } = policy.parameters;
  const known = categoryOf(enforcement, category);
  if (origin === 'authority' ? !order : !known)
    throw problem['case-not-in-terms']({
      categories: (enforcement?.categories ?? []).map(({ id }) => id).join(', '),
    });
  const clause =
    origin === 'authority'
      ? policy.clauseOf('authority_order')
      : clauseNamed(policy, 'enforcement', known!.clause);

  const id = newId();
  const made = await tx
    .insertInto('enforcement_case')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      service_id: serviceId,
      acceptance_id: acceptanceId,
      origin,
      category,
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      summary: wanted.summary,
      state: 'open',
      opened_at: ctx.now,
      opened_by: ctx.actor.kind === 'staff' ? ctx.actor.staffId : null,
      decision: null,
      decided_by: null,
      decided_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows === 0n) {
    const open = await tx
      .selectFrom('enforcement_case')
      .select('id')
      .where('service_id', '=', serviceId)
      .where('category', '=', category)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow();
    for (const evidence of wanted.evidence) await evidenceAdd(tx, ctx, open.id, evidence);
    return { id: open.id, isNew: false };
  }
  for (const evidence of wanted.evidence) await evidenceAdd(tx, ctx, id, evidence);
  await auditRecord(tx, ctx, {
    action: 'case.opened',
    subject: { kind: 'case', id },
    customerId,
    clause,
    facts: {
      origin,
      category,
      service: serviceId,
      evidence: wanted.evidence.length,
      before: null,
      after: { state: 'open' },
    },
  });
  return { id, isNew: true };
}
