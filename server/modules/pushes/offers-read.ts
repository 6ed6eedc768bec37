import type { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { catalogueInForce, shown } from '#modules/catalogue/index.ts';
import { type Act, gate } from '#modules/gates/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { pageOver } from '#modules/terms/index.ts';
import { figuresOf, offerShown } from './offer.ts';
import { type Push, pushesFor } from './push-row.ts';
import { isMainland } from './pushable.ts';
import { clauseOf, type offerShown as shape } from './schemas.ts';

type Offer = z.infer<typeof shape>;

/** What is offered to the actor, each with what keeps it from accepting. Nothing of who offers it is in it. */
export async function offersFor(tx: Tx, ctx: Ctx): Promise<Offer[]> {
  const offers: Offer[] = [];
  for (const push of await pushesFor(tx, ctx, customerOf(ctx))) {
    const offer = await shownOffer(tx, ctx, push);
    if (offer) offers.push(offer);
  }
  return offers;
}

async function shownOffer(tx: Tx, ctx: Ctx, push: Push): Promise<Offer | null> {
  const [service] = await servicesByIds(tx, push.brand, [push.service_id]);
  if (service?.customer_id !== push.from_customer) return null;
  const { customerId } = customerOf(ctx);
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const names = shown(document, service.plan, service.region);
  const { monthly } = await figuresOf(tx, ctx, service);
  const page = await pageOver(tx, { customerId: push.from_customer, serviceId: service.id });
  const mainland = await isMainland(tx, ctx, service.region);
  const website = await gate(tx, ctx, { customerId, act: 'website' });
  const acts: Act[] = mainland ? ['buy', 'mainland', 'push'] : ['buy', 'push'];
  return {
    id: push.id,
    label: service.label,
    product: service.product,
    plan: service.plan,
    plan_name: names.plan,
    region: service.region,
    region_name: names.region,
    options: service.options as Record<string, number>,
    period_end: service.period_end.toISOString(),
    price: formatYuan(monthly),
    made_at: push.made_at.toISOString(),
    expires_at: push.expires_at.toISOString(),
    web_shut: mainland && !website.open,
    obstacles: await obstaclesTo(tx, ctx, customerId, acts),
    said: page && { title: page.title, clauses: page.clauses },
    as_shown: offerShown(service, monthly, page),
    clause: clauseOf(push),
  };
}

async function obstaclesTo(tx: Tx, ctx: Ctx, customerId: string, acts: readonly Act[]) {
  const found = new Map<string, Offer['obstacles'][number]>();
  for (const act of acts) {
    const answer = await gate(tx, ctx, { customerId, act });
    if (!answer.open) found.set(answer.code, { code: answer.code, title: answer.title, opens: answer.opens });
  }
  return [...found.values()];
}
