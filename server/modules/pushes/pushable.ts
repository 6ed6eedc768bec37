import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { pick } from '#kernel/text.ts';
import { catalogueInForce } from '#modules/catalogue/index.ts';
import { instanceView } from '#modules/compute/index.ts';
import { endingsAhead, proposalWaits } from '#modules/endings/index.ts';
import { casesOpen, measureStands } from '#modules/enforcement/index.ts';
import { type Act, gateEnter } from '#modules/gates/index.ts';
import { claimsOpen } from '#modules/liability/index.ts';
import { policyOn, type Service } from '#modules/lifecycle/index.ts';
import { movesAhead } from '#modules/moves/index.ts';
import { contractAbout } from '#modules/negotiated/index.ts';
import { outageUnsettled } from '#modules/outages/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import { problem, WHY, type Why } from './rules.ts';

/** Throws what keeps a locked service with who has it: a gate of its customer's terms, or `push-not-now`. */
export async function requirePushable(tx: Tx, ctx: Ctx, service: Service): Promise<Policy> {
  const { customer_id: customerId } = service;
  const acts: Act[] = (await isMainland(tx, ctx, service.region)) ? ['push', 'mainland'] : ['push'];
  for (const act of acts) await gateEnter(tx, ctx, { customerId, act });
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  const why = await whyNot(tx, ctx, service);
  if (why) throw problem['push-not-now']({ why: pick(WHY[why], ctx.locale) });
  return policy;
}

/** A region that is sold no longer is taken for the mainland, as its web ports are. */
export async function isMainland(tx: Tx, ctx: Ctx, region: string): Promise<boolean> {
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  return document.regions.find(({ id }) => id === region)?.mainland ?? true;
}

async function whyNot(tx: Tx, ctx: Ctx, service: Service): Promise<Why | null> {
  const { id, customer_id: customerId, state, holds, period_end } = service;
  if (state === 'preparing') return 'making';
  if (state !== 'active' || period_end <= ctx.now) return 'state';
  if (holds > 0 || (await measureStands(tx, id))) return 'held';
  const view = await instanceView(tx, id);
  if (!view?.instance.ready_at || view.instance.allowed !== 'yes') return 'making';
  if ((await endingsAhead(tx, [id])).length > 0 || (await proposalWaits(tx, ctx.now, id))) return 'ending';
  if ((await movesAhead(tx, [id])).length > 0) return 'move';
  if (await outageUnsettled(tx, ctx.brand.id, id)) return 'outage';
  // What its order page said goes with it; what was negotiated with its customer about it doesn't.
  if (await contractAbout(tx, ctx, { customerId, serviceId: id })) return 'contract';
  if ((await casesOpen(tx, customerId)) > 0) return 'case';
  if ((await claimsOpen(tx, customerId)) > 0) return 'claim';
  return null;
}
