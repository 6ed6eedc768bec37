import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

test('a paid order becomes a machine, and the money is where it should be', async () => {
  const world = await testWorld();
  const customer = await readyCustomer(world, '20');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  const service = await customer.until(id, ({ state }) => state === 'active');
  assert.equal(service.instance?.power, 'running');
  assert.equal(service.instance?.simulated, true);
  assert.deepEqual(service.instance?.port_range, { from: 20_000, to: 20_009 });
  assert.equal(await customer.balance(), '10.10');
});
