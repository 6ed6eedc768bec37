import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { byInstant, wallClock } from '#kernel/time.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { ordersRenew, type PaidOrder } from '#modules/billing/index.ts';
import { movesSettle, type Options, pricesMoved } from '#modules/catalogue/index.ts';
import type { Short } from '#modules/gifts/index.ts';
import { noticeSendAll } from '#modules/notify/index.ts';
import { type Parameters, type Policy, policiesOf } from '#modules/terms/index.ts';
import { nextBill, nextInstants, renewalBy, renewedFrom } from './rules.ts';
import { policyOn, reachable, type Service, servicesChanged } from './service-row.ts';
import './tables.ts';

export interface RenewalWanted {
  /** Locked, and active or suspended. */
  service: Service;
  months: number;
  coupon?: string | undefined;
}

/**
 * By whose will: a renewal by itself rests on another clause than one by hand, and is told of. `bill`: by itself, and paid
 * later; whoever issues the bill tells of it.
 */
export type RenewalBy = 'customer' | 'itself' | 'bill';

interface Renewed {
  service: Service;
  order: PaidOrder;
  terms: Policy;
  months: number;
  /** At which it renewed, and will again: its own, or the one that was announced to it. */
  monthly: Micro;
}

/**
 * Pays the next period of services from their customers' gifts and cash, set-wise, each from where `renewedFrom` says;
 * suspended ones are restored at once. What a customer can't pay comes
 * back `Short`, untouched.
 */
export async function servicesRenew(
  tx: Tx,
  ctx: Ctx,
  wanted: readonly RenewalWanted[],
  by: RenewalBy,
): Promise<(PaidOrder | Short)[]> {
  const policies = await policiesOf(
    tx,
    wanted.map(({ service }) => policyOn(service)),
    ctx.now,
  );
  const moved = await pricesMoved(
    tx,
    ctx.now,
    wanted.map(({ service }) => service.id),
  );
  return ordersRenew(
    tx,
    ctx,
    wanted.map(({ service, months, coupon }, i) => ({
      serviceId: service.id,
      customerId: service.customer_id,
      product: service.product,
      plan: service.plan,
      region: service.region,
      options: optionsOf(service),
      months,
      monthly: moved.get(service.id) ?? service.renewal_price_micro,
      ...renewedFrom(service, policies[i]!.parameters, ctx.now, ctx.brand.zone),
      terms: policies[i]!,
      coupon,
      ...(by === 'bill' ? { onCredit: true } : {}),
    })),
    async (orders) => {
      const renewed = wanted.flatMap(({ service, months }, i): Renewed[] => {
        const order = orders[i]!;
        const monthly = moved.get(service.id) ?? service.renewal_price_micro;
        return 'missing' in order ? [] : [{ service, order, terms: policies[i]!, months, monthly }];
      });
      await extend(tx, ctx, renewed, by);
      const settled = renewed.map(({ service }) => service.id).filter((id) => moved.has(id));
      await movesSettle(tx, ctx, settled);
    },
  );
}

/** Undefined where the plan is as it is sold. */
function optionsOf({ options }: Service): Options | undefined {
  return Object.keys(options as Options).length > 0 ? (options as Options) : undefined;
}

async function extend(tx: Tx, ctx: Ctx, renewed: Renewed[], by: RenewalBy): Promise<void> {
  if (renewed.length === 0) return;
  await periodsWrite(tx, ctx, renewed);
  await auditRecordAll(
    tx,
    ctx,
    renewed.map(({ service, order, terms, months, monthly }) => ({
      action: isRestored(service) ? 'service.restored' : 'service.renewed',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause: terms.clauseOf(renewalBy(terms.parameters, by, isRestored(service))),
      facts: {
        order: order.number,
        amount: formatYuan(order.amount),
        months,
        period_end: order.periodEnd,
        by,
        ...(monthly === service.renewal_price_micro
          ? {}
          : { price: { from: formatYuan(service.renewal_price_micro), to: formatYuan(monthly) } }),
      },
    })),
  );
  await renewalsTell(
    tx,
    ctx,
    by === 'itself' ? renewed : renewed.filter(({ service }) => isRestored(service)),
  );
  // What is held stays stopped; its time is paid all the same.
  const started = renewed.filter(({ service }) => isRestored(service) && service.holds === 0);
  if (started.length > 0)
    await ctx.bus.emit(tx, ctx, 'service.restored', { serviceIds: started.map(({ service }) => service.id) });
}

function isRestored(service: Service): boolean {
  return service.state === 'suspended';
}

async function periodsWrite(tx: Tx, ctx: Ctx, renewed: Renewed[]): Promise<void> {
  const iso = byInstant((instant) => instant.toISOString());
  const nexts = new Map<Parameters, (end: Date) => { remind: string | null; renew: string | null }>();
  const rows = renewed.map(({ service, order, terms, monthly }) => {
    const next = nexts.get(terms.parameters) ?? byInstant((end) => instantsAfter(ctx, terms.parameters, end));
    nexts.set(terms.parameters, next);
    const { remind, renew } = next(order.periodEnd);
    return {
      id: service.id,
      start: iso(order.periodStart),
      end: iso(order.periodEnd),
      anchor: renewedFrom(service, terms.parameters, ctx.now, ctx.brand.zone).anchorDay,
      monthly: String(monthly),
      remind,
      renew:
        service.auto_renew_months === null ? null : (byBill(ctx, service, terms, order.periodEnd) ?? renew),
    };
  });
  await sql`update lifecycle_service s set state = 'active', period_start = n.period_start, period_end = n.period_end,
      anchor_day = n.anchor_day, renewal_price_micro = n.monthly, remind_at = n.remind_at, renew_at = n.renew_at, suspended_at = null, delete_at = null
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ start }) => start)}::timestamptz[],
      ${rows.map(({ end }) => end)}::timestamptz[], ${rows.map(({ remind }) => remind)}::timestamptz[],
      ${rows.map(({ renew }) => renew)}::timestamptz[], ${rows.map(({ monthly }) => monthly)}::bigint[],
      ${rows.map(({ anchor }) => anchor)}::int[])
      as n (id, period_start, period_end, remind_at, renew_at, monthly, anchor_day)
    where s.id = n.id`.execute(tx);
  await servicesChanged(
    tx,
    rows.map(({ id }) => id),
  );
}

/** When its next bill is issued; null where it renews itself from the balance. */
function byBill(ctx: Ctx, service: Service, { parameters }: Policy, end: Date): string | null {
  return nextBill(parameters, service.renew_by, end, ctx.now, ctx.brand.zone)?.toISOString() ?? null;
}

/** When a service that is paid until `end` is looked at next. */
function instantsAfter(ctx: Ctx, parameters: Parameters, end: Date) {
  const { remind, renew } = nextInstants(parameters, end, ctx.now, ctx.brand.zone);
  return { remind: remind?.toISOString() ?? null, renew: renew?.toISOString() ?? null };
}

/** What was renewed by itself, or runs again. */
async function renewalsTell(tx: Tx, ctx: Ctx, renewed: Renewed[]): Promise<void> {
  const people = await reachable(
    tx,
    renewed.map(({ service }) => service),
  );
  const wall = byInstant((instant) => wallClock(instant, ctx.brand.zone));
  await noticeSendAll(
    tx,
    ctx,
    renewed.map(({ service, order }) => ({
      kind: isRestored(service) ? ('service-restored' as const) : ('service-renewed' as const),
      dedupe: `${isRestored(service) ? 'restored' : 'renewed'}:${order.id}`,
      to: people(service),
      values: {
        hostname: service.label,
        amount: formatYuan(order.amount),
        expires: wall(order.periodEnd),
      },
    })),
  );
}

/** Renewal by itself was tried and the money isn't there: what is missing, and what happens when. */
export async function renewalsShort(
  tx: Tx,
  ctx: Ctx,
  short: { service: Service; missing: Micro }[],
): Promise<void> {
  const people = await reachable(
    tx,
    short.map(({ service }) => service),
  );
  await noticeSendAll(
    tx,
    ctx,
    short.map(({ service, missing }) => ({
      kind: 'service-not-renewed' as const,
      dedupe: `not-renewed:${service.id}:${service.renew_at!.toISOString()}`,
      to: people(service),
      values: {
        hostname: service.label,
        missing: formatYuan(missing),
        expires: wallClock(service.period_end, ctx.brand.zone),
      },
    })),
  );
}
