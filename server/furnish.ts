import { transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import { catalogueLoad } from '#modules/catalogue/index.ts';
import { type NodeConfig, nodeRegister, nodesRetire } from '#modules/compute/index.ts';
import { nodeProbe } from '#modules/compute/jobs.ts';
import { tariffsLoad } from '#modules/metering/index.ts';
import { termsLoad } from '#modules/terms/index.ts';
import { readBrandFolder } from './brand-files.ts';

/** What a start brings into the database: the brands' terms and catalogues, and the nodes. Nothing new: nothing changes. */
export async function furnish(house: House, nodes: NodeConfig[]): Promise<void> {
  for (const brand of house.brands.all) {
    readBrandFolder(brand.dir);
    await asSystem(house, brand.id, 'start', async (tx, ctx) => {
      await termsLoad(tx, ctx);
      await catalogueLoad(tx, ctx);
      await tariffsLoad(tx, ctx);
    });
  }
  await transact(house.db, async (tx) => {
    for (const node of nodes) await nodeRegister(tx, node);
    await nodesRetire(
      tx,
      nodes.map((node) => node.name),
    );
  });
  // A node that doesn't answer now is asked again by its patrol.
  await Promise.allSettled(nodes.map((node) => nodeProbe(house, node.name)));
}
