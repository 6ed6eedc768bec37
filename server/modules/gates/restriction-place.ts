import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { pick } from '#kernel/text.ts';
import { auditRecord, type ClauseRef, clauseKept } from '#modules/audit/index.ts';
import { type Customer, customerFind } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { acceptanceLatest, clauseNamed, policyOf } from '#modules/terms/index.ts';
import { type GateAct, problem } from './rules.ts';
import './tables.ts';
import { ACT_NAMES } from './words.ts';

declare module '#kernel/events.ts' {
  interface Events {
    'restriction.placed': { id: string; customerId: string; acts: readonly GateAct[] };
    'restriction.lifted': { id: string; customerId: string; acts: readonly GateAct[] };
  }
}

export interface RestrictionWanted {
  customerId: string;
  what: readonly GateAct[];
  clause: ClauseRef;
  /** What the customer is told. */
  reason: string;
  caseId?: string | undefined;
}

/** From now on the customer may not do these, by this clause, until it is lifted; it is told. Returns the restriction's id and the notice. */
export async function restrictionPlace(
  tx: Tx,
  ctx: Ctx,
  wanted: RestrictionWanted,
): Promise<{ id: string; notice: string }> {
  const customer = await customerFind(tx, ctx.brand.id, wanted.customerId);
  if (!customer) throw kernelProblem['not-found']();
  const id = newId();
  const acts = [...new Set(wanted.what)];
  const { clause, reason } = wanted;
  await tx
    .insertInto('gates_restriction')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customer.id,
      acts,
      clause_brand: clause.brand,
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      reason,
      case_id: wanted.caseId ?? null,
      placed_at: ctx.now,
      placed_by: nameOf(ctx.actor),
      lifted_at: null,
      lifted_by: null,
      lift_reason: null,
    })
    .execute();
  const opens = {
    zh: '按要求处理后由我们解除；如有异议，请申诉或联系客服。',
    en: 'we lift it when what it is about is settled; appeal or write to support if you disagree.',
  };
  const notice = await tell(tx, ctx, customer, 'restriction-placed', id, {
    acts: named(acts, customer),
    reason,
    clause: clause.clause,
    opens: pick(opens, customer.locale),
  });
  await auditRecord(tx, ctx, {
    action: 'restriction.placed',
    subject: { kind: 'restriction', id },
    customerId: customer.id,
    clause,
    facts: { acts, reason, case: wanted.caseId ?? null, before: null, after: { acts } },
    notices: [notice],
  });
  await ctx.bus.emit(tx, ctx, 'restriction.placed', { id, customerId: customer.id, acts });
  return { id, notice };
}

/** Staff place one by itself: only where the customer's terms know that measure. Throws `restriction-not-agreed`. */
export async function restrictionByStaff(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; what: readonly GateAct[]; reason: string },
): Promise<string> {
  const { customerId } = input;
  if (!(await customerFind(tx, ctx.brand.id, customerId))) throw kernelProblem['not-found']();
  const latest = await acceptanceLatest(tx, customerId);
  if (!latest) throw problem['restriction-not-agreed']();
  const of = { customerId, serviceId: null, acceptanceId: latest.acceptanceId };
  const policy = await policyOf(tx, of, ctx.now);
  const measures = policy.parameters.enforcement?.measures ?? [];
  const measure = measures.find((one) => one.measure === 'restrict');
  if (!measure) throw problem['restriction-not-agreed']();
  const clause = clauseNamed(policy, 'enforcement', measure.clause);
  return (await restrictionPlace(tx, ctx, { ...input, clause })).id;
}

/** Staff lift what staff placed by itself; what belongs to a case falls with its measure alone. Throws `restriction-of-case`. */
export async function restrictionLiftByStaff(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; reason: string },
): Promise<void> {
  const row = await tx
    .selectFrom('gates_restriction')
    .select('case_id')
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (row?.case_id) throw problem['restriction-of-case']();
  await restrictionLift(tx, ctx, input);
}

/** It opens again; the customer is told. Throws `restriction-over`. */
export async function restrictionLift(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; reason: string },
): Promise<void> {
  const row = await tx
    .selectFrom('gates_restriction')
    .selectAll()
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  if (row.lifted_at) throw problem['restriction-over']();
  await tx
    .updateTable('gates_restriction')
    .set({ lifted_at: ctx.now, lifted_by: nameOf(ctx.actor), lift_reason: input.reason })
    .where('id', '=', row.id)
    .execute();
  const customer = await customerFind(tx, ctx.brand.id, row.customer_id);
  const notice = await tell(tx, ctx, customer!, 'restriction-lifted', row.id, {
    acts: named(row.acts, customer!),
    reason: input.reason,
  });
  await auditRecord(tx, ctx, {
    action: 'restriction.lifted',
    subject: { kind: 'restriction', id: row.id },
    customerId: row.customer_id,
    clause: clauseKept({ ...row, brand: row.clause_brand }),
    facts: { acts: row.acts, reason: input.reason, before: { acts: row.acts }, after: null },
    notices: [notice],
  });
  const { id, customer_id: customerId, acts } = row;
  await ctx.bus.emit(tx, ctx, 'restriction.lifted', { id, customerId, acts });
}

function nameOf(actor: Actor): string {
  if (actor.kind === 'staff') return `staff:${actor.staffId}`;
  return actor.kind === 'system' ? actor.name : actor.kind;
}

function named(acts: readonly GateAct[], { locale }: Customer): string {
  return acts.map((act) => pick(ACT_NAMES[act], locale)).join(locale === 'zh' ? '、' : ', ');
}

function tell(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  kind: 'restriction-placed' | 'restriction-lifted',
  id: string,
  values: Record<string, string>,
): Promise<string> {
  const to = {
    customerId: customer.id,
    userId: customer.user_id,
    email: customer.email,
    locale: customer.locale,
  };
  return noticeSend(tx, ctx, { kind, dedupe: `${kind}:${id}`, to, values });
}
