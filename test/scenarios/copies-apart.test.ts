import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customerRead } from '#modules/identity/index.ts';
import { dataOf } from '#modules/privacy/data-read.ts';
import { personOf } from '#modules/privacy/person.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { idOf } from '../support/money.ts';
import { testWorld } from '../support/world.ts';

const EMAIL = 'both@example.com';

test('[yunfuwuqi P5] a copy of one’s data tells nothing of the same mailbox’s account with another brand', async () => {
  const world = await testWorld();
  const { house } = world.server;
  const { brands, db, sealer } = house;
  const copies = new Map<string, number>();
  for (const brand of ['lantian', 'asiayun']) {
    const customer = new StoryCustomer(brands.url(brands.get(brand), world.url), { email: EMAIL });
    await customer.signUp();
    await world.drain();
    const customerId = await idOf(customer);
    const { user_id: userId } = await customerRead(db, customerId);
    const person = await personOf(db, sealer, { userId, customerId });
    const shown = await dataOf(db, sealer, person, { limit: 1_000 });
    copies.set(brand, shown.find(({ table }) => table === 'notify_notice')!.rows.length);
  }
  const sent = await db
    .selectFrom('notify_notice')
    .select((e) => ['brand', e.fn.countAll<bigint>().as('n')])
    .where('address', '=', EMAIL)
    .groupBy('brand')
    .execute();
  assert.deepEqual(copies, new Map(sent.map(({ brand, n }) => [brand, Number(n)])));
  assert.equal(copies.size, 2);
});
