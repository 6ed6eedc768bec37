import { statfs } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { raiseFirewall, removeFirewall } from './firewall.ts';
import { prepareLxcfs, writeTemplates } from './lxcfs.ts';
import { lxdApi, lxdFind } from './lxd-api.ts';
import { type Daemon, runDaemon } from './lxd-daemon.ts';
import {
  type Flavour,
  FlavourError,
  type FlavourName,
  installedFlavour,
  programPath,
  wantedFlavour,
} from './lxd-flavour.ts';
import { claimLayout, type Layout, releaseLayout } from './lxd-layout.ts';
import { canPolice, raiseKernelLimits } from './lxd-machine.ts';
import { mustRun, program } from './program.ts';

export {
  type Check,
  hypervisorPrerequisites,
  installHypervisorPackages,
  installPackages,
} from './lxd-prerequisites.ts';

export interface LocalHypervisorOptions {
  dataDir: string;
  /** For messages. */
  name: string;
  log: (line: string) => void;
}

export interface LocalHypervisor {
  product: FlavourName;
  socketPath: string;
  pool: string;
  network: string;
  /** For instances, e.g. "10.91.7.0/24"; the gateway is its first address. */
  subnet: string;
  gateway: string;
  /** Where mapped ports are reached: the node's address towards the internet, or the gateway without one. */
  publicAddress: string;
  /** Ports that mappings may have, both included; no other data directory of the machine has them. */
  portFrom: number;
  portTo: number;
  /** False when the kernel can't limit what an instance sends; for the driver's configuration. */
  limitEgress: boolean;
  /** Why instances see the machine's memory and processors in place of their own; null when they see their own. */
  withoutLxcfs: string | null;
  pid: number;
  /** When the daemon ends, by whomever: its code, or null when that isn't known. */
  exited: Promise<number | null>;
  /** Stops the instances cleanly and the daemon after them; at the next start those that ran run again. */
  stop(): Promise<void>;
}

const pool = 'default';
const GiB = 1024 ** 3;

/**
 * The hypervisor of a data directory: starts its daemon or adopts the one that runs, with storage, network and
 * firewall as they should be. A second call changes nothing and takes well under a second.
 */
export async function startLocalHypervisor({
  dataDir,
  name,
  log,
}: LocalHypervisorOptions): Promise<LocalHypervisor> {
  const { layout, flavour } = await settle(dataDir);
  await raiseKernelLimits(log);
  const withoutLxcfs = await prepareLxcfs();
  if (withoutLxcfs !== null) log(`WITHOUT lxcfs, as ${withoutLxcfs}`);
  await writeTemplates(layout.directory, withoutLxcfs);
  // Before the daemon, which starts the instances: none of them may run a moment without the fence.
  await raiseFirewall(layout);
  const daemon = await runDaemon(flavour, layout.directory, log);
  try {
    await ensurePool(daemon, layout);
    await ensureNetwork(daemon, layout);
    await raiseFirewall(layout);
  } catch (error) {
    if (daemon.started) await daemon.stop();
    throw error;
  }
  const limitEgress = await canPolice();
  if (!limitEgress)
    log("this kernel can't police traffic: what instances send isn't limited, what they receive is");
  log(
    `${name}: ${flavour.name} (process ${daemon.pid}) ${daemon.started ? 'started' : 'was running'}, ${layout.subnet}`,
  );
  return {
    product: flavour.name,
    socketPath: daemon.socketPath,
    pool,
    network: layout.bridge,
    subnet: layout.subnet,
    gateway: layout.gateway,
    publicAddress: (await outwardAddress()) ?? layout.gateway,
    portFrom: layout.portFrom,
    portTo: layout.portTo,
    limitEgress,
    withoutLxcfs,
    pid: daemon.pid,
    exited: daemon.exited,
    stop: async () => {
      await daemon.stop();
      await removeFirewall(layout.bridge);
    },
  };
}

/** Where a data directory's hypervisor lives and whose it is. */
async function settle(dataDir: string): Promise<{ layout: Layout; flavour: Flavour }> {
  const wanted = wantedFlavour();
  const first = installedFlavour();
  if (!first)
    throw new FlavourError(
      `${wanted ? `${wanted} isn't` : 'neither LXD nor Incus is'} installed; see \`./cloudpact doctor\``,
    );
  const layout = await claimLayout(dataDir, first.name);
  if (wanted !== null && layout.flavour !== wanted)
    throw new FlavourError(
      `the machines of ${dataDir} are ${layout.flavour}'s, and CLOUDPACT_HYPERVISOR is ${wanted}`,
    );
  const flavour = installedFlavour(layout.flavour);
  if (!flavour)
    throw new FlavourError(`the machines of ${dataDir} are ${layout.flavour}'s, which isn't installed`);
  return { layout, flavour };
}

async function ensurePool({ socketPath }: Daemon, layout: Layout): Promise<void> {
  // Our image is made here; and a daemon must not go looking for newer ones by itself.
  await lxdApi(socketPath, '/1.0', {
    method: 'PATCH',
    body: { config: { 'images.auto_update_interval': '0' } },
  });
  if (await lxdFind(socketPath, `/1.0/storage-pools/${pool}`)) return;
  const { bavail, bsize } = await statfs(layout.directory);
  const free = bavail * bsize;
  if (free < 4 * GiB)
    throw new Error(`only ${(free / GiB).toFixed(1)} GiB free below ${layout.dataDir}; instances need 4`);
  // The file is sparse: it takes what is really written. A third of the disk stays for the rest.
  const size = Math.floor(Math.min(200, Math.max(3, ((free / GiB) * 2) / 3)));
  const body = { name: pool, driver: 'btrfs', config: { size: `${size}GiB` } };
  await lxdApi(socketPath, '/1.0/storage-pools', { method: 'POST', body, timeoutMs: 120_000 });
}

async function ensureNetwork({ socketPath }: Daemon, layout: Layout): Promise<void> {
  const found = await lxdFind<{ managed: boolean }>(socketPath, `/1.0/networks/${layout.bridge}`);
  if (found?.managed) return;
  // A bridge of that name that this daemon doesn't know was left by another that had the same data directory.
  if (found)
    await mustRun('ip', ['link', 'delete', layout.bridge], { env: { ...process.env, PATH: programPath } });
  const config = {
    'ipv4.address': `${layout.gateway}/24`,
    'ipv4.nat': 'true',
    'ipv6.address': 'none',
    // Else each tenant could ask for the others' names.
    'dns.mode': 'none',
  };
  const body = { name: layout.bridge, type: 'bridge', config };
  await lxdApi(socketPath, '/1.0/networks', { method: 'POST', body, timeoutMs: 60_000 });
}

/** Source address of the default route; only asks the routing table. */
async function outwardAddress(): Promise<string | null> {
  const { code, stdout } = await program('ip', ['-j', '-4', 'route', 'show', 'default']);
  if (code !== 0) return null;
  const [route] = JSON.parse(stdout || '[]') as { dev?: string; prefsrc?: string }[];
  if (route?.prefsrc) return route.prefsrc;
  const addresses = networkInterfaces()[route?.dev ?? ''] ?? [];
  return addresses.find((one) => one.family === 'IPv4' && !one.internal)?.address ?? null;
}

/** All instances of a hypervisor go, whoever made them: for one that only throw-away worlds use. */
export async function removeInstances({ socketPath }: LocalHypervisor): Promise<void> {
  const instances = await lxdApi<string[]>(socketPath, '/1.0/instances');
  for (const path of instances) {
    const state = await lxdApi<{ status: string }>(socketPath, path);
    if (state.status !== 'Stopped')
      await lxdApi(socketPath, `${path}/state`, { method: 'PUT', body: { action: 'stop', force: true } });
    await lxdApi(socketPath, path, { method: 'DELETE' });
  }
}

/** Everything of a data directory's hypervisor goes: instances, disks, network, claims. For tests and purges. */
export async function removeLocalHypervisor(hypervisor: LocalHypervisor, dataDir: string): Promise<void> {
  const { socketPath } = hypervisor;
  await removeInstances(hypervisor);
  for (const path of await lxdApi<string[]>(socketPath, '/1.0/images'))
    await lxdApi(socketPath, path, { method: 'DELETE' });
  await lxdApi(socketPath, `/1.0/networks/${hypervisor.network}`, { method: 'DELETE' });
  await lxdApi(socketPath, `/1.0/storage-pools/${hypervisor.pool}`, { method: 'DELETE' });
  await hypervisor.stop();
  await releaseLayout(await claimLayout(dataDir, hypervisor.product));
}
