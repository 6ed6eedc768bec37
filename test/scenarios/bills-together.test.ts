import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { asSystem } from '#kernel/house.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

test('[yunfuwuqi S3.2] bills that two workers issue to one customer at one moment stay within the credit together', async () => {
  const world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
  const { house } = world.server;
  const brand = house.brands.get('yunfuwuqi');
  const site = house.brands.url(brand, world.url);
  const me = new StoryCustomer(site);
  await me.getReady('50');
  const { id: customerId } = (await ok(me.api.GET('/api/v1/auth/session'))).customer;
  const staff = await staffMember(world, 'credit', site);
  await ok(
    staff.PUT('/api/v1/staff/customers/{id}/credit', {
      params: { path: { id: customerId } },
      body: { limit: '30', reason: '老客户' },
    }),
  );
  const services: string[] = [];
  for (let place = 0; place < 2; place++) {
    const id = await me.order({ plan: 'cs-1', region: 'sg', access: PASSWORD_ACCESS });
    await me.until(id, ({ state }) => state === 'active');
    await ok(
      me.api.PUT('/api/v1/services/{id}/bill-renewal', { params: { path: { id } }, body: { months: 1 } }),
    );
    services.push(id);
  }
  world.clock.moveTo(addDays(world.clock.now(), 21, brand.zone));

  const issued = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const billed = (id: string, then?: Promise<void>) =>
    asSystem(house, brand.id, 'test', async (tx, ctx) => {
      const query = tx.selectFrom('lifecycle_service').selectAll().where('id', '=', id).forUpdate();
      await ctx.bus.emit(tx, ctx, 'service.bill-due', { service: await query.executeTakeFirstOrThrow() });
      issued.resolve();
      await then;
    });
  const first = billed(services[0]!, go.promise);
  await issued.promise;
  let over = false;
  const second = billed(services[1]!).finally(() => {
    over = true;
  });
  // It waits for the first, or has gone past it.
  while (!over && !(await someoneWaits())) await sleep(20);
  go.resolve();
  await Promise.all([first, second]);

  const { items } = await ok(me.api.GET('/api/v1/bills'));
  assert.deepEqual(
    items.map(({ amount }) => amount),
    ['25.00'],
    'two would be above the credit',
  );

  async function someoneWaits(): Promise<boolean> {
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from pg_locks where not granted`.execute(
      house.db,
    );
    return rows[0]!.n > 0n;
  }
});
