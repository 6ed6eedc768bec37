import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { catalogueInForce, type PageTerms, stockTaken } from '#modules/catalogue/index.ts';
import { downloadable } from './remotes.ts';
import './tables.ts';

const region = z.object({
  id: z.string(),
  name: localized,
  mainland: z.boolean(),
  available: z.boolean(),
  simulated: z.boolean(),
});
const image = z.object({ id: z.string(), name: localized, available: z.boolean() });
const plan = z.object({
  id: z.string(),
  name: localized,
  price: amountOut,
  regions: z.array(z.string()),
  cpus: z.number(),
  memory_mb: z.number(),
  disk_gb: z.number(),
  bandwidth_mbps: z.number(),
  ports: z.number(),
  processes: z.number(),
  in_stock: z.record(z.string(), z.boolean()),
});
const option = z.object({
  id: z.string(),
  name: localized,
  unit: localized,
  price: amountOut,
  step: z.number(),
  max: z.number(),
  /** To all plans of the product when null. */
  plans: z.array(z.string()).nullable(),
});
const catalogue = z.object({
  version_id: id,
  effective_at: instant,
  regions: z.array(region),
  images: z.array(image),
  /** Contained in all prices. */
  tax_rate: z.string().nullable(),
  products: z.array(
    z.object({
      id: z.string(),
      name: localized,
      summary: localized,
      plans: z.array(plan),
      options: z.array(option),
      period_discounts: z.array(z.object({ months: z.number(), percent: z.string() })),
      /** What its order page says over the agreement; null: nothing. */
      terms: z
        .object({
          title: localized,
          clauses: z.array(z.object({ id: z.string(), text: localized })),
          /** Each figure, by the clause of the page that it rests on. */
          figures: z.array(z.object({ figure: z.string(), clause: z.string() })),
        })
        .nullable(),
    }),
  ),
});

/** The catalogue together with what the machines can really give right now. */
export function catalogueRoutes(app: App, house: House): void {
  app.get(
    '/catalogue',
    { config: { access: 'public' }, schema: { tags: ['catalogue'], response: { 200: catalogue } } },
    async (request) => {
      const { brand, now } = request.ctx;
      const { id: version_id, document, effective_at } = await catalogueInForce(house.db, brand.id, now);
      const taken = await stockTaken(house.db, brand.id);
      const nodes = await house.db
        .selectFrom('compute_node')
        .select(['regions', 'product', 'images', 'simulated'])
        .where('enabled', '=', true)
        .where('seen_at', 'is not', null)
        .execute();
      const serving = (region: string) =>
        nodes.filter(({ regions }) => regions.length === 0 || regions.includes(region));
      const ready = new Set(nodes.flatMap((node) => node.images));
      const fetchable = await downloadable(house.db);
      return {
        version_id,
        effective_at: effective_at.toISOString(),
        regions: document.regions.map((region) => ({
          ...region,
          available: serving(region.id).length > 0,
          simulated: serving(region.id).length > 0 && serving(region.id).every((node) => node.simulated),
        })),
        images: document.images.map(({ id, name, remotes }) => ({
          id,
          name,
          available:
            ready.has(id) || nodes.some((node) => fetchable({ id, name, remotes }, node.product) !== null),
        })),
        tax_rate: document.tax?.rate ?? null,
        products: document.products.map(
          ({ plans, options = [], period_discounts = [], terms, ...product }) => ({
            ...product,
            terms: terms ? pageShown(terms) : null,
            period_discounts,
            options: options.map(({ price, plans, ...more }) => ({
              ...more,
              price: formatYuan(parseYuan(price)),
              plans: plans ?? null,
            })),
            plans: plans.map(({ stock, price, ...rest }) => ({
              ...rest,
              price: formatYuan(parseYuan(price)),
              in_stock: Object.fromEntries(
                rest.regions.map((region) => [
                  region,
                  (stock?.[region] ?? Number.POSITIVE_INFINITY) > taken(rest.id, region),
                ]),
              ),
            })),
          }),
        ),
      };
    },
  );
}

function pageShown({ title, clauses, parameters }: PageTerms) {
  const figures = Object.entries(parameters).flatMap(([figure, said]) =>
    said ? [{ figure, clause: said.clause }] : [],
  );
  return { title, clauses, figures };
}
