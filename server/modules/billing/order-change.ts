import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { addMs } from '#kernel/time.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import {
  type CatalogueDocument,
  catalogueInForce,
  type Options,
  type Piece,
  type Plan,
  type PricedLine,
  price,
  stockReturn,
  stockTake,
  taxIn,
} from '#modules/catalogue/index.ts';
import { notEnough } from '#modules/gifts/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';
import { type AcceptedTerms, clauseCited } from '#modules/terms/index.ts';
import { coversGiveBack, coversOf, type PaidCover, paidByAnother } from './order-end.ts';
import { ordersRecord, type PaidOrder } from './order-record.ts';
import type { CameBack, Order } from './order-refund.ts';
import { changeCost, durationPrice, gross, lastsUntil, unconsumed } from './proration.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A service is of another plan from now on. `periodEnd` is later than before when what was left became time. */
    'order.changed': { serviceId: string; plan: Plan; options: Options; monthly: Micro; periodEnd: Date };
  }
}

export interface ChangeRequest {
  serviceId: string;
  customerId: string;
  product: string;
  plan: string;
  options: Options;
  region: string;
  /** What a month of it costs at its renewal. */
  monthly: Micro;
  periodEnd: Date;
  terms: AcceptedTerms;
  to: { plan: string; options: Options };
}

/** One paid period, and what the change costs in it. */
interface Segment {
  base: Order;
  covers: PaidCover[];
  /** The whole period's price of the new plan. */
  rate: Micro;
  cost: Micro;
}

export interface ChangePlan {
  piece: Piece;
  catalogueVersionId: string;
  document: CatalogueDocument;
  segments: Segment[];
  /** Paid now. */
  charge: Micro;
  /** What the smaller plan leaves over. */
  left: Micro;
  /** What the terms make of it: back to where it came from, or time. */
  becomes: 'nothing' | 'refund' | 'time';
  /** By which it is so. */
  clause: ClauseRef;
  /** Of the paid time, after the change. */
  periodEnd: Date;
}

/**
 * What a change of plan comes to, period by period: the new plan's price for the time that is left, against what was
 * paid for that time and isn't consumed. What was paid for a plan within a period stays its price there, so that up
 * and down again at once costs nothing. The rest goes back where the terms refund the unconsumed; where they refund
 * nothing it is turned into time at the new plan's price, so that the customer loses nothing either way.
 */
export async function changePlan(db: Db | Tx, ctx: Ctx, request: ChangeRequest): Promise<ChangePlan> {
  const { id: catalogueVersionId, document } = await catalogueInForce(db, ctx.brand.id, ctx.now);
  const { to, region } = request;
  if (keyOf(to.plan, to.options) === keyOf(request.plan, request.options)) throw problem['same-plan']();
  const [piece] = price(document, [{ plan: to.plan, options: to.options, region, months: 1 }]).pieces;
  if (piece!.product.id !== request.product) throw problem['other-product']();
  const covers = await coversOf(db, request.serviceId, ctx.now, { lock: false });
  const bases = covers.filter(({ order }) => order.kind !== 'change');
  const rates = await ratesOf(db, bases, request, piece!);
  const segments: Segment[] = [];
  for (const { order: base } of bases) {
    const own = covers.filter(({ order }) => isWithin(order, base));
    const worth = own.reduce((sum, cover) => sum + gross(unconsumed(cover, ctx.now)), 0n);
    const list = (of: Piece) => listPrice(ctx, document, base, of);
    const before = rates(base, request) ?? list(current(document, request) ?? piece!);
    const asked = rates(base, to) ?? list(piece!);
    // Prices may have risen since: a plan that isn't dearer than this one costs no more than this one did.
    const after = piece!.monthly <= request.monthly && asked > before ? before : asked;
    const { period_start: from, period_end } = base;
    const cost = changeCost({ from, to: period_end, now: ctx.now, before, after, worth });
    segments.push({ base, covers: own, rate: after, cost });
  }
  const charge = sumOf(segments, (cost) => (cost > 0n ? cost : 0n));
  const left = sumOf(segments, (cost) => (cost < 0n ? -cost : 0n));
  const becomes =
    left === 0n ? 'nothing' : request.terms.parameters.refund.rule === 'none' ? 'time' : 'refund';
  if (becomes === 'time' && piece!.monthly === 0n)
    throw problem['no-time-for-it']({}, { clause: clauseCited(ctx, request.terms.version, 'refund') });
  if (segments.some(({ cost, covers }) => cost < 0n && paidByAnother(covers, request.customerId)))
    throw problem['paid-by-another']({}, { clause: clauseCited(ctx, request.terms.version, 'refund') });
  const periodEnd =
    becomes === 'time' ? timeFor(ctx, left, piece!.monthly, request.periodEnd) : request.periodEnd;
  const clause = request.terms.clauseOf('refund');
  return { piece: piece!, catalogueVersionId, document, segments, charge, left, becomes, clause, periodEnd };
}

/**
 * Changes a locked service's plan: charges the difference, or gives the rest back or turns it into time, all or
 * nothing, and says `order.changed`. Throws `insufficient-balance`, and what refuses the plan.
 */
export async function orderChange(
  tx: Tx,
  ctx: Ctx,
  request: ChangeRequest,
): Promise<ChangePlan & { orders: PaidOrder[]; refunded: Micro }> {
  await cashLocked(tx, ctx, [request.customerId]);
  const plan = await changePlan(tx, ctx, request);
  const { piece, segments, clause } = plan;
  if (request.plan !== piece.plan.id) {
    await stockTake(tx, ctx, piece.plan, request.region);
    await stockReturn(tx, ctx, request.plan, request.region);
  }
  await ratesKeep(tx, segments, keyOf(piece.plan.id, piece.options));
  const cause = `change:${newId()}`;
  const reason = `${request.plan} → ${request.to.plan}`;
  const takings = segments.map(({ covers, cost }) => ({ covers, amount: -cost }));
  const back = await coversGiveBack(tx, ctx, takings, { cause, reason, clause });
  // Time first: it is bought with what came back, before a difference is paid.
  const orders = [
    ...(plan.becomes === 'time' ? extension(ctx, plan, request, back) : []),
    ...differences(plan, ctx, request),
  ];
  const results = (await ordersRecord(tx, ctx, orders)).map((result) => {
    if ('missing' in result) throw notEnough(result.missing);
    return result;
  });
  const periodEnd =
    results.find((order) => order.periodEnd > request.periodEnd)?.periodEnd ?? request.periodEnd;
  await ctx.bus.emit(tx, ctx, 'order.changed', {
    serviceId: request.serviceId,
    plan: piece.plan,
    options: piece.options,
    monthly: piece.monthly,
    periodEnd,
  });
  return { ...plan, periodEnd, orders: results, refunded: back.amount };
}

/** An order for each period in which the new plan costs more than what is left of the old one. */
function differences(plan: ChangePlan, ctx: Ctx, request: ChangeRequest) {
  return plan.segments
    .filter(({ cost }) => cost > 0n)
    .map(({ base, cost }) => {
      const from = base.period_start > ctx.now ? base.period_start : ctx.now;
      const text = textOf(plan, request, { zh: '补差价', en: 'the difference' });
      return {
        ...orderOf(plan, request, [{ text, amount: cost }]),
        kind: 'change' as const,
        periodStart: from,
        periodEnd: base.period_end,
      };
    });
}

/**
 * The time that what came back buys after the paid period: with just that, cash with cash and each gift with itself, so that
 * no other gift takes the place of cash, which would be free then.
 */
function extension(ctx: Ctx, plan: ChangePlan, request: ChangeRequest, { amount, gifts }: CameBack) {
  if (amount === 0n) return [];
  const text = textOf(plan, request, { zh: '余值折算为时长', en: 'what was left became time' });
  const order = orderOf(plan, request, [{ text, amount }]);
  const periodEnd = timeFor(ctx, amount, plan.piece.monthly, request.periodEnd);
  return [{ ...order, gifts, kind: 'extension' as const, periodStart: request.periodEnd, periodEnd }];
}

function timeFor(ctx: Ctx, amount: Micro, monthly: Micro, from: Date): Date {
  const end = lastsUntil(amount, monthly, from, ctx.brand.zone);
  return end > from ? end : addMs(from, 1);
}

function orderOf(plan: ChangePlan, request: ChangeRequest, lines: PricedLine[]) {
  const { piece, document, catalogueVersionId } = plan;
  const amount = lines.reduce((sum, line) => sum + line.amount, 0n);
  return {
    customerId: request.customerId,
    serviceId: request.serviceId,
    product: request.product,
    plan: piece.plan.id,
    region: request.region,
    options: piece.options,
    months: 0,
    lines,
    amount,
    tax: taxIn(document, amount),
    catalogueVersionId,
  };
}

function textOf({ piece }: ChangePlan, request: ChangeRequest, what: { zh: string; en: string }) {
  const { product, plan } = piece;
  const from = product.plans.find(({ id }) => id === request.plan)?.name ?? {
    zh: request.plan,
    en: request.plan,
  };
  return {
    zh: `${product.name.zh} ${from.zh} 变更为 ${plan.name.zh}，${what.zh}`,
    en: `${product.name.en} ${from.en} changed to ${plan.name.en}: ${what.en}`,
  };
}

/** A change within a period belongs to it; the period itself too. */
function isWithin(order: Order, base: Order): boolean {
  if (order.id === base.id) return true;
  return (
    order.kind === 'change' &&
    order.period_start >= base.period_start &&
    order.period_end.getTime() === base.period_end.getTime()
  );
}

/** What the service is now as the list has it; null when it isn't sold any more. */
function current(document: CatalogueDocument, { plan, options, region }: ChangeRequest): Piece | null {
  const sold = document.products.some((product) => product.plans.some(({ id }) => id === plan));
  return sold ? price(document, [{ plan, options, region, months: 1 }]).pieces[0]! : null;
}

/** What was paid for a plan in a period, or was its price there: by a change before, or by the period's own order. */
async function ratesOf(db: Db | Tx, bases: readonly PaidCover[], request: ChangeRequest, piece: Piece) {
  const selections = [keyOf(request.plan, request.options), keyOf(piece.plan.id, piece.options)];
  const rows = await db
    .selectFrom('billing_rate')
    .selectAll()
    .where((e) => e('order_id', '=', e.fn.any(e.val(bases.map(({ orderId }) => orderId)))))
    .where('selection', 'in', selections)
    .execute();
  return (base: Order, of: { plan: string; options: Options }): Micro | undefined => {
    const selection = keyOf(of.plan, of.options);
    if (keyOf(base.plan, base.options as Options) === selection) return base.amount_micro;
    return rows.find((row) => row.order_id === base.id && row.selection === selection)?.amount_micro;
  };
}

/** Without any coupon: that was for what was bought with it. */
function listPrice(ctx: Ctx, document: CatalogueDocument, base: Order, piece: Piece): Micro {
  const { plan, options, monthly } = piece;
  if (base.months === 0) return durationPrice(monthly, base.period_start, base.period_end, ctx.brand.zone);
  const { months, region } = base;
  return price(document, [{ plan: plan.id, options, region, months }]).total;
}

async function ratesKeep(tx: Tx, segments: readonly Segment[], selection: string): Promise<void> {
  for (const { base, rate } of segments) {
    await tx
      .insertInto('billing_rate')
      .values({ order_id: base.id, selection, amount_micro: rate })
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

function keyOf(plan: string, options: Options): string {
  const chosen = Object.entries(options)
    .filter(([, quantity]) => quantity)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([plan, ...chosen]);
}

function sumOf(segments: readonly Segment[], part: (cost: Micro) => Micro): Micro {
  return segments.reduce((sum, { cost }) => sum + part(cost), 0n);
}
