import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { type FlavourName, findProgram, installedFlavour, wantedFlavour } from './lxd-flavour.ts';
import { mustRun, program } from './program.ts';

export interface Check {
  name: string;
  found: boolean;
  detail: string;
  remedy: string;
}

/** Program to look for and the Debian package that has it. */
const programs: { name: string; program: string; package: string }[] = [
  { name: 'btrfs tools', program: 'mkfs.btrfs', package: 'btrfs-progs' },
  { name: 'dnsmasq', program: 'dnsmasq', package: 'dnsmasq-base' },
  { name: 'nftables', program: 'nft', package: 'nftables' },
  { name: 'conntrack', program: 'conntrack', package: 'conntrack' },
  { name: 'ip and tc', program: 'ip', package: 'iproute2' },
  { name: 'lxcfs', program: 'lxcfs', package: 'lxcfs' },
  { name: 'debootstrap', program: 'debootstrap', package: 'debootstrap' },
  { name: 'tar', program: 'tar', package: 'tar' },
];
const keyring = { file: '/usr/share/keyrings/debian-archive-keyring.gpg', package: 'debian-archive-keyring' };

/** All that a hypervisor of our own needs of this machine; each must be found. */
export async function hypervisorPrerequisites(): Promise<Check[]> {
  const flavour = installedFlavour();
  const wanted = wantedFlavour();
  return [
    check('Linux', process.platform === 'linux', process.platform, 'containers need Linux'),
    check('root', process.getuid?.() === 0, `user id ${process.getuid?.() ?? '?'}`, 'start it as root'),
    check(
      wanted === null ? 'LXD or Incus' : `${wanted} (of CLOUDPACT_HYPERVISOR)`,
      flavour !== null,
      flavour?.name ?? 'not installed',
      wanted === null
        ? 'apt-get install lxd, or incus-base where there is no lxd'
        : `apt-get install ${daemonPackages[wanted].join(' or ')}`,
    ),
    ...programs.map((one) => {
      const file = findProgram(one.program);
      return check(one.name, file !== null, file ?? 'not installed', `apt-get install ${one.package}`);
    }),
    check(
      'Debian archive keys',
      existsSync(keyring.file),
      keyring.file,
      `apt-get install ${keyring.package}`,
    ),
    await fileSystem('btrfs'),
    check('loop devices', existsSync('/dev/loop-control'), '/dev/loop-control', 'modprobe loop'),
    check('FUSE', existsSync('/dev/fuse'), '/dev/fuse', 'modprobe fuse'),
    await controlGroups(),
    check(
      'user namespaces',
      existsSync('/proc/self/ns/user'),
      '/proc/self/ns/user',
      'a kernel with CONFIG_USER_NS',
    ),
    await userIds(),
  ];
}

function check(name: string, found: boolean, detail: string, remedy: string): Check {
  return { name, found, detail, remedy };
}

async function fileSystem(name: string): Promise<Check> {
  const known = async () =>
    (await readFile('/proc/filesystems', 'utf8').catch(() => '')).includes(`\t${name}\n`);
  let found = await known();
  if (!found && process.getuid?.() === 0 && findProgram('modprobe')) {
    await program('modprobe', [name]);
    found = await known();
  }
  return check(
    `${name} in the kernel`,
    found,
    found ? '/proc/filesystems' : 'the kernel lacks it',
    `modprobe ${name}`,
  );
}

async function controlGroups(): Promise<Check> {
  const cgroup2 = 0x63677270;
  const folder = '/sys/fs/cgroup';
  const kind = await statfs(folder).then(
    ({ type }) => type,
    () => null,
  );
  const unified = kind === cgroup2;
  const found = unified || existsSync(`${folder}/memory`);
  const detail = unified
    ? 'version 2'
    : found
      ? 'version 1 (memory, pids, cpu by controller)'
      : 'not mounted';
  return check('control groups', found, detail, 'mount -t cgroup2 cgroup2 /sys/fs/cgroup');
}

async function userIds(): Promise<Check> {
  const text = await readFile('/etc/subuid', 'utf8').catch(() => '');
  const line = text.split('\n').find((one) => /^root:\d+:\d+$/.test(one));
  const count = Number(line?.split(':')[2] ?? 0);
  // Each container has 65,536 of its own.
  const enough = count >= 65_536;
  const detail = line
    ? `${line}: room for ${Math.floor(count / 65_536)} containers`
    : 'no range for root in /etc/subuid';
  return check(
    'user ids for containers',
    enough,
    detail,
    'add a line root:1000000:1000000000 to /etc/subuid and /etc/subgid',
  );
}

/** Installs what is missing from Debian's or Ubuntu's archive. Throws with apt's words when it can't. */
export async function installHypervisorPackages(log: (line: string) => void): Promise<void> {
  const missing = programs.filter((one) => !findProgram(one.program)).map((one) => one.package);
  if (!existsSync(keyring.file)) missing.push(keyring.package);
  const wantsDaemon = installedFlavour() === null;
  if (missing.length === 0 && !wantsDaemon) return;
  log('apt-get update');
  await apt(['update'], log);
  if (wantsDaemon) missing.push(await daemonPackage());
  const packages = [...new Set(missing)];
  log(`apt-get install ${packages.join(' ')}`);
  await apt(['install', '--no-install-recommends', ...packages], log);
}

/** By preference; Debian's `incus` brings QEMU along, which containers don't need. */
const daemonPackages: Record<FlavourName, string[]> = { lxd: ['lxd'], incus: ['incus-base', 'incus'] };

/** LXD is what all is tested on at each change, so it comes first where it isn't said otherwise. */
async function daemonPackage(): Promise<string> {
  const wanted = wantedFlavour();
  const names = wanted === null ? [...daemonPackages.lxd, ...daemonPackages.incus] : daemonPackages[wanted];
  for (const name of names) {
    const { stdout } = await program('apt-cache', ['policy', name]);
    const candidate = /^ {2}Candidate: (\S+)$/m.exec(stdout)?.[1] ?? '(none)';
    // Ubuntu's `lxd` package only fetches a snap.
    if (candidate !== '(none)' && !/snap/.test(candidate)) return name;
  }
  throw new Error(`${names.join(', ')}: none is in the archives that apt is set to`);
}

/** By name from the archives that apt is set to. Throws with apt's words when it can't. */
export async function installPackages(names: string[], log: (line: string) => void): Promise<void> {
  log(`apt-get install ${names.join(' ')}`);
  await apt(['update'], log);
  await apt(['install', '--no-install-recommends', ...names], log);
}

async function apt(args: string[], log: (line: string) => void): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const onLine = (line: string) => {
    if (/^(Setting up|E:|W:)/.test(line)) log(line);
  };
  await mustRun('apt-get', ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, onLine });
}
