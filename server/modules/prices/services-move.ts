import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addDays, wallClock } from '#kernel/time.ts';
import { auditRecordAll, type ClauseRef } from '#modules/audit/index.ts';
import {
  type CatalogueDocument,
  cataloguesAhead,
  monthlyListed,
  movesAdd,
  movesOf,
  movesSettle,
  type Options,
} from '#modules/catalogue/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { policyOn, type Service, servicesByIds } from '#modules/lifecycle/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { policiesOf } from '#modules/terms/index.ts';
import { addressOf, runningText } from './price-text.ts';

/** A service, what a month of it costs at its renewals now and will, from when, and by which clause of its terms. */
export interface Move {
  service: Service;
  from: Micro;
  to: Micro;
  fromAt: Date;
  clause: ClauseRef;
}

export interface MovingPrices {
  effective_at: Date;
  document: CatalogueDocument;
}

/**
 * Which of these services get another price by a version that running services move to. A service's own terms say how
 * long its customer is told before; counted from now, when it is told. What isn't sold any more keeps its price.
 */
export async function movesPlan(
  tx: Tx,
  ctx: Ctx,
  { effective_at, document }: MovingPrices,
  services: readonly Service[],
): Promise<Move[]> {
  if (services.length === 0) return [];
  const policies = await policiesOf(tx, services.map(policyOn), ctx.now);
  const coming = new Map(
    (
      await movesOf(
        tx,
        services.map(({ id }) => id),
      )
    ).map(({ service_id, to_micro }) => [service_id, to_micro]),
  );
  return services.flatMap((service, i) => {
    const { product, plan, options } = service;
    const from = coming.get(service.id) ?? service.renewal_price_micro;
    const to = monthlyListed(document, { product, plan, options: options as Options });
    if (to === null || to === from) return [];
    const policy = policies[i]!;
    const days = policy.parameters.price_change?.notice_days ?? 0;
    const told = days === 0 ? ctx.now : addDays(ctx.now, days, ctx.brand.zone);
    const clause = policy.clauseOf(policy.parameters.price_change ? 'price_change' : 'payment');
    return { service, from, to, fromAt: effective_at > told ? effective_at : told, clause };
  });
}

/** Writes them down, each with the notice that told of it. */
export async function movesNote(
  tx: Tx,
  ctx: Ctx,
  versionId: string,
  moves: readonly Move[],
  noticeOf: (service: Service) => string,
): Promise<void> {
  await movesAdd(
    tx,
    ctx,
    moves.map(({ service, from, to, fromAt }) => ({ serviceId: service.id, versionId, from, to, fromAt })),
  );
  await auditRecordAll(
    tx,
    ctx,
    moves.map(({ service, from, to, fromAt, clause }) => ({
      action: 'service.price-announced',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause,
      facts: {
        from: formatYuan(from),
        to: formatYuan(to),
        from_at: fromAt.toISOString(),
        version: versionId,
      },
      notices: [noticeOf(service)],
    })),
  );
}

/**
 * A service was made, or became one of another plan: what was announced of the old one is over, and what is announced of
 * its own is told to its customer too.
 */
export async function serviceFollows(
  tx: Tx,
  ctx: Ctx,
  serviceId: string,
  now?: { plan: string; options: Options; monthly: Micro },
): Promise<void> {
  if (now) await movesSettle(tx, ctx, [serviceId], 'all');
  const ahead = (await cataloguesAhead(tx, ctx.brand.id, ctx.now)).filter(
    ({ running }) => running === 'move',
  );
  if (ahead.length === 0) return;
  const [found] = await servicesByIds(tx, ctx.brand.id, [serviceId]);
  if (!found) return;
  const service: Service = now
    ? { ...found, plan: now.plan, options: now.options, renewal_price_micro: now.monthly }
    : found;
  const customer = await customerRead(tx, service.customer_id);
  for (const version of ahead) {
    const [move] = await movesPlan(tx, ctx, version, [service]);
    if (!move) continue;
    const notice = await noticeSend(tx, ctx, {
      kind: 'price-change',
      dedupe: `price-change:${version.id}:${service.id}:${ctx.now.toISOString()}`,
      to: addressOf(customer),
      values: {
        from: wallClock(version.effective_at, ctx.brand.zone),
        changes: `${service.label}: ${formatYuan(move.from)} → ${formatYuan(move.to)}`,
        clause: move.clause.clause,
        running: runningText(ctx, customer.locale, [move]),
      },
    });
    await movesNote(tx, ctx, version.id, [move], () => notice);
  }
}
