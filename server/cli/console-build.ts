import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  access,
  constants as constantsOfFs,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import {
  type BrotliOptions,
  brotliCompress,
  constants,
  gzip as gzipCompress,
  type ZlibOptions,
} from 'node:zlib';
import { lock } from '#server/local/supervise-lock.ts';
import { CommandError } from './command.ts';

const run = promisify(execFile);
const brotli = promisify(brotliCompress) as (data: Buffer, options: BrotliOptions) => Promise<Buffer>;
const gzip = promisify(gzipCompress) as (data: Buffer, options: ZlibOptions) => Promise<Buffer>;

/** Inside console/dist: the digest of what it was built from. */
const STAMP = '.built-from';

/**
 * Builds console/ into console/dist with Vite, unless that was built from just these sources and packages.
 * A build that is broken off leaves the previous one in place.
 */
export async function buildConsole(root: string): Promise<'built' | 'unchanged'> {
  const dist = join(root, 'console/dist');
  const digest = await sourcesDigest(root);
  if ((await stampOf(dist)) === digest) return 'unchanged';
  if (!existsSync(join(root, 'console/vite.config.ts'))) {
    throw new CommandError('console/vite.config.ts is missing: this clone has no console to build');
  }
  const scratch = join(root, '.cloudpact');
  await requireWritable(root, scratch);
  const held = await lock(join(scratch, 'console.lock'));
  const fresh = join(scratch, `console-${process.pid}`);
  try {
    if ((await stampOf(dist)) === digest) return 'unchanged';
    await vite(root, fresh);
    await compress(fresh);
    await writeFile(join(fresh, STAMP), digest);
    await replace(dist, fresh);
    return 'built';
  } finally {
    await rm(fresh, { recursive: true, force: true });
    held.release();
  }
}

async function requireWritable(root: string, scratch: string): Promise<void> {
  try {
    await mkdir(scratch, { recursive: true });
    for (const dir of [scratch, join(root, 'console')]) await access(dir, constantsOfFs.W_OK);
  } catch (error) {
    throw new CommandError(
      `the console isn't built from these sources yet, and ${root} can't be written to.\n` +
        '  Run up once as the owner of this directory, or clone to one of your own.',
      { cause: error },
    );
  }
}

async function vite(root: string, outDir: string): Promise<void> {
  const program = join(root, 'node_modules/vite/bin/vite.js');
  const args = [program, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'];
  const env = { ...process.env, NODE_ENV: 'production' };
  try {
    await run(process.execPath, args, { cwd: join(root, 'console'), env, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new CommandError(`the console could not be built:\n${said || String(error)}`, { cause: error });
  }
}

/** Puts a .br and a .gz beside each text file, once, so that the server compresses nothing while it answers. */
async function compress(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const texts = entries.filter((entry) => entry.isFile() && /\.(js|css|html|svg|json)$/.test(entry.name));
  const level = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  await Promise.all(
    texts.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path);
      const [brotlied, gzipped] = await Promise.all([brotli(text, level), gzip(text, { level: 9 })]);
      await Promise.all([writeFile(`${path}.br`, brotlied), writeFile(`${path}.gz`, gzipped)]);
    }),
  );
}

/** Two renames: a server that is serving the old build sees it whole until the new one is there. */
async function replace(dist: string, fresh: string): Promise<void> {
  const old = `${fresh}-old`;
  await mkdir(dist, { recursive: true });
  await rename(dist, old);
  await rename(fresh, dist);
  await rm(old, { recursive: true, force: true });
}

async function stampOf(dist: string): Promise<string | null> {
  return readFile(join(dist, STAMP), 'utf8').catch(() => null);
}

/** Everything that decides what the build contains: the console's files, and the versions of the packages. */
export async function sourcesDigest(root: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')));
  const home = join(root, 'console');
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(home, join(entry.parentPath, entry.name)))
    .filter((path) => !/^(dist|node_modules|\.vite)\//.test(path))
    .sort();
  for (const path of files) hash.update(`\0${path}\0`).update(await readFile(join(home, path)));
  return hash.digest('hex');
}
