import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPackages } from '#server/local/lxd.ts';
import { findProgram } from '#server/local/lxd-flavour.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { asiayunStory } from '#server/story/asiayun.ts';
import { lantianStory } from '#server/story/lantian.ts';
import { qiniuStory } from '#server/story/qiniu.ts';
import { openRealNode, RealNodeError } from '#server/story/real-node.ts';
import { Deviation, type Telling, tellTo } from '#server/story/telling.ts';
import { wujiyunStory } from '#server/story/wujiyun.ts';
import { yunfuwuqiStory } from '#server/story/yunfuwuqi.ts';
import { openWorld, type World } from '#server/world.ts';
import { CommandError, command, dataDirOf, PROJECT_ROOT, UsageError } from './command.ts';
import { mayInstall } from './nodes.ts';

type Story = (world: World, telling: Telling, options: { real: boolean; brandsDir: string }) => Promise<void>;

/** Each brand's, and the brands that its world has. */
const STORIES: Record<string, { tell: Story; brands: string[]; machines?: false }> = {
  lantian: { tell: lantianStory, brands: ['lantian'] },
  asiayun: { tell: asiayunStory, brands: ['asiayun'] },
  wujiyun: { tell: wujiyunStory, brands: ['asiayun', 'wujiyun'] },
  yunfuwuqi: { tell: yunfuwuqiStory, brands: ['yunfuwuqi'] },
  qiniu: { tell: qiniuStory, brands: ['qiniu'], machines: false },
};

/** Tells a brand's main job in a throw-away world whose clock it moves; exit code 1 when anything deviates. */
export const run = command({
  options: { simulated: { type: 'boolean' }, data: { type: 'string' } },
  words: ['brand'],
  run: async (values, [brand]) => {
    const story = brand && Object.hasOwn(STORIES, brand) ? STORIES[brand] : undefined;
    if (!brand || !story) throw new UsageError(`choose a story: ${Object.keys(STORIES).join(', ')}`);
    const print = (line: string) => process.stdout.write(`${line}\n`);
    const dir = await mkdtemp(join(tmpdir(), 'cloudpact-story-'));
    const closers = [() => rm(dir, { recursive: true, force: true })];
    try {
      const postgres = await startPostgres({
        dir,
        settings: { fsync: 'off' },
        leaves: 'nothing',
        log: () => undefined,
      });
      closers.push(() => postgres.stop());
      const node =
        values.simulated || story.machines === false
          ? null
          : await realNode(join(dataDirOf(values.data), 'story'), brand, print, closers);
      if (story.machines !== false)
        print(node ? 'On a real hypervisor.' : 'On a simulated node: no machine is really made.');
      const brandsDir = join(dir, 'brands');
      for (const id of story.brands)
        await cp(join(PROJECT_ROOT, 'brands', id), join(brandsDir, id), { recursive: true });
      const world = await openWorld({
        adminUrl: postgres.adminUrl,
        ticking: true,
        brandsDir,
        ...(node ? { nodes: [node] } : {}),
      });
      closers.push(() => world.close());
      const { zone } = world.server.house.brands.get(brand);
      await story.tell(world, tellTo(print, zone), { real: node !== null, brandsDir });
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

async function realNode(
  dataDir: string,
  brand: string,
  print: (line: string) => void,
  closers: (() => Promise<void>)[],
) {
  await needSsh(print);
  try {
    const { node, stop } = await openRealNode(dataDir, (line) => print(`… ${line}`));
    closers.push(stop);
    return node;
  } catch (error) {
    if (!(error instanceof RealNodeError)) throw error;
    throw new CommandError(
      `${error.message}\nTell the story without one: ./cloudpact story ${brand} --simulated`,
      { cause: error },
    );
  }
}

/** The story logs in with the system's own ssh client. */
async function needSsh(print: (line: string) => void): Promise<void> {
  if (findProgram('ssh') && findProgram('ssh-keygen')) return;
  const remedy = 'apt-get install openssh-client';
  if (!mayInstall()) throw new CommandError(`there is no ssh client here: ${remedy}`);
  await installPackages(['openssh-client'], (line) => print(`… ${line}`)).catch((error: Error) => {
    throw new CommandError(`${remedy} failed: ${error.message}`, { cause: error });
  });
}
