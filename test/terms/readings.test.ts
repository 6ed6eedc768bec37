import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { acceptanceLatest, termsAccepted, termsCurrent } from '#modules/terms/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { beforeWorlds, testWorld } from '../support/world.ts';

/** What happens to a version of an agreement when its file changes: never less than was agreed. */

let world: World;
let path: string;
let original: string;

before(async () => {
  const brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-readings-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, '../../brands/lantian'), join(brandsDir, 'lantian'), {
    recursive: true,
  });
  path = join(brandsDir, 'lantian/terms.yaml');
  original = await readFile(path, 'utf8');
  // As it was published first: before the software knew what to do with some of its clauses.
  await write((text) => text.replace(/\n {2}(auto_renew|liability): .*/g, '').replace(', wechatpay', ''));
  world = await testWorld({ brandsDir });
});

async function write(edit: (text: string) => string): Promise<void> {
  assert.notEqual(edit(original), original, 'the edit changes something');
  await writeFile(path, edit(original));
}

test('more figures for the same text hold for all who accepted it, and nobody is asked again', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.acceptTerms();
  const { db } = world.server.house;
  const session = () => ok(customer.api.GET('/api/v1/auth/session'));
  const { id } = (await session()).customer;
  const first = (await acceptanceLatest(db, id))!;
  assert.throws(() => first.clauseOf('auto_renew'), RangeError);

  await writeFile(path, original);
  await world.reopen();
  const again = (await acceptanceLatest(world.server.house.db, id))!;
  assert.equal(again.acceptanceId, first.acceptanceId);
  assert.equal(again.clauseOf('auto_renew').clause, '5.2');
  assert.deepEqual(again.parameters.payment.channels, ['alipay', 'wechatpay']);
  assert.notEqual(again.version.sha256, first.version.sha256);
  const held = await termsAccepted(world.server.house.db, first.acceptanceId);
  assert.equal(held.version.id, again.version.id);
  assert.equal((await session()).terms.accepted, true);
});

test('[lantian 6.1] another text, a figure that reads otherwise or one that is gone needs a new date', async () => {
  const takes: ((text: string) => string)[] = [
    (text) => text.replace('grace_days: 3', 'grace_days: 2'),
    (text) => text.replace('grace_days: 3', 'grace_days: 4'),
    (text) => text.replace('days_before: [7, 3, 1]', 'days_before: [7, 3]'),
    (text) => text.replace(/\n {2}auto_renew: .*/, ''),
    (text) => text.replace('所有产品原则上不退款。', '所有产品不退款。'),
    (text) => text.replace('en: Lantian Cloud Terms of Service', 'en: Terms'),
  ];
  const current = () => termsCurrent(world.server.house.db, 'lantian', world.clock.now());
  const { sha256 } = await current();
  for (const take of takes) {
    await write(take);
    await assert.rejects(
      world.reopen(),
      /version 2025-07-19 was published with another text; give it a new date/,
    );
  }
  await writeFile(path, original);
  await world.reopen();
  assert.equal((await current()).sha256, sha256);

  await write((text) =>
    text.replace('version: "2025-07-19"', 'version: "2026-08-01"').replace('grace_days: 3', 'grace_days: 5'),
  );
  await world.reopen();
  assert.equal((await current()).sha256, sha256, 'not before the day that it is dated');
  await world.advanceTo(new Date('2026-07-31T16:00:00Z'));
  assert.equal((await current()).version, '2026-08-01');
});
