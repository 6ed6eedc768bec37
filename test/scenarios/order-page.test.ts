import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { addDays } from '#kernel/time.ts';
import { catalogueLoad } from '#modules/catalogue/index.ts';
import { brandDiff } from '#server/brand-diff.ts';
import { readBrandFolder } from '#server/brand-files.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { brandWith } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** What an order page says over the agreement holds for what was ordered on it, and for nothing else. */

const ZONE = 'Asia/Shanghai';
const PLANS = '    plans:\n';
const page = (grace: number, clause = 'P1') => `    terms:
      title: { zh: 订购页约定, en: On this order page }
      clauses:
        - { id: P1, text: { zh: 宽限期为 ${grace} 天。, en: The days of grace are ${grace}. } }
      parameters:
        expiry: { clause: ${clause}, suspend: at-once, grace_days: ${grace}, then: delete }
`;
const withPage = (text: string) => brandWith('catalogue.yaml', [[PLANS, `${text}${PLANS}`]]);

let dir: string;
let world: World;
let me: StoryCustomer;

before(async () => {
  dir = await withPage(page(9));
  world = await testWorld({ brandsDir: dir, start: new Date('2026-03-02T02:00:00Z') });
  me = await readyCustomer(world, '100');
});

const expiry = async (id: string) => {
  const { figures } = await ok(me.api.GET('/api/v1/services/{id}/policy', { params: { path: { id } } }));
  return figures.find(({ parameter }) => parameter === 'expiry')!;
};
const order = async (hostname: string) => {
  const id = await me.order({ access: PASSWORD_ACCESS, hostname });
  await me.until(id, ({ state }) => state === 'active');
  return id;
};

test('[qiniu 11.1] what the order page says is shown, goes before the agreement for what is ordered, cited by its own clause, and stays when the page changes', async () => {
  const { products } = await ok(me.api.GET('/api/v1/catalogue'));
  assert.deepEqual(products[0]!.terms!.figures, [{ figure: 'expiry', clause: 'P1' }]);
  const first = await order('first');
  const of = await expiry(first);
  assert.deepEqual([of.layer, of.clause.id], ['order-page', 'P1']);

  const path = join(dir, 'lantian/catalogue.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace(page(9), ''));
  const { house } = world.server;
  await transact(house.db, (tx) => catalogueLoad(tx, systemCtx(house, 'lantian', 'test')));
  const second = await order('second');
  assert.deepEqual([(await expiry(second)).layer, (await expiry(first)).layer], ['agreement', 'order-page']);

  const { period_end } = await me.service(first);
  const days = (count: number) => addDays(new Date(period_end), count, ZONE);
  await world.advanceTo(days(5));
  await me.stayIn(days(5));
  assert.equal((await me.service(second)).state, 'deleted', 'three days of grace by the agreement');
  assert.equal((await me.service(first)).state, 'suspended');
  await world.advanceTo(days(10));
  await me.stayIn(days(10));
  assert.equal((await me.service(first)).state, 'deleted');
  const acts = await me.history(first);
  assert.ok(acts.some(({ action, clause }) => action === 'service.deleted' && clause?.id === 'P1'));
});

test('an order page that says what isn’t its to say, or names no clause of its own, is refused; brand diff tells what changes', async () => {
  const refused = async (text: string, why: RegExp) => {
    const folder = join(await withPage(text), 'lantian');
    assert.throws(() => readBrandFolder(folder), why);
  };
  await refused(page(9, '"5.3"'), /the order page has no clause 5\.3/);
  await refused(page(9).replace('expiry: {', 'contact: {'), /contact/);
  await refused(page(-1), /grace_days/);
  const of = async (text: string) => readBrandFolder(join(await withPage(text), 'lantian'));
  const lines = brandDiff(await of(page(9)), await of(page(7)));
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /Order page of nat-vps: expiry is .*"grace_days":7.* instead of .*"grace_days":9/);
  assert.match(brandDiff(await of(''), await of(page(7)))[0]!, /expiry is new/);
});
