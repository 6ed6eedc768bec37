import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  amountOut,
  customerOf,
  id,
  instant,
  line,
  listOf,
  localized,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { catalogueInForce } from '#modules/catalogue/index.ts';
import { estimate } from './estimate.ts';
import {
  charge,
  chargeList,
  chargeShown,
  explain,
  explained,
  explainedShown,
  quantityOut,
  usageSeries,
} from './explain.ts';
import { type KnownMeter, type KnownTariff, meterNamed, metersOf, tariffsOf } from './meter-read.ts';
import { ingestRoutes } from './routes-ingest.ts';
import { staffRoutes } from './routes-staff.ts';
import { subjectsOf } from './subject.ts';

const name = line(1, 40);

export function routes(app: App, house: House): void {
  ingestRoutes(app, house);
  priceRoutes(app, house);
  readRoutes(app, house);
  chargeRoutes(app, house);
  staffRoutes(app, house);
}

const tariffOut = z.object({
  free: z.string().nullable(),
  mode: z.enum(['graduated', 'volume']),
  tiers: z.array(z.object({ up_to: z.string().nullable(), price: amountOut })),
  version: z.string(),
  from: instant,
});

const meterOut = z.object({
  product: z.string(),
  product_name: localized,
  meter: z.string(),
  name: localized,
  kind: z.string(),
  settle: z.enum(['hour', 'day', 'month']),
  unit: localized,
  /** Base units in one unit. */
  unit_size: quantityOut,
  subjects: z.array(z.string()),
  tariff: tariffOut,
});

const pricedProduct = z.object({
  product: z.string(),
  name: localized,
  summary: localized,
  meters: z.array(meterOut.pick({ meter: true, name: true, unit: true, tariff: true })),
  packages: z.array(
    z.object({
      package: z.string(),
      name: localized,
      price: amountOut,
      months: z.number(),
    }),
  ),
});

/** What use costs, before anybody signs up. */
function priceRoutes(app: App, house: House): void {
  app.get(
    '/usage/prices',
    {
      config: { access: 'public' },
      schema: { tags: ['metering'], response: { 200: z.object({ items: z.array(pricedProduct) }) } },
    },
    async ({ ctx }) => {
      const { document } = await catalogueInForce(house.db, ctx.brand.id, ctx.now);
      const meters = await metersOf(house.db, ctx.brand.id);
      const tariffs = await tariffsOf(house.db, ctx.brand.id);
      return {
        items: (document.metered ?? []).map((product) => ({
          product: product.id,
          name: product.name,
          summary: product.summary,
          meters: meters
            .filter((known) => known.product === product.id)
            .map((known) => ({
              meter: known.name,
              name: known.meter.name,
              unit: known.meter.unit.name,
              tariff: tariffShown(tariffs, known, ctx.now),
            })),
          packages: product.packages.map(({ id: code, name: called, price, months }) => ({
            package: code,
            name: called,
            price,
            months,
          })),
        })),
      };
    },
  );
}

/** What holds at an instant; of a tariff that is only announced, the first one. */
function tariffShown(tariffs: KnownTariff[], meter: KnownMeter, at: Date): z.infer<typeof tariffOut> {
  const priced = tariffs.filter(
    ({ product, tariff }) =>
      product === meter.product && tariff.prices.some((price) => price.meter === meter.name),
  );
  const { tariff, effectiveAt } = priced.findLast((one) => one.effectiveAt <= at) ?? priced[0]!;
  const { free, mode, tiers } = tariff.prices.find((price) => price.meter === meter.name)!;
  return {
    free: free ?? null,
    mode,
    tiers: tiers.map((tier) => ({ up_to: tier.up_to ?? null, price: tier.price })),
    version: tariff.version,
    from: effectiveAt.toISOString(),
  };
}

function readRoutes(app: App, house: House): void {
  app.get(
    '/usage/meters',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['metering'], response: { 200: z.object({ items: z.array(meterOut) }) } },
    },
    async (request) => {
      const { ctx } = request;
      const { customerId } = customerOf(ctx);
      const meters = await metersOf(house.db, ctx.brand.id);
      const tariffs = await tariffsOf(house.db, ctx.brand.id);
      const subjects = await subjectsOf(house.db, ctx.brand.id, { customerId });
      return {
        items: meters.map((known) => ({
          product: known.product,
          product_name: known.productName,
          meter: known.name,
          name: known.meter.name,
          kind: known.kind,
          settle: known.settle,
          unit: known.meter.unit.name,
          unit_size: String(known.size),
          subjects: subjects
            .filter((row) => row.product === known.product && !row.closed_at)
            .map((row) => row.name),
          tariff: tariffShown(tariffs, known, ctx.now),
        })),
      };
    },
  );

  app.get(
    '/usage/series',
    {
      config: { access: 'customer', area: 'services' },
      schema: {
        tags: ['metering'],
        querystring: z.object({
          product: name,
          meter: name,
          subject: line(1, 200).optional(),
          from: instant,
          to: instant,
          by: z.enum(['hour', 'day']).default('hour'),
        }),
        response: {
          200: z.object({
            unit: localized,
            unit_size: quantityOut,
            items: z.array(z.object({ at: instant, quantity: quantityOut })),
          }),
        },
      },
    },
    async (request) => {
      const { ctx, query } = request;
      const meter = meterNamed(await metersOf(house.db, ctx.brand.id), query.product, query.meter);
      const rows = await usageSeries(house.db, {
        customerId: customerOf(ctx).customerId,
        meterNo: meter.no,
        subject: query.subject,
        from: new Date(query.from),
        to: new Date(query.to),
        by: query.by,
        zone: ctx.brand.zone,
      });
      return {
        unit: meter.meter.unit.name,
        unit_size: String(meter.size),
        items: rows.map(({ at, quantity }) => ({ at: at.toISOString(), quantity })),
      };
    },
  );

  const estimated = z.object({
    product: z.string(),
    meter: z.string(),
    name: localized,
    unit: localized,
    unit_size: quantityOut,
    quantity: quantityOut,
    charged: amountOut,
    pending: amountOut,
  });
  app.get(
    '/usage/estimate',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['metering'],
        response: {
          200: z.object({
            at: instant,
            charged: amountOut,
            pending: amountOut,
            total: amountOut,
            lines: z.array(estimated),
          }),
        },
      },
    },
    async (request) => {
      const lines = await estimate(house.db, request.ctx, customerOf(request.ctx).customerId);
      const charged = lines.reduce((sum, each) => sum + each.charged, 0n);
      const pending = lines.reduce((sum, each) => sum + each.pending, 0n);
      return {
        at: request.ctx.now.toISOString(),
        charged: formatYuan(charged),
        pending: formatYuan(pending),
        total: formatYuan(charged + pending),
        lines: lines.map((each) => ({
          product: each.meter.product,
          meter: each.meter.name,
          name: each.meter.meter.name,
          unit: each.meter.meter.unit.name,
          unit_size: String(each.meter.size),
          quantity: String(each.quantity),
          charged: formatYuan(each.charged),
          pending: formatYuan(each.pending),
        })),
      };
    },
  );
}

function chargeRoutes(app: App, house: House): void {
  app.get(
    '/usage/charges',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['metering'], querystring: page, response: { 200: listOf(charge) } },
    },
    async (request) => {
      const filter = { customerId: customerOf(request.ctx).customerId, before: request.query.before };
      const rows = await chargeList(house.db, request.ctx.brand.id, filter);
      return paged(rows.map(chargeShown), (row) => row.id);
    },
  );

  app.get(
    '/usage/charges/:id/explain',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['metering'], params: z.object({ id }), response: { 200: explained } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const found = await explain(house.db, request.ctx.brand.id, { customerId, id: request.params.id });
      if (!found) throw common['not-found']();
      return explainedShown(found);
    },
  );
}
