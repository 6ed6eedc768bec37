import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';
import { parseYuan } from '#kernel/money.ts';
import { meteredProducts } from './metered.ts';

/** A brand's catalogue.yaml. */

const id = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,30}$/);

const plan = z.strictObject({
  id,
  name: localizedText,
  /** Yuan for one month. */
  price: z.string().refine((text) => {
    try {
      return parseYuan(text) >= 0n;
    } catch {
      return false;
    }
  }, 'not an amount of yuan'),
  regions: z.array(id).min(1),
  cpus: z.number().int().min(1).max(256),
  memory_mb: z.number().int().min(64),
  disk_gb: z.number().int().min(1),
  bandwidth_mbps: z.number().int().min(1),
  /** Public ports, TCP and UDP each; the first TCP one leads to SSH. */
  ports: z.number().int().min(1).max(20),
  processes: z.number().int().min(50),
  /** Pieces by region; a region that isn't named has no limit but the machines'. */
  stock: z.record(id, z.number().int().min(0)).optional(),
});

const image = z.strictObject({
  id,
  name: localizedText,
  /** A simplestreams server to take it from where a node lacks it. */
  remote: z.strictObject({ server: z.url({ protocol: /^https$/ }), alias: z.string() }).optional(),
});

export const catalogueFile = z
  .strictObject({
    regions: z.array(z.strictObject({ id, mainland: z.boolean(), name: localizedText })),
    images: z.array(image),
    products: z.array(
      z.strictObject({
        id: z.literal('nat-vps'),
        name: localizedText,
        summary: localizedText,
        plans: z.array(plan).min(1),
      }),
    ),
    /** Prices contain a tax of this rate ("0.06" is 6 %). */
    tax: z.strictObject({ rate: z.string().regex(/^0\.\d{1,4}$/), included: z.literal(true) }).optional(),
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
      });
    });
  });

export type CatalogueDocument = z.infer<typeof catalogueFile>;
export type Plan = z.infer<typeof plan>;
export type Region = CatalogueDocument['regions'][number];
export type Image = z.infer<typeof image>;
