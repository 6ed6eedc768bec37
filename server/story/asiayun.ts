import type { World } from '#server/world.ts';
import { isFrozen, isRestricted, losesContact, putsUpWebsite, withdraws } from './asiayun-account.ts';
import { leavesItsPlace, newTermsCome, runsOut } from './asiayun-changes.ts';
import { pushesServer } from './asiayun-push.ts';
import { asksForPapers } from './papers.ts';
import { PASSWORD_ACCESS, type Player, Scene } from './scene.ts';
import { expect, type Telling } from './telling.ts';

export interface StoryOptions {
  /** A folder of brands that is the story's own, where it revises its agreement. */
  brandsDir: string;
}

/** 亚云: what is bought, kept from the customer, frozen, moved, revised and paid back. Throws Deviation. */
export async function asiayunStory(world: World, telling: Telling, options: StoryOptions): Promise<void> {
  const scene = new Scene(world, telling, 'asiayun');
  const customer = await comesIn(scene, '200');
  const service = await buys(scene, customer);
  await asksForPapers(scene, customer);
  await pushesServer(scene, customer);
  await putsUpWebsite(scene, customer);
  await isRestricted(scene, customer, service);
  await isFrozen(scene, customer);
  await withdraws(scene, customer);
  await losesContact(scene, customer);
  await leavesItsPlace(scene, customer, service);
  await newTermsCome(scene, customer, service, options.brandsDir);
  await runsOut(scene, customer, service);
}

export async function comesIn(scene: Scene, amount: string): Promise<Player> {
  scene.chapter('Becoming a customer');
  const customer = await scene.join({ terms: '1.1', realName: '2.1.2' });
  await customer.topUp(amount);
  scene.act(`topped up by Alipay: the balance is CNY ${await customer.balance()}`, '3.5');
  return customer;
}

export async function buys(scene: Scene, customer: Player): Promise<string> {
  scene.chapter('A server, and its renewal');
  const before = await customer.balance();
  const id = await customer.order({ plan: 'ay-1', region: 'hk', hostname: 'story', access: PASSWORD_ACCESS });
  const made = await customer.until(id, ({ state }) => state !== 'preparing', 90);
  expect(made.state === 'active', `the server is made (it is ${made.state})`);
  const left = await customer.balance();
  scene.act(`ay-1 ordered and ready, ${made.instance?.ssh?.command}: ${before} → ${left}`, '5.3');
  await customer.renew(id);
  const renewed = await customer.service(id);
  expect(renewed.period_end > made.period_end, 'a month more is paid');
  scene.act(`renewed until ${renewed.period_end}: ${left} → ${await customer.balance()}`, '5.3');
  await scene.tellLog(customer.id);
  return id;
}
