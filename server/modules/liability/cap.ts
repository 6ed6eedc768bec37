import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { type FeePaid, feesPaid } from '#modules/billing/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { acceptanceLatest, type Policy, policyOf } from '#modules/terms/index.ts';
import { type ChargePaid, chargesPaid } from '#modules/usage/index.ts';
import { type Basis, capOf, problem, windowStart } from './rules.ts';
import './tables.ts';

/** What a claim is about: a service, with the purchase where that is what counts, or a metered product. */
export type About = { customerId: string } & (
  | { serviceId: string; product: null; orderId: string | null }
  | { serviceId: null; product: string; orderId: null }
);

/** A line that the cap comes from, as it was posted. */
export interface FeeLine {
  id: string;
  /** Of the order, or of the charge's month. */
  name: string;
  text: LocalizedText;
  at: Date;
  paid: Micro;
  transactionId: string | null;
}

export interface Cap {
  policy: Policy;
  acceptanceId: string;
  /** What it is called: a host name or a product. */
  label: string;
  basis: Basis;
  lines: FeeLine[];
  cap: Micro;
  /** What was granted before for the same fees. */
  spent: Micro;
}

const ORDER: Record<FeePaid['kind'], LocalizedText> = {
  new: { zh: '购买', en: 'Purchase' },
  renewal: { zh: '续费', en: 'Renewal' },
  change: { zh: '变更套餐', en: 'Change of plan' },
  extension: { zh: '折算时长', en: 'Time bought with what was left' },
};

/**
 * The most that the customer's terms allow for a claim at this moment, and the lines that it comes from. What isn't the
 * customer's is `not-found`; terms without a cap are `claim-not-in-terms`; `claim-needs-order` where the purchase counts.
 */
export async function claimCap(db: Db | Tx, ctx: Ctx, about: About): Promise<Cap> {
  const { label, acceptanceId } = await subjectOf(db, ctx, about);
  const of = { customerId: about.customerId, serviceId: about.serviceId, acceptanceId };
  const policy = await policyOf(db, of, ctx.now);
  const basis = policy.parameters.liability;
  if (!basis) throw problem['claim-not-in-terms']();
  const fees =
    about.serviceId === null ? await chargeLines(db, ctx, about) : await orderLines(db, ctx, about);
  if (basis.basis === 'fee-of-that-purchase' && !fees.some(({ id }) => id === about.orderId))
    throw problem['claim-needs-order']({ clause: policy.clauseOf('liability').clause });
  const { zone } = ctx.brand;
  const { counted, cap } = capOf(basis, fees, { claimAt: ctx.now, zone, orderId: about.orderId });
  const ids = new Set(counted.map(({ id }) => id));
  const lines = fees.filter(({ id }) => ids.has(id));
  const spent = await grantedFor(db, about, windowStart(basis, ctx.now, zone));
  return { policy, acceptanceId, label, basis, lines, cap, spent };
}

async function subjectOf(
  db: Db | Tx,
  ctx: Ctx,
  about: About,
): Promise<{ label: string; acceptanceId: string }> {
  if (about.serviceId !== null) {
    const [service] = await servicesByIds(db, ctx.brand.id, [about.serviceId]);
    if (service?.customer_id !== about.customerId) throw kernelProblem['not-found']();
    return { label: service.label, acceptanceId: service.acceptance_id };
  }
  const terms = await acceptanceLatest(db, about.customerId);
  if (terms?.version.brand !== ctx.brand.id) throw kernelProblem['not-found']();
  return { label: about.product, acceptanceId: terms.acceptanceId };
}

async function orderLines(
  db: Db | Tx,
  ctx: Ctx,
  { customerId, serviceId }: { customerId: string; serviceId: string },
): Promise<FeeLine[]> {
  const orders = await feesPaid(db, ctx.brand.id, { customerId, serviceIds: [serviceId] });
  return orders.map(({ orderId, number, kind, at, paid, transactionId }) => ({
    id: orderId,
    name: number,
    text: ORDER[kind],
    at,
    paid,
    transactionId,
  }));
}

async function chargeLines(
  db: Db | Tx,
  ctx: Ctx,
  { customerId, product }: { customerId: string; product: string | null },
): Promise<FeeLine[]> {
  const charges = await chargesPaid(db, ctx.brand.id, customerId, product ?? '');
  return charges.map((charge: ChargePaid) => ({
    id: charge.id,
    name: `${charge.meter} ${charge.month}`,
    text: charge.kind === 'package' ? { zh: '资源包', en: 'Prepaid quota' } : { zh: '用量费用', en: 'Usage' },
    at: charge.at,
    paid: charge.paid,
    transactionId: charge.transactionId,
  }));
}

/** Granted or being granted, for the same purchase or in the same time before the claim: the cap is one for all of them. */
async function grantedFor(db: Db | Tx, about: About, from: Date | null): Promise<Micro> {
  const { spent } = await db
    .selectFrom('liability_claim')
    .select(sql<bigint>`coalesce(sum(granted_micro), 0)::bigint`.as('spent'))
    .where('customer_id', '=', about.customerId)
    .where('state', 'in', ['approving', 'granted'])
    .$if(about.serviceId !== null, (q) => q.where('service_id', '=', about.serviceId))
    .$if(about.serviceId === null, (q) => q.where('product', '=', about.product))
    .$if(from !== null, (q) => q.where('at', '>=', from!))
    .$if(from === null, (q) => q.where('order_id', '=', about.orderId))
    .executeTakeFirstOrThrow();
  return spent;
}
