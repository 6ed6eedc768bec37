import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hypervisor, InstanceSpec } from '#modules/compute/driver.ts';
import { specDigest } from '#modules/compute/spec.ts';
import { ensureImage } from '#server/local/image.ts';
import { type LocalHypervisor, removeLocalHypervisor, startLocalHypervisor } from '#server/local/lxd.ts';
import { lxdApi } from '#server/local/lxd-api.ts';
import { booted, eventually, inside } from './inside.ts';
import { driverFor, noHypervisor } from './local-lxd.ts';

const absent = await noHypervisor();
const deployment = 'crash';

// A daemon of its own, in a folder that others can't enter and with a long name: it's killed here again and again.
describe('a hypervisor daemon that is killed', () => {
  let parent: string;
  let dataDir: string;
  let local: LocalHypervisor;
  let hypervisor: Hypervisor;
  const check = (title: string, body: (t: TestContext) => Promise<void>) =>
    it(title, { timeout: 180_000 }, async (t) => {
      if (absent) return t.skip(absent);
      await body(t);
    });
  const start = async () => {
    local = await startLocalHypervisor({ dataDir, name: 'crash test', log: () => undefined });
    hypervisor = driverFor(local, deployment);
  };
  const kill = async () => {
    process.kill(local.pid, 'SIGKILL');
    await local.exited;
  };
  const specOf = (index: number): InstanceSpec => ({
    name: `crash-${index}`,
    deployment,
    serviceId: `service-${index}`,
    image: { alias: 'debian-12' },
    cpus: 1,
    memoryBytes: 256 * 2 ** 20,
    diskBytes: 2 ** 30,
    processes: 100,
    bandwidthBps: 100_000_000,
    address: local.gateway.replace(/1$/, String(100 + index)),
    ports: [
      { protocol: 'tcp', listenAddress: local.gateway, listenPort: local.portFrom + index, targetPort: 22 },
    ],
  });
  const power = async (spec: InstanceSpec) => (await hypervisor.observe(spec.name))[0]?.power;

  before(async () => {
    if (absent) return;
    parent = await mkdtemp(path.join(tmpdir(), 'cloudpact-crash-'));
    dataDir = path.join(
      parent,
      'a-data-directory-with-a-name-far-too-long-for-any-unix-socket-below-it'.repeat(2),
    );
    await start();
    await ensureImage({ socketPath: local.socketPath, log: () => undefined });
  });
  after(async () => {
    if (absent) return;
    await removeLocalHypervisor(local, dataDir);
    await rm(parent, { recursive: true, force: true });
  });

  check('F04 inside a create: one instance or none; the next create makes it whole', async () => {
    for (const [index, delayMs] of [5, 40, 80, 120, 160, 220].entries()) {
      const spec = specOf(index);
      const made = hypervisor.create(spec).then(
        () => 'made',
        (error) => (error as { kind: string }).kind,
      );
      await sleep(delayMs);
      await kill();
      const outcome = await made;
      assert.ok(outcome === 'made' || outcome === 'unreachable', outcome);
      await start();
      const observed = await hypervisor.observe(spec.name);
      assert.ok(observed.length <= 1);
      if (outcome === 'made') assert.equal(observed[0]?.specDigest, specDigest(spec));
      await hypervisor.create(spec);
      const [whole] = await hypervisor.observe();
      assert.equal(whole?.specDigest, specDigest(spec));
      await hypervisor.power(spec.name, 'start');
      assert.match(await inside(hypervisor, spec, 'cat', '/etc/debian_version'), /^12\./);
      await hypervisor.destroy(spec.name);
      assert.deepEqual(await hypervisor.observe(), []);
    }
  });

  check('F07 the daemon alone: instances go on without it, and are adopted', async () => {
    const spec = specOf(0);
    await hypervisor.create(spec);
    await hypervisor.power(spec.name, 'start');
    await booted(hypervisor, spec);
    const bootId = await inside(hypervisor, spec, 'cat', '/proc/1/stat');
    await kill();
    await start();
    assert.equal(await power(spec), 'running');
    assert.equal(
      (await inside(hypervisor, spec, 'cat', '/proc/1/stat')).split(' ')[21],
      bootId.split(' ')[21],
    );
  });

  check('F07 everything at once, as when the host loses power: what should run, runs', async () => {
    const [running, stopped] = [specOf(0), specOf(1)];
    await hypervisor.create(stopped);
    await inside(hypervisor, running, 'sh', '-c', 'echo kept > /root/file; sync');
    const { pid } = await lxdApi<{ pid: number }>(local.socketPath, `/1.0/instances/${running.name}/state`);
    const monitor = Number(/^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
    await kill();
    process.kill(monitor, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    await start();
    await eventually('it runs again', async () => (await power(running)) === 'running');
    assert.equal(await inside(hypervisor, running, 'cat', '/root/file'), 'kept\n');
    assert.equal(await power(stopped), 'stopped');
  });

  check('F07 stopped and started as by down and up: what ran runs, and the fence is there', async () => {
    const [running, stopped] = [specOf(0), specOf(1)];
    await booted(hypervisor, running);
    await local.stop();
    await assert.rejects(hypervisor.observe());
    await start();
    await eventually('it runs again', async () => (await power(running)) === 'running');
    assert.equal(await power(stopped), 'stopped');
    assert.equal(await inside(hypervisor, running, 'cat', '/root/file'), 'kept\n');
  });

  check('a second start adopts the first, and changes nothing', async () => {
    const first = local;
    await start();
    assert.equal(local.pid, first.pid);
    assert.deepEqual(
      [local.subnet, local.portFrom, local.network],
      [first.subnet, first.portFrom, first.network],
    );
  });
});
