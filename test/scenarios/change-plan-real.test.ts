import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '#kernel/clock.ts';
import { ok } from '#server/client.ts';
import { openRealNode } from '#server/story/real-node.ts';
import { eventually } from '../contracts/inside.ts';
import { noHypervisor } from '../contracts/local-lxd.ts';
import { beforeWorlds, PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** A running machine of the real hypervisor gets its new limits without a restart. */
test('a larger plan: the running machine sees more processors and memory at once, and goes on running', {
  timeout: 300_000,
}, async (t) => {
  const absent = await noHypervisor();
  if (absent) return t.skip(absent);
  const real = await openRealNode(join(tmpdir(), 'cloudpact-test', 'change-plan'), () => undefined);
  beforeWorlds(() => real.stop());
  const world = await testWorld({ ticking: true, start: systemClock.now(), nodes: [real.node] });
  const customer = await readyCustomer(world, '100');
  const id = await customer.order({ access: PASSWORD_ACCESS, plan: 'nat-m' });
  await customer.until(id, ({ state }) => state === 'active', 240);
  const { db, ports } = world.server.house;
  const { name } = await db
    .selectFrom('compute_instance')
    .select('name')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const hypervisor = ports.hypervisors(real.node.name);
  const sees = async () => {
    // Processors, bytes of memory that its control group gives it, and when it was booted.
    const script = "nproc; grep MemTotal /proc/meminfo | tr -dc '0-9\\n'; cut -d' ' -f22 /proc/1/stat";
    const { code, stdout, stderr } = await hypervisor.exec(name, ['sh', '-c', script]);
    assert.equal(code, 0, stderr);
    const [cpus, memory, booted] = stdout.trim().split('\n').map(Number);
    return { cpus, memory, booted };
  };
  const before = await sees();
  await ok(
    customer.api.POST('/api/v1/services/{id}/changes', {
      params: { path: { id } },
      body: { plan: 'nat-l' } as never,
    }),
  );
  await world.drain();
  // The daemon hands processors out anew a moment after it has taken the limit.
  await eventually('it has two processors', async () => (await sees()).cpus === 2);
  const after = await sees();
  assert.equal(after.booted, before.booted, 'it was not started anew');
  assert.deepEqual([before.cpus, after.cpus], [1, 2]);
  assert.deepEqual([before.memory, after.memory], [1_048_576, 2_097_152]);
  assert.equal((await customer.service(id)).instance?.trouble, false);
});
