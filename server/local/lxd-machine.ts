import { readFile, writeFile } from 'node:fs/promises';
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
