import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { nothingRefunded, orderEnd, serviceWorth } from '#modules/billing/index.ts';
import { policyCited, policyOf } from '#modules/terms/index.ts';
import { type EndedBy, problem, transition } from './rules.ts';
import { policyOn, type Service, serviceLock } from './service-row.ts';
import { keptAfter, servicesEnded } from './services-ended.ts';
import { keptWipe } from './services-wipe.ts';

export interface EndPreview {
  /** What is left of what was paid. */
  left: Micro;
  /** What of it goes back. */
  refund: Micro;
  clause: ClauseRef;
  /** Until when the data is kept, and by which clause; null: it goes at once. */
  kept: { until: Date; clause: ClauseRef } | null;
}

/** Is there anything left to end? */
export function serviceIsEndable(service: Service): boolean {
  return transition(service.state, 'ended') !== null;
}

/** Throws `not-endable`. */
export function requireEndable(service: Service): void {
  if (!serviceIsEndable(service)) throw problem['not-endable']();
}

/** What ending a service now gives back, and by which clause. */
export async function serviceEndPreview(db: Db | Tx, ctx: Ctx, service: Service): Promise<EndPreview> {
  requireEndable(service);
  const terms = await policyOf(db, policyOn(service), ctx.now);
  const left = await serviceWorth(db, service.id, ctx.now);
  // What another paid, who had it before, goes back there.
  const own = await serviceWorth(db, service.id, ctx.now, service.customer_id);
  const refund = terms.parameters.refund.rule === 'unconsumed' ? own : 0n;
  return { left, refund, clause: terms.clauseOf('refund'), kept: keptAfter(ctx, terms) };
}

/**
 * The customer ends a service before its time, and what isn't consumed goes back if the terms say so. Where they refund
 * nothing, it ends only when the customer gives up what is left: `nothing-refunded` cites the clause. Its data is kept as
 * long as the terms promise; where they promise nothing it goes at once. Returns what came back.
 */
export async function serviceEnd(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; giveUp: boolean },
): Promise<Micro> {
  const service = await serviceLock(tx, input.serviceId, ctx);
  const { left, refund, clause, kept } = await serviceEndPreview(tx, ctx, service);
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  if (refund < left && !input.giveUp) throw nothingRefunded(left, policyCited(ctx, terms, 'refund'));
  const goesBack = terms.parameters.refund.rule === 'unconsumed' && left > 0n;
  const refunded = goesBack ? await giveBack(tx, ctx, service, clause, 'ended by the customer') : 0n;
  const facts = { left: formatYuan(left) };
  const end = { service, by: 'customer' as const, clause, reason: null, refunded, kept, facts, notices: [] };
  await servicesEnded(tx, ctx, [end]);
  return refunded;
}

export interface EndBy {
  serviceId: string;
  by: Exclude<EndedBy, 'customer' | 'expiry'>;
  clause: ClauseRef;
  /**
   * Nothing, all that isn't consumed, or so much as was agreed of what its customer paid; what others paid, who had it
   * before, goes back to them then if the terms give back what isn't consumed (decision 0039).
   */
  refund: 'none' | 'unconsumed' | Micro;
  /** `retention`: the data is kept as long as the terms promise; where they promise nothing it goes at once. */
  wipe: 'now' | 'retention';
  reason: string;
  /** What the customer was told before. */
  notices: string[];
}

/** Ends a service by another's will than the customer's alone, by a clause. Returns what came back. Throws `not-endable`. */
export async function serviceEndBy(tx: Tx, ctx: Ctx, input: EndBy): Promise<Micro> {
  const service = await serviceLock(tx, input.serviceId, ctx);
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  const kept = input.wipe === 'retention' ? keptAfter(ctx, policy) : null;
  if (!transition(service.state, kept ? 'ended' : 'wiped')) throw problem['not-endable']();
  const { by, clause, reason, refund, notices } = input;
  if (service.state === 'ended') {
    // What was paid was settled when it ended; only the data goes now.
    await keptWipe(tx, ctx, service, { clause, reason, notices });
    return 0n;
  }
  const toOthers = policy.parameters.refund.rule === 'unconsumed';
  const agreed = typeof refund === 'bigint' ? { amount: refund, toOthers } : undefined;
  const refunded = refund === 'none' ? 0n : await giveBack(tx, ctx, service, clause, reason, agreed);
  await servicesEnded(tx, ctx, [{ service, by, clause, reason, refunded, kept, facts: {}, notices }]);
  return refunded;
}

function giveBack(
  tx: Tx,
  ctx: Ctx,
  service: Service,
  clause: ClauseRef,
  reason: string,
  agreed?: { amount: Micro; toOthers: boolean },
): Promise<Micro> {
  const of = { serviceId: service.id, customerId: service.customer_id, cause: 'ended', clause, reason };
  return orderEnd(tx, ctx, agreed ? { ...of, agreed } : of);
}
