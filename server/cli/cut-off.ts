import type { Brand } from '#kernel/brands.ts';
import { connect, transact } from '#kernel/db.ts';
import { webCutOff } from '#modules/compute/index.ts';
import type { BrandFolder } from '#server/brand-files.ts';
import { commandCtx } from './command-ctx.ts';

/**
 * What this catalogue of the brand would cut off as things stand now, a line for each region: machines whose ports 80 and
 * 443 shut because their region is the mainland's with it and their customer has no filing that counts.
 */
export async function cutOff(
  databaseUrl: string,
  brand: Brand,
  catalogue: BrandFolder['catalogue'],
): Promise<string[]> {
  const mainland = catalogue.regions.filter((region) => region.mainland).map(({ id }) => id);
  const { db, close } = connect(databaseUrl, 1);
  try {
    const cut = await transact(db, (tx) => webCutOff(tx, commandCtx(brand, 'brand'), mainland));
    return cut.map(
      ({ region, machines, customers }) =>
        `${brand.id}: ports 80 and 443 of ${machines} ${machines === 1 ? 'machine' : 'machines'} in ${region} shut ` +
        `(${customers} ${customers === 1 ? 'customer has' : 'customers have'} no filing that counts; each is told as it holds).`,
    );
  } finally {
    await close();
  }
}
