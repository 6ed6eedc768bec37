import { spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { startPostgres } from '#server/local/postgres.ts';
import { CommandError, command, PROJECT_ROOT } from './command.ts';
import { buildConsole } from './console-build.ts';
import { mayInstall } from './nodes.ts';

/** Types, lint, house rules and every test, each group by what it needs. */
export const run = command({
  options: { strict: { type: 'boolean' }, only: { type: 'string' } },
  run: (values) => testAll({ strict: values.strict ?? false, only: values.only ?? '' }),
});

interface Tally {
  passed: number;
  /** By file. */
  seconds: Map<string, number>;
  failed: string[];
  skipped: string[];
}

/** Two processors are kept busy; only what measures what a neighbour takes from it runs by itself. */
const GROUPS: { name: string; files: string[]; concurrency: number }[] = [
  {
    name: 'units, rules, API, scenarios, faults, hypervisor, browser, stories',
    files: ['server/**/*.test.ts', 'test/**/*.test.ts'],
    concurrency: 2,
  },
  { name: 'isolation', files: ['test/faults/isolation*.test.ts'], concurrency: 1 },
];

/** How many of the files that took longest are named at the end. */
const SLOWEST = 10;

const NEEDED = [
  { path: '/usr/bin/chromium', name: 'chromium' },
  { path: '/usr/share/fonts/opentype/noto', name: 'fonts-noto-cjk' },
  { path: '/usr/bin/ssh-keygen', name: 'openssh-client' },
  { path: '/usr/bin/openssl', name: 'openssl' },
  { path: '/usr/bin/pdfsig', name: 'poppler-utils' },
  { path: '/usr/sbin/clamd', name: 'clamav-daemon' },
];

async function testAll(options: { strict: boolean; only: string }): Promise<number> {
  const tally: Tally = { passed: 0, seconds: new Map(), failed: [], skipped: [] };
  const told = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => told.abort());
  await installForTests();
  if (!options.only) {
    await check(tally, 'types', ['tsc', '-p', '.']);
    await check(tally, 'types of the console', ['tsc', '-p', 'console']);
    await check(tally, 'lint and format', ['biome', 'ci', '--error-on-warnings', '.']);
  }
  await buildConsole(PROJECT_ROOT);
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-test-'));
  const postgres = await startPostgres({
    dir,
    settings: { fsync: 'off', max_connections: '300' },
    leaves: 'nothing',
    log: () => undefined,
  });
  try {
    const { makeTemplate } = await import('#server/world.ts');
    process.env.CLOUDPACT_TEST_POSTGRES = postgres.adminUrl;
    process.env.CLOUDPACT_TEST_TEMPLATE = await makeTemplate(postgres.adminUrl);
    const alone = new Set(filesOf(GROUPS[1]!.files));
    for (const group of GROUPS) {
      const files = filesOf(group.files).filter(
        (file) => (group === GROUPS[1]) === alone.has(file) && file.includes(options.only),
      );
      if (files.length === 0 || told.signal.aborted) continue;
      print(`\n── ${group.name}: ${files.length} files`);
      await runGroup(tally, files, group.concurrency, told.signal);
    }
  } finally {
    await stopTestHypervisor();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
  if (told.signal.aborted) {
    print('\nended before all was tested');
    return 130;
  }
  return report(tally, options.strict);
}

/** The hypervisor that tests share goes on between files; when all are done it isn't needed any more. */
async function stopTestHypervisor(): Promise<void> {
  const { testHypervisorDirectory } = await import('../../test/contracts/local-lxd.ts');
  const dataDir = testHypervisorDirectory();
  if (!existsSync(join(dataDir, 'lxd'))) return;
  const { startLocalHypervisor } = await import('#server/local/lxd.ts');
  await (await startLocalHypervisor({ dataDir, name: 'tests', log: () => undefined })).stop();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function filesOf(patterns: string[]): string[] {
  return globSync(patterns, { cwd: PROJECT_ROOT }).sort();
}

/** One program whose exit code says it all; its output is shown when it fails. */
async function check(tally: Tally, name: string, [program, ...args]: [string, ...string[]]): Promise<void> {
  const started = performance.now();
  const child = spawn(join(PROJECT_ROOT, 'node_modules/.bin', program), args, {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (code === 0) tally.passed++;
  else {
    tally.failed.push(name);
    print(output);
  }
  print(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)`);
}

async function runGroup(
  tally: Tally,
  files: string[],
  concurrency: number,
  signal: AbortSignal,
): Promise<void> {
  const stream = runTests({ files, cwd: PROJECT_ROOT, concurrency, timeout: 900_000, signal });
  stream.on('test:pass', (event) => {
    if (event.details.type === 'suite') return;
    if (event.skip !== undefined || event.todo !== undefined)
      tally.skipped.push(`${event.name}: ${event.skip ?? event.todo}`);
    else tally.passed++;
  });
  stream.on('test:fail', (event) => {
    if (event.details.type !== 'suite') tally.failed.push(`${event.file ?? ''} ${event.name}`);
  });
  stream.on('test:summary', ({ file, duration_ms }) => {
    if (file !== undefined) tally.seconds.set(relative(PROJECT_ROOT, file), duration_ms / 1_000);
  });
  const shown = stream.compose(new spec());
  for await (const text of shown) process.stdout.write(text);
}

/** What the tests need beyond the packages, on Debian as root; elsewhere tests that lack something say so. */
async function installForTests(): Promise<void> {
  if (!mayInstall()) return;
  const { hypervisorPrerequisites, installHypervisorPackages, installPackages } = await import(
    '#server/local/lxd.ts'
  );
  const log = (line: string) => print(`… ${line}`);
  const missing = NEEDED.filter(({ path }) => !existsSync(path)).map(({ name }) => name);
  try {
    if (missing.length > 0) await installPackages(missing, log);
    if ((await hypervisorPrerequisites()).some(({ found }) => !found)) await installHypervisorPackages(log);
  } catch (error) {
    log(`packages could not be installed: ${(error as Error).message}`);
  }
}

function report(tally: Tally, strict: boolean): number {
  const { passed, failed, skipped } = tally;
  print('');
  const slowest = [...tally.seconds].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  for (const [file, seconds] of slowest) print(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
  for (const name of failed) print(`FAILED  ${name}`);
  for (const name of skipped) print(`SKIPPED ${name}`);
  if (strict && skipped.length > 0) print(`--strict: ${skipped.length} skipped, which counts as failure`);
  if (passed + failed.length === 0) throw new CommandError('no test ran');
  print(`${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return failed.length > 0 || (strict && skipped.length > 0) ? 1 : 0;
}
