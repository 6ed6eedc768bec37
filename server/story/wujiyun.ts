import type { World } from '#server/world.ts';
import { buys, comesIn } from './asiayun.ts';
import { isFrozen, isRestricted, withdraws } from './asiayun-account.ts';
import { pushesServer } from './asiayun-push.ts';
import { Scene } from './scene.ts';
import type { Telling } from './telling.ts';

/** 武极云 has 亚云's agreement by extension: the same acts, each citing its own version. Throws Deviation. */
export async function wujiyunStory(world: World, telling: Telling): Promise<void> {
  const scene = new Scene(world, telling, 'wujiyun');
  const customer = await comesIn(scene, '200');
  const service = await buys(scene, customer);
  await pushesServer(scene, customer);
  await isRestricted(scene, customer, service);
  await isFrozen(scene, customer);
  await withdraws(scene, customer);
}
