import { addMinutes, addMs } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { outageRecord, outageSettle } from './outage-book.ts';
import type { Player, Scene } from './scene.ts';
import { expect } from './telling.ts';

const HOUR_MS = 3_600_000;
const PRODUCT = 'object-storage';

/** What an outage gives a customer who bought a package of storage (七牛云 8.2, 9.2.1). */

async function packageOf({ api }: Player) {
  const [held] = (await ok(api.GET('/api/v1/usage/packages'))).items;
  expect(held !== undefined, 'there is a package');
  return held;
}

export async function isDown(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('An outage: hour for hour');
  const body = { product: PRODUCT, package: 'store-1tb' };
  const { amount } = await ok(customer.api.POST('/api/v1/usage/packages', { body }));
  const bought = await packageOf(customer);
  scene.act(`${bought.package} bought for CNY ${amount}, until ${bought.ends_at}`, '7.1');
  const from = addMinutes(scene.now(), 30);
  const attacked = addMs(from, 5 * HOUR_MS);
  await scene.moveTo(addMs(from, 12 * HOUR_MS));
  const down = { from, until: addMs(from, 3.75 * HOUR_MS), cause: 'provider' as const, products: [PRODUCT] };
  await outageSettle(scene, await outageRecord(scene, down));
  const extended = await packageOf(customer);
  const hours = (Date.parse(extended.ends_at) - Date.parse(bought.ends_at)) / HOUR_MS;
  expect(hours === 3, `three whole hours are added (${hours} were)`);
  scene.act(`down for 3.75 hours: ${hours} hours more, until ${extended.ends_at}`, '8.2');
  const excluded = { from: attacked, until: addMs(attacked, 5 * HOUR_MS), cause: 'attack' as const };
  const id = await outageRecord(scene, { ...excluded, products: [PRODUCT] });
  await outageSettle(scene, id);
  expect((await packageOf(customer)).ends_at === extended.ends_at, 'an attack adds nothing');
  const { items } = await ok(customer.api.GET('/api/v1/account/outages'));
  const [applied] = items.find((one) => one.id === id)?.consequences ?? [];
  expect(applied?.consequence === 'excluded', 'it is excluded');
  scene.act(
    `five hours under attack: ${applied.consequence}, ${applied.extended_hours} hours`,
    applied.clause_id,
  );
  await scene.tellLog(customer.id);
}

export async function mayEnd(scene: Scene, customer: Player): Promise<void> {
  scene.chapter('After 72 hours: the right to end');
  const held = await packageOf(customer);
  const from = scene.now();
  await scene.moveTo(addMinutes(from, 1));
  await outageRecord(scene, { from, until: null, cause: 'provider', products: [PRODUCT] });
  const end = () =>
    ok(customer.api.POST('/api/v1/account/outages/{id}/end', { params: { path: { id: held.id } } }));
  await scene.moveTo(addMs(from, 71 * HOUR_MS));
  const early = await ok(customer.api.GET('/api/v1/account/outages'));
  expect(early.end_rights.length === 0, 'no right yet');
  scene.act('after 71 hours it may not be ended for that', '8.2');
  await scene.moveTo(addMs(from, 73 * HOUR_MS));
  const before = await customer.balance();
  const [right] = (await ok(customer.api.GET('/api/v1/account/outages'))).end_rights;
  expect(right?.subject_id === held.id, 'the customer may end it');
  const { refunded } = await end();
  scene.act(
    `may be ended since ${right.since}; ended, CNY ${refunded} back: ${before} → ${await customer.balance()}`,
    right.clause_id,
  );
  await scene.tellLog(customer.id);
}
