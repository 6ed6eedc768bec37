import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lxdApi } from './lxd-api.ts';
import type { FlavourName } from './lxd-flavour.ts';
import { program } from './program.ts';
import { lock } from './supervise-lock.ts';

/** What one data directory's hypervisor has of the machine. Chosen once, then kept. */
export interface Layout {
  dataDir: string;
  /** Whose files are in the directory: neither daemon can go on with the other's. */
  flavour: FlavourName;
  /** LXD_DIR or INCUS_DIR. */
  directory: string;
  bridge: string;
  subnet: string;
  gateway: string;
  portFrom: number;
  portTo: number;
}

const machineFolder = '/var/lib/cloudpact';
/** Who on this machine has which subnet and ports, so that two data directories get along. */
const claimsFolder = path.join(machineFolder, 'claims');
const awayFolder = path.join(machineFolder, 'lxd');
/** sun_path is 108 bytes with its end; "/seccomp.socket" is the longest name in the daemon's directory. */
const longestDirectory = 107 - '/seccomp.socket'.length;
const firstPort = 10_000;
/** From here on the kernel hands out ports to the machine's own outgoing connections. */
const lastPort = 32_767;
const portsEach = 2_000;

/** What data directories of this machine share. Containers come to their root through it, as unprivileged users. */
export async function openMachineFolder(): Promise<string> {
  await mkdir(machineFolder, { recursive: true, mode: 0o755 });
  const { mode } = await stat(machineFolder);
  if ((mode & 0o111) !== 0o111) await chmod(machineFolder, (mode & 0o7777) | 0o111);
  return machineFolder;
}

/** @param flavour the one to begin with; a data directory that has begun stays with its own. */
export async function claimLayout(dataDir: string, flavour: FlavourName): Promise<Layout> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const real = await realpath(dataDir);
  const id = createHash('sha256').update(real).digest('hex').slice(0, 8);
  const file = path.join(claimsFolder, `${id}.json`);
  await openMachineFolder();
  await mkdir(claimsFolder, { recursive: true, mode: 0o700 });
  const held = await lock(path.join(claimsFolder, 'lock'));
  try {
    const others = await readClaims(file);
    const mine = others.get(file);
    const place = mine ?? (await choose(real, id, [...others.values()]));
    const directory = await daemonDirectory(real, id);
    const begun = existsSync(path.join(directory, 'database'));
    const layout = { ...place, directory, flavour: begun ? (mine?.flavour ?? flavour) : flavour };
    if (layout.flavour !== mine?.flavour) await writeWhole(file, JSON.stringify(layout));
    return layout;
  } finally {
    held.release();
  }
}

/** Gives the subnet and ports back and removes the daemon's directory; for data directories that are done with. */
export async function releaseLayout(layout: Layout): Promise<void> {
  await removeDirectory(layout.directory);
  await rm(path.join(layout.dataDir, 'lxd'), { recursive: true, force: true });
  await rm(path.join(claimsFolder, `${layout.bridge.slice(2)}.json`), { force: true });
}

/**
 * A data directory that is missing may be on a disk that isn't mounted just now, and keeps its claim. Only one that
 * was in the folder for temporary files is gone for good.
 */
async function readClaims(own: string): Promise<Map<string, Layout>> {
  const claims = new Map<string, Layout>();
  for (const name of await readdir(claimsFolder)) {
    if (!name.endsWith('.json')) continue;
    const file = path.join(claimsFolder, name);
    const claim = JSON.parse(await readFile(file, 'utf8')) as Layout;
    const temporary = claim.dataDir.startsWith(`${await realpath(tmpdir())}${path.sep}`);
    if (file === own || isPresent(claim) || !temporary) claims.set(file, claim);
    else if (await removeDirectory(path.join(awayFolder, path.basename(name, '.json'))))
      await rm(file, { force: true });
  }
  return claims;
}

function isPresent(claim: Layout): boolean {
  return existsSync(path.join(claim.dataDir, 'lxd'));
}

/** False when a daemon still runs in it, or something of it is in use: it stays. */
async function removeDirectory(directory: string): Promise<boolean> {
  const answers = await lxdApi(path.join(directory, 'unix.socket'), '/1.0', { timeoutMs: 2_000 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED',
  );
  if (answers) return false;
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((one) => one.startsWith(`${directory}/`)).reverse()) {
    if ((await program('umount', [mount])).code !== 0) return false;
  }
  await rm(directory, { recursive: true, force: true });
  return true;
}

async function choose(
  dataDir: string,
  id: string,
  others: Layout[],
): Promise<Omit<Layout, 'directory' | 'flavour'>> {
  const seed = Number.parseInt(id.slice(0, 6), 16);
  const blocks = Math.floor((lastPort + 1 - firstPort) / portsEach);
  const unclaimedBy = (claims: Layout[]) => (block: number) =>
    claims.every((one) => one.portFrom !== firstPort + block * portsEach);
  const portBlock =
    firstFree(seed % blocks, blocks, unclaimedBy(others)) ??
    firstFree(seed % blocks, blocks, unclaimedBy(others.filter(isPresent)));
  if (portBlock === null)
    throw new Error(`${blocks} data directories on this machine have all ports up to ${lastPort}`);
  const routes = await routedNetworks();
  // 10.64.0.0 to 10.191.255.0: away from the ends, where other software likes to be.
  const subnets = 128 * 256;
  const free = firstFree(seed % subnets, subnets, (index) => {
    const prefix = subnetPrefix(index);
    return (
      others.every((one) => one.subnet !== `${prefix}.0/24`) &&
      !routes.some((route) => overlaps(route, prefix))
    );
  });
  if (free === null) throw new Error('no free subnet from 10.64.0.0 to 10.191.255.0');
  const prefix = subnetPrefix(free);
  const portFrom = firstPort + portBlock * portsEach;
  return {
    dataDir,
    bridge: `cp${id}`,
    subnet: `${prefix}.0/24`,
    gateway: `${prefix}.1`,
    portFrom,
    portTo: portFrom + portsEach - 1,
  };
}

function firstFree(start: number, count: number, isFree: (index: number) => boolean): number | null {
  for (let step = 0; step < count; step += 1) {
    const index = (start + step) % count;
    if (isFree(index)) return index;
  }
  return null;
}

function subnetPrefix(index: number): string {
  return `10.${64 + Math.floor(index / 256)}.${index % 256}`;
}

async function routedNetworks(): Promise<string[]> {
  const { code, stdout } = await program('ip', ['-j', '-4', 'route', 'show', 'table', 'all']);
  if (code !== 0) return [];
  const routes = JSON.parse(stdout || '[]') as { dst?: string }[];
  return routes.map((route) => route.dst ?? '').filter((destination) => /^\d/.test(destination));
}

function overlaps(route: string, prefix: string): boolean {
  const [network = '', bits = '32'] = route.split('/');
  const shared = Math.min(24, Number(bits));
  return shared > 0 && toNumber(network) >>> (32 - shared) === toNumber(`${prefix}.0`) >>> (32 - shared);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);
}

/**
 * The daemon's directory is <data>/lxd, unless its sockets' names would get too long there, or a folder above
 * can't be entered by others: containers come to their root through it, as unprivileged users. Then it's in
 * /var/lib/cloudpact, and <data>/lxd leads there.
 */
async function daemonDirectory(dataDir: string, id: string): Promise<string> {
  const inside = path.join(dataDir, 'lxd');
  const elsewhere = path.join(awayFolder, id);
  const present = await lstat(inside).catch(() => null);
  if (present?.isSymbolicLink()) {
    await mkdir(elsewhere, { recursive: true, mode: 0o711 });
    return elsewhere;
  }
  if (present || (inside.length <= longestDirectory && (await canBeEntered(dataDir)))) {
    await mkdir(inside, { recursive: true, mode: 0o711 });
    return inside;
  }
  await mkdir(elsewhere, { recursive: true, mode: 0o711 });
  await symlink(elsewhere, inside);
  return elsewhere;
}

async function canBeEntered(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === '/') return true;
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}
