import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { nothingRefunded, orderEnd, serviceWorth } from '#modules/billing/index.ts';
import { stockReturn } from '#modules/catalogue/index.ts';
import { type AcceptedTerms, policyCited, policyOf } from '#modules/terms/index.ts';
import { problem, transition } from './rules.ts';
import { policyOn, type Service, serviceLock, serviceSet } from './service-row.ts';

export interface EndPreview {
  /** What is left of what was paid. */
  left: Micro;
  /** What of it goes back. */
  refund: Micro;
  clause: ClauseRef;
}

/** What ending a service now gives back, and by which clause. */
export async function serviceEndPreview(db: Db | Tx, ctx: Ctx, service: Service): Promise<EndPreview> {
  if (!transition(service.state, 'ended')) throw problem['not-endable']();
  const terms = await policyOf(db, policyOn(service), ctx.now);
  const left = await serviceWorth(db, service.id, ctx.now);
  const refund = terms.parameters.refund.rule === 'unconsumed' ? left : 0n;
  return { left, refund, clause: terms.clauseOf('refund') };
}

/**
 * The customer ends a service before its time: it is deleted at once, and what isn't consumed goes back if the terms
 * say so. Where they refund nothing, it ends only when the customer gives up what is left: `nothing-refunded` cites
 * the clause. Returns what came back.
 */
export async function serviceEnd(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; giveUp: boolean },
): Promise<Micro> {
  const service = await serviceLock(tx, input.serviceId);
  const { left, refund, clause } = await serviceEndPreview(tx, ctx, service);
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  if (refund < left && !input.giveUp) throw nothingRefunded(left, policyCited(ctx, terms, 'refund'));
  const back = refund > 0n ? await refunded(tx, ctx, service, clause, 'ended by the customer') : 0n;
  await ended(tx, ctx, service, clause, { left: formatYuan(left), refunded: formatYuan(back) });
  return back;
}

/** The operator ends a locked service at the time that it announced: what isn't consumed goes back. */
export async function serviceEndByProvider(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  input: { terms: AcceptedTerms; reason: string; notice: string | null },
): Promise<Micro> {
  const clause = input.terms.clauseOf('provider_end');
  const back = await refunded(tx, ctx, service, clause, input.reason);
  const facts = { reason: input.reason, refunded: formatYuan(back) };
  await ended(tx, ctx, service, clause, facts, input.notice ? [input.notice] : []);
  return back;
}

function refunded(tx: Tx, ctx: Ctx, service: Service, clause: ClauseRef, reason: string): Promise<Micro> {
  const of = { serviceId: service.id, customerId: service.customer_id };
  return orderEnd(tx, ctx, { ...of, cause: 'ended', clause, reason });
}

async function ended(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  clause: ClauseRef,
  facts: Record<string, unknown>,
  notices: string[] = [],
): Promise<void> {
  await serviceSet(tx, service, {
    state: transition(service.state, 'ended')!,
    delete_at: null,
    deleted_at: ctx.now,
    remind_at: null,
    renew_at: null,
  });
  await stockReturn(tx, ctx, service.plan, service.region);
  await auditRecord(tx, ctx, {
    action: 'service.ended',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: { ...facts, period_end: service.period_end.toISOString() },
    notices,
  });
  await ctx.bus.emit(tx, ctx, 'service.deleted', { serviceId: service.id });
}
