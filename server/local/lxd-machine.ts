import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from './lxd-flavour.ts';
import { program } from './program.ts';

/** Kernel settings for many containers on one kernel: [name, least value]. */
const kernelFloors: [string, number][] = [
  ['net/ipv4/ip_forward', 1],
  ['fs/inotify/max_queued_events', 65_536],
  ['fs/inotify/max_user_instances', 8_192],
  ['fs/inotify/max_user_watches', 1_048_576],
  ['kernel/keys/maxkeys', 2_000],
  ['kernel/keys/maxbytes', 2_000_000],
  // The kernel's log, which a container's root could read, tells of the node and of the others on it.
  ['kernel/dmesg_restrict', 1],
  ['net/ipv4/neigh/default/gc_thresh1', 1_024],
  ['net/ipv4/neigh/default/gc_thresh2', 4_096],
  ['net/ipv4/neigh/default/gc_thresh3', 8_192],
];

/** Raises what is below; never lowers. Where that isn't allowed, it's said, and things work for fewer. */
export async function raiseKernelLimits(log: (line: string) => void): Promise<void> {
  for (const [name, floor] of kernelFloors) {
    const file = `/proc/sys/${name}`;
    try {
      if (Number(await readFile(file, 'utf8')) < floor) await writeFile(file, String(floor));
    } catch (error) {
      log(`kernel setting ${name} could not be raised to ${floor}: ${(error as Error).message}`);
    }
  }
}

const lxcfsMount = '/var/lib/lxcfs';

/**
 * Mounts lxcfs, which shows a container its own memory and processors in place of the machine's. It serves all
 * hypervisors of the machine, and reloading it breaks /proc of running containers (incus#330): it's never stopped.
 */
export async function mountLxcfs(log: (line: string) => void): Promise<void> {
  if (await isMounted(lxcfsMount)) return;
  await mkdir(lxcfsMount, { recursive: true });
  const output = openSync('/dev/null', 'w');
  const env = { ...process.env, PATH: programPath };
  const child = spawn('lxcfs', [lxcfsMount], { detached: true, stdio: ['ignore', output, output], env });
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`it ended with ${code}`));
  });
  child.unref();
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isMounted(lxcfsMount)) return;
    const why = await Promise.race([failed, sleep(50).then(() => null)]);
    if (why !== null) {
      log(
        `lxcfs could not be mounted (${why}): containers will see the machine's memory and processors as theirs`,
      );
      return;
    }
  }
  log('lxcfs did not come up: containers will see the machine’s memory and processors as theirs');
}

async function isMounted(folder: string): Promise<boolean> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  if (!mounts.split('\n').some((line) => line.split(' ')[1] === folder)) return false;
  // A dead FUSE server leaves the mount behind, and every access fails.
  return await stat(`${folder}/proc`).then(
    () => true,
    async () => {
      await program('umount', ['-l', folder]);
      return false;
    },
  );
}

/** True when the kernel can police what enters an interface, which a limit on a tenant's sending needs. */
export async function canPolice(): Promise<boolean> {
  const name = `cpt${process.pid}`;
  const run = async (command: string, args: string[]) =>
    (await program(command, args, { env: { ...process.env, PATH: programPath } })).code === 0;
  if (!(await run('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}p`]))) return false;
  try {
    if (!(await run('tc', ['qdisc', 'add', 'dev', name, 'handle', 'ffff:0', 'ingress']))) return false;
    const police = ['police', 'rate', '1mbit', 'burst', '64k', 'mtu', '64kb', 'drop'];
    return await run('tc', [
      'filter',
      'add',
      'dev',
      name,
      'parent',
      'ffff:0',
      'protocol',
      'all',
      'u32',
      'match',
      'u32',
      '0',
      '0',
      ...police,
    ]);
  } finally {
    await run('ip', ['link', 'del', name]);
  }
}
