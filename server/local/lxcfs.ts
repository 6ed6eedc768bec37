import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from './lxd-flavour.ts';
import { openMachineFolder } from './lxd-layout.ts';
import { program } from './program.ts';
import { lock } from './supervise-lock.ts';

const mountPoint = '/var/lib/lxcfs';
/** Where packages put settings for all containers; among them is lxcfs's, with the hook that each start runs. */
const shippedSnippets = '/usr/share/lxc/config/common.conf.d';
const lxcfsSnippet = /\blxcfs\b/;
const hookSetting = /^lxc\.hook\.mount\s*=\s*(\S+)\s*$/m;
const hookTimeoutMs = 10_000;

/**
 * Mounts lxcfs, which shows a container its own memory and processors in place of the machine's, and tries whether a
 * container can start with it: where its hook fails, none does. Since lxcfs 6 that is so wherever it may not read
 * `/proc/1/personality` (lxc/lxcfs#639), with kernel.yama.ptrace_scope=3 for one.
 *
 * It serves all hypervisors of the machine, and reloading it breaks /proc of running containers (incus#330): it's
 * never stopped, unless it fails as soon as we have mounted it.
 * @returns why containers have to do without it, or null
 */
export async function prepareLxcfs(): Promise<string | null> {
  const held = await lock(path.join(await openMachineFolder(), 'lxcfs.lock'));
  try {
    const there = await isMounted();
    const obstacle = there ? null : await mount();
    if (obstacle !== null) return obstacle;
    const fault = await hookFault();
    if (fault !== null && !there) await program('umount', ['-l', mountPoint]);
    return fault;
  } finally {
    held.release();
  }
}

async function mount(): Promise<string | null> {
  await mkdir(mountPoint, { recursive: true });
  const output = openSync('/dev/null', 'w');
  const env = { ...process.env, PATH: programPath };
  const child = spawn('lxcfs', [mountPoint], { detached: true, stdio: ['ignore', output, output], env });
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`it ended with ${code}`));
  });
  child.unref();
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isMounted()) return null;
    const why = await Promise.race([failed, sleep(50).then(() => null)]);
    if (why !== null) return `it can't be mounted: ${why}`;
  }
  return 'it did not come up';
}

async function isMounted(): Promise<boolean> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  if (!mounts.split('\n').some((line) => line.split(' ')[1] === mountPoint)) return false;
  // A dead FUSE server leaves the mount behind, and every access fails.
  return await stat(`${mountPoint}/proc`).then(
    () => true,
    async () => {
      await program('umount', ['-l', mountPoint]);
      return false;
    },
  );
}

/** Runs the hook as the start of an unprivileged container does, on an empty tree and in namespaces of its own. */
async function hookFault(): Promise<string | null> {
  const texts = await Promise.all((await snippets()).map(({ file }) => readFile(file, 'utf8')));
  const hook = texts
    .filter((text) => lxcfsSnippet.test(text))
    .map((text) => hookSetting.exec(text)?.[1])
    .find((found) => found !== undefined);
  if (hook === undefined) return `nothing in ${shippedSnippets} hooks it in`;
  const root = await mkdtemp(path.join(tmpdir(), 'cloudpact-lxcfs-'));
  try {
    await mkdir(path.join(root, 'sys/devices/system/cpu'), { recursive: true });
    await mkdir(path.join(root, 'proc'));
    for (const name of await readdir(`${mountPoint}/proc`))
      await writeFile(path.join(root, 'proc', name), '');
    const env = { PATH: programPath, LXC_ROOTFS_MOUNT: root, LXC_CGNS_AWARE: '1' };
    const signal = AbortSignal.timeout(hookTimeoutMs);
    const { code, stderr } = await program('unshare', ['--user', '--map-root-user', '--mount', hook], {
      env,
      signal,
    });
    if (code === 0) return null;
    return `its hook ${hook} fails (${code}): ${stderr.trim().split('\n')[0]}${await closedInit()}`;
  } catch (error) {
    return `its hook ${hook} fails: ${(error as Error).message}`;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The usual reason, where it is one. */
async function closedInit(): Promise<string> {
  return await readFile('/proc/1/personality').then(
    () => '',
    ({ code }: NodeJS.ErrnoException) => `; /proc/1/personality can't be read (${code}), which lxcfs 6 needs`,
  );
}

async function snippets(): Promise<{ name: string; file: string }[]> {
  const names = await readdir(shippedSnippets).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.conf'))
    .map((name) => ({ name, file: path.join(shippedSnippets, name) }));
}

/** For `LXD_LXC_TEMPLATE_CONFIG` and `INCUS_LXC_TEMPLATE_CONFIG` of a daemon of ours. */
export function templateFolder(daemonDirectory: string): string {
  return path.join(daemonDirectory, 'lxc-config');
}

const reasonFile = 'without-lxcfs';

/**
 * The settings that packages have for all containers, with or without lxcfs's, for one daemon; other hypervisors of
 * the machine keep theirs. The daemon reads them at each start of an instance.
 */
export async function writeTemplates(daemonDirectory: string, withoutLxcfs: string | null): Promise<void> {
  const folder = templateFolder(daemonDirectory);
  const reason = path.join(folder, reasonFile);
  const others = path.join(folder, 'others');
  await mkdir(others, { recursive: true });
  if (withoutLxcfs === null) {
    await pointTo(folder, shippedSnippets);
    await rm(reason, { force: true });
    return;
  }
  for (const { name, file } of await snippets()) {
    const text = await readFile(file, 'utf8');
    if (!lxcfsSnippet.test(text)) await writeFile(path.join(others, name), text);
  }
  await pointTo(folder, others);
  await writeFile(reason, `${withoutLxcfs}\n`);
}

async function pointTo(folder: string, target: string): Promise<void> {
  const link = path.join(folder, 'common.conf.d');
  await rm(`${link}.new`, { force: true });
  await symlink(target, `${link}.new`);
  await rename(`${link}.new`, link);
}

/** Why the hypervisor of a data directory did without lxcfs when it last started; null when it didn't, or hasn't. */
export async function lastWithoutLxcfs(dataDir: string): Promise<string | null> {
  const file = path.join(templateFolder(path.join(dataDir, 'lxd')), reasonFile);
  return await readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw error;
    },
  );
}
