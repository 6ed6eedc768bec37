import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { layerAdd, policyOf } from '#modules/terms/index.ts';
import { idOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

test('what an order page said holds for its service; a process that remembers policies forgets them as another one changes them', async () => {
  const world = await testWorld();
  const { house } = world.server;
  const customer = await readyCustomer(world, '20');
  const customerId = await idOf(customer);
  const service = await customer.order({ access: PASSWORD_ACCESS, hostname: 'web1' });
  const { acceptance_id } = await house.db
    .selectFrom('lifecycle_service')
    .select('acceptance_id')
    .where('id', '=', service)
    .executeTakeFirstOrThrow();
  const of = { customerId, serviceId: service, acceptanceId: acceptance_id };
  const now = () => world.clock.now();
  assert.equal(
    (await policyOf(house.db, of, now())).parameters.expiry?.grace_days,
    3,
    'remembered from here on',
  );
  const other = connect(house.config.databaseUrl, 1);
  await transact(other.db, (tx) =>
    layerAdd(tx, systemCtx(house, 'lantian', 'another process'), {
      ...{
        layer: 'order-page',
        customerId,
        serviceId: service,
        number: 'HT-9',
        sha256: '0'.repeat(64),
      },
      title: { zh: '合同', en: 'Contract' },
      parameters: { expiry: { clause: '1', suspend: 'at-once', grace_days: 7 } },
      clauses: [{ id: '1', text: '七天' }],
      fromAt: now(),
      toAt: null,
    }),
  );
  await other.close();
  // The word comes by a connection of its own, right after the commit.
  for (let tries = 0; (await policyOf(house.db, of, now())).parameters.expiry?.grace_days !== 7; tries++) {
    assert.ok(tries < 200, 'forgotten');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
