/**
 * For a mount namespace of its own, which `lxcfs.test.ts` gives it: puts a hook that fails in the place of lxcfs's,
 * for this process and what it starts alone, brings up a whole hypervisor and runs a machine on it.
 * Prints what came of it as JSON.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureImage } from '#server/local/image.ts';
import { lastWithoutLxcfs } from '#server/local/lxcfs.ts';
import { removeLocalHypervisor, startLocalHypervisor } from '#server/local/lxd.ts';
import { mustRun } from '#server/local/program.ts';
import { boot, inside } from '../inside.ts';
import { driverFor } from '../local-lxd.ts';

const hook = '/usr/share/lxcfs/lxc.mount.hook';
const dataDir = await mkdtemp(path.join(tmpdir(), 'cloudpact-lxcfs-fails-'));
const logged: string[] = [];
try {
  const failing = path.join(dataDir, 'hook');
  await writeFile(failing, '#!/bin/sh\necho "mount: planted" >&2\nexit 32\n', { mode: 0o755 });
  await mustRun('mount', ['--bind', failing, hook]);
  const local = await startLocalHypervisor({ dataDir, name: 'planted', log: (line) => logged.push(line) });
  try {
    await ensureImage({ socketPath: local.socketPath, log: () => undefined });
    const hypervisor = driverFor(local, 'planted');
    const spec = {
      name: 'planted-0',
      deployment: 'planted',
      serviceId: 'service',
      image: { alias: 'debian-12' },
      cpus: 1,
      memoryBytes: 256 * 2 ** 20,
      diskBytes: 2 ** 30,
      processes: 100,
      bandwidthBps: 10_000_000,
      address: local.gateway.replace(/1$/, '10'),
      ports: [],
    };
    await boot(hypervisor, spec);
    const seen = await inside(hypervisor, spec, 'sh', '-c', "free -b | awk '/^Mem/ {print $2}'");
    const mounts = await inside(hypervisor, spec, 'cat', '/proc/self/mounts');
    const result = {
      logged,
      reason: local.withoutLxcfs,
      kept: await lastWithoutLxcfs(dataDir),
      memoryBytes: Number(seen),
      limit: spec.memoryBytes,
      lxcfsMounts: mounts.split('\n').filter((line) => line.startsWith('lxcfs ')).length,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } finally {
    await removeLocalHypervisor(local, dataDir);
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
