import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as common, Problem } from '#kernel/problem.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { serviceWorth } from '#modules/billing/index.ts';
import { casesOpen } from '#modules/enforcement/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { gateBuy, gateEnter } from '#modules/gates/index.ts';
import { membersForget } from '#modules/identity/index.ts';
import { keysForget } from '#modules/keys/index.ts';
import { claimsOpen } from '#modules/liability/index.ts';
import { type Service, serviceHandOver, serviceLock } from '#modules/lifecycle/index.ts';
import { invitationsForget } from '#modules/members/index.ts';
import { type Policy, pageOver } from '#modules/terms/index.ts';
import { figuresOf, offerShown } from './offer.ts';
import { type Push, pushEnd, pushesFor, pushLock, pushTell } from './push-row.ts';
import { isMainland, requirePushable } from './pushable.ts';
import { problem } from './rules.ts';
import './tables.ts';

export interface Accepting {
  pushId: string;
  /** Of the offer, as its page showed it. */
  asShown: string;
  /** Whether the giver told it the offer's eight digits: one that went to a wrong address is of no use there. */
  hasCode: boolean;
  /** How root comes in from now on, for the service that it is. */
  sealedAccess(service: { id: string; label: string }): Buffer;
}

/**
 * A service that was offered becomes the actor's, with all that belongs to it and the time that is paid, at once or not at
 * all. What was paid stays paid by whom it was paid: no money moves (decision 0039). Throws `prove-again`, 404 where it
 * isn't theirs to answer, `push-gone`, `push-waits` for whatever keeps the giver from it, what shuts the actor's own gates,
 * `push-case`, `push-changed`.
 */
export async function pushAccept(tx: Tx, ctx: Ctx, input: Accepting): Promise<Service> {
  const actor = customerOf(ctx);
  await requireStepUp(tx, ctx);
  const [offered] = await pushesFor(tx, ctx, actor, input.pushId);
  if (!offered) throw common['not-found']();
  if (!input.hasCode) throw problem['push-code']();
  // The service first, as all that acts on one; whoever comes second finds the offer gone.
  const service = await serviceLock(tx, offered.service_id);
  const push = await pushLock(tx, ctx, offered.id);
  if (!push || service.customer_id !== push.from_customer) throw problem['push-gone']();
  const policy = await mayTake(tx, ctx, service);
  await givenStill(tx, ctx, service);
  const figures = await figuresOf(tx, ctx, service);
  const page = await pageOver(tx, { customerId: service.customer_id, serviceId: service.id });
  if (offerShown(service, figures.monthly, page) !== input.asShown) throw problem['push-changed']();
  const worth = await serviceWorth(tx, service.id, ctx.now);
  const given = { customerId: service.customer_id, serviceId: service.id };
  await membersForget(tx, given);
  await invitationsForget(tx, given);
  await keysForget(tx, given);
  const sealedAccess = input.sealedAccess(service);
  const { monthly } = figures;
  const to = actor.customerId;
  const passed = await serviceHandOver(tx, ctx, { service, to, policy, monthly, sealedAccess });
  const { label, product, plan, region, period_end } = passed;
  const facts = {
    ...{ label, product, plan, region },
    period_end: period_end.toISOString(),
    monthly_micro: { before: String(figures.before), after: String(monthly) },
  };
  await pushEnd(tx, ctx, push, { state: 'accepted', to, facts, worth });
  await toGiver(tx, ctx, push, passed, worth);
  await toTaker(tx, ctx, push, passed, {
    policy,
    page: page && { number: page.number, sha256: page.sha256 },
  });
  return passed;
}

/** Whoever takes it stands before the same gates as if it were bought. Returns under what it is taken. */
async function mayTake(tx: Tx, ctx: Ctx, service: Service): Promise<Policy> {
  const { customerId } = customerOf(ctx);
  const mainland = await isMainland(tx, ctx, service.region);
  const policy = await gateBuy(tx, ctx, { customerId, mainland });
  await gateEnter(tx, ctx, { customerId, act: 'push' });
  if ((await casesOpen(tx, customerId)) > 0 || (await claimsOpen(tx, customerId)) > 0)
    throw problem['push-case']();
  return policy;
}

/** What keeps the giver from it is told to nobody else. */
async function givenStill(tx: Tx, ctx: Ctx, service: Service): Promise<void> {
  try {
    await requirePushable(tx, ctx, service);
  } catch (error) {
    if (error instanceof Problem) throw problem['push-waits']();
    throw error;
  }
}

/** On the giver's side it is nobody's act: the other's session and address are none of its business. */
async function toGiver(tx: Tx, ctx: Ctx, push: Push, service: Service, worth: bigint): Promise<void> {
  const notice = await pushTell(tx, ctx, push.from_customer, {
    kind: 'push-given',
    dedupe: `push-given:${push.id}`,
    values: {
      hostname: service.label,
      to: push.to_shown,
      at: wallClock(ctx.now, ctx.brand.zone),
      clause: push.clause_id,
    },
  });
  const byItself = { ...ctx, actor: { kind: 'system' as const, name: 'pushes' }, ip: null };
  await auditRecord(tx, byItself, {
    action: 'push.given',
    subject: { kind: 'service', id: service.id },
    customerId: push.from_customer,
    clause: clauseKept(push),
    facts: { push: push.id, left: formatYuan(worth) },
    notices: [notice],
  });
}

async function toTaker(
  tx: Tx,
  ctx: Ctx,
  push: Push,
  service: Service,
  { policy, page }: { policy: Policy; page: { number: string; sha256: string } | null },
): Promise<void> {
  const clause = policy.clauseOf('push');
  const notice = await pushTell(tx, ctx, service.customer_id, {
    kind: 'push-taken',
    dedupe: `push-taken:${push.id}`,
    values: {
      hostname: service.label,
      expires: wallClock(service.period_end, ctx.brand.zone),
      price: formatYuan(service.renewal_price_micro),
      clause: clause.clause,
    },
    terms: policy.parameters,
  });
  await auditRecord(tx, ctx, {
    action: 'push.taken',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: {
      push: push.id,
      period_end: service.period_end.toISOString(),
      renews_at: formatYuan(service.renewal_price_micro),
      ...(page ? { order_page: page } : {}),
    },
    notices: [notice],
  });
}
