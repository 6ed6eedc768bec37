import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import path from 'node:path';
import { systemClock } from '#kernel/clock.ts';
import { recipe } from './image-recipe.ts';
import { mustRun, program } from './program.ts';

/** Debian's own name for the world; the machine's apt configuration comes first. */
const publicMirror = 'http://deb.debian.org/debian';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface BuildOptions {
  log: (line: string) => void;
  cancelled?: AbortSignal | undefined;
}

/**
 * Makes the image as a tar archive that LXD and Incus import (metadata.yaml, rootfs/), by debootstrap.
 * Takes the better part of a minute. The file is there whole or not at all.
 */
export async function buildImage(file: string, options: BuildOptions): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const work = await mkdtemp(path.join(path.dirname(file), 'building-'));
  try {
    const root = path.join(work, 'rootfs');
    await debootstrap(root, options);
    options.log('setting up login, network and first boot');
    await customise(root, options);
    await writeFile(path.join(work, 'metadata.yaml'), metadata());
    options.log('packing');
    const tar = path.join(work, 'image.tar');
    const keep = ['--numeric-owner', '--xattrs', '--xattrs-include=*', '--acls', '--sparse'];
    const { cancelled } = options;
    await mustRun('tar', [...keep, '-C', work, '-cf', tar, 'metadata.yaml', 'rootfs'], { signal: cancelled });
    await rename(tar, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function debootstrap(root: string, { log, cancelled }: BuildOptions): Promise<void> {
  const mirror = await configuredMirror();
  log(`fetching Debian ${recipe.suite} from ${new URL(mirror).host}`);
  // The key ring by name: without it, debootstrap on other distributions would go on unchecked.
  const how = ['--variant=minbase', `--keyring=${keyring}`, `--include=${recipe.packages.join(',')}`];
  let packages = 0;
  const onLine = (line: string) => {
    if (!/^I: (Unpacking|Configuring) /.test(line)) return;
    packages += 1;
    if (packages % 40 === 0) log(`${packages} steps of unpacking and configuring done`);
  };
  await mustRun('debootstrap', [...how, recipe.suite, root, mirror], { signal: cancelled, onLine });
}

/** The first archive of Debian proper (not security or third parties) that this machine's apt is set to. */
async function configuredMirror(): Promise<string> {
  const format = '$(ORIGIN)|$(LABEL)|$(REPO_URI)';
  const { code, stdout } = await program('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]);
  if (code !== 0) return publicMirror;
  const found = stdout.split('\n').find((line) => /^Debian\|Debian\|https?:/.test(line));
  return found?.split('|')[2] ?? publicMirror;
}

async function customise(root: string, { cancelled }: BuildOptions): Promise<void> {
  const inside = (name: string) => path.join(root, name);
  for (const name of recipe.removed) await remove(inside(name), name.endsWith('/'));
  await emptyBut(inside('/usr/share/locale'), ['zh_CN', 'locale.alias']);
  for (const name of await readdir(inside('/usr/share/doc')))
    await emptyBut(inside(`/usr/share/doc/${name}`), ['copyright']);
  for (const name of await readdir(inside('/etc/ssh'))) {
    if (name.startsWith('ssh_host_')) await rm(inside(`/etc/ssh/${name}`));
  }
  for (const [name, text] of Object.entries(recipe.files)) {
    await mkdir(path.dirname(inside(name)), { recursive: true });
    await rm(inside(name), { force: true });
    await writeFile(inside(name), text, { mode: 0o644 });
  }
  for (const [name, target] of Object.entries(recipe.links)) {
    await rm(inside(name), { force: true });
    await symlink(target, inside(name));
  }
  // A customer's own locale, sent along by ssh, isn't in the image: every program would complain.
  const sshd = inside('/etc/ssh/sshd_config');
  await writeFile(sshd, (await readFile(sshd, 'utf8')).replace(/^AcceptEnv .*$/m, ''));
  await mustRun('chroot', [root, 'systemctl', 'enable', ...recipe.enabled], { signal: cancelled });
  for (const unit of recipe.masked) {
    const link = inside(`/etc/systemd/system/${unit}`);
    await rm(link, { force: true });
    await symlink('/dev/null', link);
  }
  const shadow = await readFile(inside('/etc/shadow'), 'utf8');
  if (!/^root:[*!]/m.test(shadow)) throw new Error('the new image would let root in without a password');
}

async function remove(target: string, keepFolder: boolean): Promise<void> {
  if (keepFolder) await emptyBut(target, []);
  else await rm(target, { recursive: true, force: true });
}

async function emptyBut(folder: string, kept: string[]): Promise<void> {
  // A link could lead out of the tree, to the machine's own files.
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory()) return;
  for (const name of await readdir(folder)) {
    if (!kept.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

function metadata(): string {
  const architecture = { x64: 'x86_64', arm64: 'aarch64' }[arch() as 'x64' | 'arm64'] ?? arch();
  const made = Math.floor(systemClock.now().getTime() / 1000);
  // JSON is YAML. No templates: the daemon would write through them as root into what a customer controls.
  return `${JSON.stringify({
    architecture,
    creation_date: made,
    properties: { description: 'Debian 12 (bookworm)', os: 'debian', release: recipe.suite },
  })}\n`;
}
