import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeConfig, nodeConfig } from '#modules/compute/index.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { lantianStory } from '#server/story/lantian.ts';
import { Deviation, tellTo } from '#server/story/telling.ts';
import { openWorld } from '#server/world.ts';
import { CommandError, command, dataDirOf, UsageError } from './command.ts';

const STORIES = { lantian: lantianStory };

/** Tells a brand's main job in a throw-away world whose clock it moves; exit code 1 when anything deviates. */
export const run = command({
  options: { simulated: { type: 'boolean' }, data: { type: 'string' } },
  words: ['brand'],
  run: async (values, [brand]) => {
    if (!brand || !Object.hasOwn(STORIES, brand))
      throw new UsageError(`choose a story: ${Object.keys(STORIES).join(', ')}`);
    const print = (line: string) => process.stdout.write(`${line}\n`);
    const dir = await mkdtemp(join(tmpdir(), 'cloudpact-story-'));
    const closers = [() => rm(dir, { recursive: true, force: true })];
    try {
      const postgres = await startPostgres({ dir, settings: { fsync: 'off' }, log: () => undefined });
      closers.push(() => postgres.stop());
      const node = values.simulated
        ? null
        : await realNode(join(dataDirOf(values.data), 'story'), print, closers);
      print(node ? 'On a real hypervisor.' : 'On a simulated node: no machine is really made.');
      const world = await openWorld({
        adminUrl: postgres.adminUrl,
        ticking: true,
        ...(node ? { nodes: [node] } : {}),
      });
      closers.push(() => world.close());
      const { zone } = world.server.house.brands.get(brand);
      await STORIES[brand as keyof typeof STORIES](world, tellTo(print, zone), { real: node !== null });
      print('\nThe story went as the terms say.');
      return 0;
    } catch (error) {
      if (!(error instanceof Deviation)) throw error;
      throw new CommandError(`the world deviated from the story: ${error.message}`, { cause: error });
    } finally {
      for (const close of closers.reverse()) await close();
    }
  },
});

/** A hypervisor of the story's own, apart from the one that `up` runs; its image is kept for the next time. */
async function realNode(
  dataDir: string,
  print: (line: string) => void,
  closers: (() => Promise<void>)[],
): Promise<NodeConfig> {
  const { ensureImage } = await import('#server/local/image.ts');
  const { hypervisorPrerequisites, removeInstances, startLocalHypervisor } = await import(
    '#server/local/lxd.ts'
  );
  const missing = (await hypervisorPrerequisites()).filter((check) => !check.found);
  if (missing.length > 0) {
    const list = missing.map((check) => `  ${check.name}: ${check.detail}. ${check.remedy}`).join('\n');
    throw new CommandError(
      `no hypervisor can run here:\n${list}\nTell the story without one: ./cloudpact story lantian --simulated`,
    );
  }
  const log = (line: string) => print(`… ${line}`);
  const local = await startLocalHypervisor({ dataDir, name: 'story', log });
  closers.push(() => local.stop());
  // A story that was killed left its machines, and with them the ports that this one takes.
  await removeInstances(local);
  await ensureImage({ socketPath: local.socketPath, alias: 'debian-12', log });
  return nodeConfig.parse({
    name: 'story',
    driver: 'lxd',
    endpoint: `unix:${local.socketPath}`,
    pool: local.pool,
    network: local.network,
    subnet: local.subnet,
    public_address: local.publicAddress,
    port_from: local.portFrom,
    port_to: local.portTo,
    limit_egress: local.limitEgress,
  });
}
