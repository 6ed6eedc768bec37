import { createHash } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { catalogueInForce, monthlyListed, type Options, pricesMoved } from '#modules/catalogue/index.ts';
import type { Service } from '#modules/lifecycle/index.ts';

/**
 * What a month costs now, and what it will cost the new owner: today's list price, as for anybody who buys; what isn't
 * sold any more keeps its price.
 */
export async function figuresOf(
  db: Db | Tx,
  ctx: Ctx,
  service: Service,
): Promise<{ before: Micro; monthly: Micro }> {
  const { product, plan } = service;
  const moved = await pricesMoved(db, ctx.now, [service.id]);
  const before = moved.get(service.id) ?? service.renewal_price_micro;
  const { document } = await catalogueInForce(db, ctx.brand.id, ctx.now);
  const listed = monthlyListed(document, { product, plan, options: service.options as Options });
  return { before, monthly: listed ?? before };
}

/** The offer as it stands now, for an acceptance to be held against: the same figures give the same 64 hex digits. */
export function offerShown(service: Service, monthly: Micro, page: { sha256: string } | null): string {
  const { plan, region, period_end } = service;
  const chosen = Object.entries(service.options as Options).sort(([a], [b]) => (a < b ? -1 : 1));
  const figures = [period_end.toISOString(), String(monthly), page?.sha256 ?? null];
  const text = JSON.stringify([plan, chosen, region, ...figures]);
  return createHash('sha256').update(text).digest('hex');
}
