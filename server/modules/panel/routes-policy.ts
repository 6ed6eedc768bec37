import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, customerOf, id, instant, localized } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { orderFirst } from '#modules/billing/index.ts';
import { policyOn, type Service, serviceFind, serviceInBrand } from '#modules/lifecycle/index.ts';
import { type Parameters, type Policy, policyClause, policyOf } from '#modules/terms/index.ts';

const layer = z.enum(['attachment', 'service-contract', 'order-page', 'agreement']);

const policyShown = z.object({
  service_id: z.string(),
  at: instant,
  /** The agreement that lies beneath. */
  terms: z.object({ version: z.string(), sha256: z.string() }),
  /** The order that the service began with: the price list that its page showed, and the months. */
  order: z
    .object({ number: z.string(), price_version: z.string(), months: z.number(), at: instant })
    .nullable(),
  figures: z.array(
    z.object({
      parameter: z.string(),
      /** As terms.yaml writes it, without its clause. */
      value: z.record(z.string(), z.unknown()),
      layer,
      clause: z.object({ id: z.string(), version: z.string(), title: localized, text: localized }),
    }),
  ),
});

/** What holds for a service: each figure with its clause, its version and the layer that it comes from. */
export function policyRoutes(app: App, house: House): void {
  const params = z.object({ id });
  const query = z.object({ at: instant.optional() });
  app.get(
    '/services/:id/policy',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['services'], params, response: { 200: policyShown } },
    },
    async ({ ctx, params }) => {
      const service = await serviceFind(house.db, ctx, customerOf(ctx).customerId, params.id);
      if (!service) throw problem['not-found']();
      return shown(house, service, ctx.now);
    },
  );
  app.get(
    '/staff/services/:id/policy',
    {
      config: { access: 'staff', area: 'services' },
      /** `at`: what held, or will, at that instant by what is on record today. */
      schema: { tags: ['staff'], params, querystring: query, response: { 200: policyShown } },
    },
    async ({ ctx, params, query }) => {
      const service = await serviceInBrand(house.db, ctx, params.id);
      if (!service) throw problem['not-found']();
      return shown(house, service, query.at ? new Date(query.at) : ctx.now);
    },
  );
}

async function shown(house: House, service: Service, at: Date): Promise<z.infer<typeof policyShown>> {
  const policy = await policyOf(house.db, policyOn(service), at);
  const order = await orderFirst(house.db, { customerId: service.customer_id, serviceId: service.id });
  const { version, sha256 } = policy.version;
  return {
    service_id: service.id,
    at: at.toISOString(),
    terms: { version, sha256 },
    order: order && {
      number: order.number,
      price_version: order.catalogueVersionId,
      months: order.months,
      at: order.at.toISOString(),
    },
    figures: figuresOf(policy),
  };
}

function figuresOf(policy: Policy) {
  const names = Object.keys(policy.parameters) as (keyof Parameters)[];
  return names
    .filter((name) => policy.parameters[name] !== undefined)
    .map((parameter) => {
      const { clause: _, ...value } = policy.parameters[parameter]!;
      return {
        parameter,
        value,
        layer: policy.sourceOf(parameter).layer,
        clause: policyClause(policy, parameter),
      };
    });
}
