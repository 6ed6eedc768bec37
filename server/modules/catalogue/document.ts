import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';
import { FEN, parseYuan } from '#kernel/money.ts';
import { meteredProducts } from './metered.ts';
import { pageTerms } from './page-terms.ts';
import { fits } from './rules.ts';

/** A brand's catalogue.yaml. */

const id = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,30}$/);

/** What is paid at once is whole fen (decision 0030); only tariffs of usage are finer. */
const yuan = z.string().refine((text) => {
  try {
    const amount = parseYuan(text);
    return amount >= 0n && amount % FEN === 0n;
  } catch {
    return false;
  }
}, 'not an amount of yuan in whole fen');

/** What a machine is limited to: plans say it, options add to it. */
export const LIMITS = ['cpus', 'memory_mb', 'disk_gb', 'bandwidth_mbps', 'ports', 'processes'] as const;
export type Limit = (typeof LIMITS)[number];
const MOST_PORTS = 20;

const plan = z.strictObject({
  id,
  name: localizedText,
  /** Yuan for one month. */
  price: yuan,
  regions: z.array(id).min(1),
  cpus: z.number().int().min(1).max(256),
  memory_mb: z.number().int().min(64),
  disk_gb: z.number().int().min(1),
  bandwidth_mbps: z.number().int().min(1),
  /** Public ports, TCP and UDP each; the first TCP one leads to SSH. */
  ports: z.number().int().min(1).max(MOST_PORTS),
  processes: z.number().int().min(50),
  /** Pieces by region; a region that isn't named has no limit but the machines'. */
  stock: z.record(id, z.number().int().min(0)).optional(),
});

/** More of a limit than the plan has, by the unit. */
const option = z.strictObject({
  id: z.enum(LIMITS),
  name: localizedText,
  unit: localizedText,
  /** Yuan for one unit and month. */
  price: yuan,
  /** How much of the limit one step is; the quantity chosen is a multiple of it. */
  step: z.number().int().min(1).max(1_048_576).default(1),
  /** The most that can be added. */
  max: z.number().int().min(1).max(1_048_576),
  /** Only to these plans; to all of the product when absent. */
  plans: z.array(id).min(1).optional(),
});

/** Whoever pays for so many months at once pays this much less ("10" is 10 %). */
const periodDiscount = z.strictObject({
  months: z.number().int().min(2).max(36),
  percent: z.string().regex(/^\d{1,2}(\.\d{1,2})?$/, 'not a percentage below 100'),
});

const image = z.strictObject({
  id,
  name: localizedText,
  /** Simplestreams servers to take it from where a node lacks it. Public ones serve LXD or Incus, never both. */
  remotes: z
    .array(
      z.strictObject({
        for: z.enum(['lxd', 'incus']),
        server: z.url({ protocol: /^https$/ }),
        alias: z.string(),
      }),
    )
    .optional(),
});

export const catalogueFile = z
  .strictObject({
    regions: z.array(z.strictObject({ id, mainland: z.boolean(), name: localizedText })),
    images: z.array(image),
    products: z.array(
      z.strictObject({
        id,
        name: localizedText,
        summary: localizedText,
        plans: z.array(plan).min(1),
        options: z.array(option).optional(),
        period_discounts: z.array(periodDiscount).optional(),
        /** What its order page says over the agreement, for what is ordered. */
        terms: pageTerms.optional(),
      }),
    ),
    /** Prices contain a tax of this rate ("0.06" is 6 %). */
    tax: z.strictObject({ rate: z.string().regex(/^0\.\d{1,4}$/), included: z.literal(true) }).optional(),
    /** When these prices begin to hold; when the file is loaded, if absent or sooner than the terms announce it. */
    effective_at: z.iso.datetime({ offset: true }).optional(),
    /** What is charged by use. */
    metered: meteredProducts,
  })
  .superRefine((file, check) => {
    const regions = new Set(file.regions.map((region) => region.id));
    const seen = new Set<string>();
    file.products.forEach((product, p) => {
      product.plans.forEach((candidate, i) => {
        const path = ['products', p, 'plans', i];
        if (seen.has(candidate.id))
          check.addIssue({ code: 'custom', path, message: `plan ${candidate.id} stands twice` });
        seen.add(candidate.id);
        const strange = [...candidate.regions, ...Object.keys(candidate.stock ?? {})].find(
          (region) => !regions.has(region),
        );
        if (strange) check.addIssue({ code: 'custom', path, message: `there is no region ${strange}` });
        const ports = product.options?.find((more) => more.id === 'ports' && fits(more, candidate.id));
        if (ports && candidate.ports + ports.max > MOST_PORTS)
          check.addIssue({ code: 'custom', path, message: `more than ${MOST_PORTS} ports with its option` });
      });
      for (const message of oddities(product))
        check.addIssue({ code: 'custom', path: ['products', p], message });
    });
  });

function oddities(product: Pick<Product, 'plans' | 'options' | 'period_discounts'>): string[] {
  const { options = [], period_discounts = [], plans } = product;
  const twice = (values: (string | number)[]) => new Set(values).size !== values.length;
  return [
    ...(twice(options.map(({ id }) => id)) ? ['an option stands twice'] : []),
    ...(twice(period_discounts.map(({ months }) => months)) ? ['a period has two discounts'] : []),
    ...options
      .filter(({ max, step }) => max % step !== 0)
      .map(({ id }) => `the most of ${id} is no multiple of its step`),
    ...options
      .flatMap((option) => option.plans ?? [])
      .filter((wanted) => !plans.some(({ id }) => id === wanted))
      .map((wanted) => `there is no plan ${wanted}`),
  ];
}

export type CatalogueDocument = z.infer<typeof catalogueFile>;
export type Product = CatalogueDocument['products'][number];
export type Option = z.infer<typeof option>;
export type Plan = z.infer<typeof plan>;
export type Region = CatalogueDocument['regions'][number];
export type Image = z.infer<typeof image>;
