import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '#kernel/clock.ts';
import { clamavAt } from '#kernel/config.ts';
import { collectorAnswers, collectorAt } from '#kernel/log-syslog.ts';
import { lookAtSite } from '#kernel/public-site.ts';
import { DATABASE_USER, findDatabaseUser, postgresPackage } from '#server/local/postgres-binaries.ts';
import { advisoriesSeen } from './advisories.ts';
import { command, dataDirOf } from './command.ts';
import { checkOutsideDatabase, environment } from './database.ts';
import { lxcfsWarning } from './nodes.ts';

const execute = promisify(execFile);
const GIB = 1024 ** 3;

/** One thing that Cloudpact needs, or is better with. */
export interface Finding {
  name: string;
  found: boolean;
  /** What was found, or what is wrong. */
  detail: string;
  /** How to get it; empty when it is there. */
  remedy: string;
  /** Without it `up` fails; without the others a part is left out, and says so. */
  necessary: boolean;
}

/** Tells what this machine has and lacks. Exit code 1 when something necessary is missing. */
export const run = command({
  options: { data: { type: 'string' } },
  run: (values) => doctor(dataDirOf(values.data)),
});

export async function doctor(dataDir: string): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const groups: [string, Finding[]][] = [
    ['Needed', await neededFindings(dataDir)],
    ['For real machines; without these the node is simulated', await hypervisorFindings(dataDir)],
    [
      'For the public',
      [...(await siteFindings()), await antivirus(), await logCollector(), advisories(dataDir)],
    ],
    ['For ./cloudpact test and story', await testFindings()],
  ];
  for (const [title, findings] of groups.filter(([, { length }]) => length > 0)) {
    print(title);
    for (const finding of findings) print(findingLine(finding));
  }
  const missing = groups
    .flatMap(([, findings]) => findings)
    .filter((finding) => finding.necessary && !finding.found);
  print(
    missing.length === 0
      ? 'Ready for ./cloudpact up'
      : `Missing: ${missing.map(({ name }) => name).join(', ')}`,
  );
  return missing.length === 0 ? 0 : 1;
}

function findingLine({ name, found, detail, remedy, necessary }: Finding): string {
  const mark = found ? '✓' : necessary ? '✗' : '–';
  const how = found || remedy === '' ? '' : `\n      → ${remedy}`;
  return `  ${mark} ${name}: ${detail}${how}`;
}

async function neededFindings(dataDir: string): Promise<Finding[]> {
  return [
    found('Node', `${process.version} at ${process.execPath}`),
    await attempt('operating system', operatingSystem),
    await attempt('data directory', () => dataDirectory(dataDir)),
    await attempt('database', database),
    memory(),
    await program('git', ['--version'], 'apt-get install git', false),
    await program('npm', ['--version'], 'apt-get install npm', false),
  ];
}

async function operatingSystem(): Promise<string> {
  if (process.platform !== 'linux') return `${process.platform} ${process.arch} (machines are simulated)`;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? 'Linux';
  return `${name}, ${process.arch}`;
}

async function dataDirectory(dataDir: string): Promise<string> {
  const existing = nearestExisting(dataDir);
  await execute('test', ['-w', existing]).catch(() => {
    throw new Remedied(`${existing} can't be written to`, 'choose another one: --data DIR');
  });
  const { bavail, bsize } = await statfs(existing);
  const freeGib = (bavail * bsize) / GIB;
  if (freeGib < 2) {
    throw new Remedied(
      `${dataDir} has ${freeGib.toFixed(1)} GiB free`,
      '2 GiB at least; or choose another one: --data DIR',
    );
  }
  return `${dataDir}, ${freeGib.toFixed(0)} GiB free`;
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

async function database(): Promise<string> {
  const outside = environment().DATABASE_URL;
  if (outside) return `PostgreSQL ${await checkOutsideDatabase(outside)} of DATABASE_URL`;
  const { version } = await postgresPackage();
  if (process.getuid?.() !== 0) return `embedded PostgreSQL ${version}`;
  if ((await findDatabaseUser()) === null) {
    await execute('useradd', ['--help']).catch(() => {
      throw new Remedied(
        `no useradd to make ${DATABASE_USER} with`,
        'apt-get install passwd, or set DATABASE_URL',
      );
    });
  }
  return `embedded PostgreSQL ${version}, run as ${DATABASE_USER}`;
}

function memory(): Finding {
  const gib = totalmem() / GIB;
  const detail = `${gib.toFixed(1)} GiB`;
  if (gib >= 1.5) return found('memory', detail);
  return {
    name: 'memory',
    found: false,
    detail,
    remedy: '2 GiB or more for the console build and a few machines',
    necessary: false,
  };
}

async function hypervisorFindings(dataDir: string): Promise<Finding[]> {
  const { hypervisorPrerequisites } = await import('#server/local/lxd.ts');
  const { lastWithoutLxcfs } = await import('#server/local/lxcfs.ts');
  const checks = (await hypervisorPrerequisites()).map((check) => ({ ...check, necessary: false }));
  const reason = await lastWithoutLxcfs(dataDir);
  if (reason === null) return checks;
  const remedy = 'mend that and start again: ./cloudpact down, then up';
  return [
    ...checks,
    { name: 'lxcfs in use', found: false, detail: lxcfsWarning(reason), remedy, necessary: false },
  ];
}

/** What visitors meet at CLOUDPACT_PUBLIC_URL; of a site that isn't there yet only that. */
async function siteFindings(): Promise<Finding[]> {
  const { CLOUDPACT_ENV: env, CLOUDPACT_PUBLIC_URL: url } = process.env;
  if (!url || (env !== 'production' && !url.startsWith('https:'))) return [];
  const seen = await lookAtSite(new URL(url).origin, { now: systemClock.now() });
  return seen.map(({ good, detail, ...rest }) => ({
    ...rest,
    detail,
    found: good,
    necessary: !detail.startsWith('no answer'),
  }));
}

/** The operator's clamd, which scans what customers send. One that was named and is dead stops every upload. */
async function antivirus(): Promise<Finding> {
  const at = clamavAt(environment().CLOUDPACT_CLAMAV);
  const remedy = 'apt-get install clamav-daemon clamav-freshclam, and CLOUDPACT_CLAMAV=/run/clamav/clamd.ctl';
  if (!at)
    return { name: 'antivirus', found: false, detail: 'uploads aren’t scanned', remedy, necessary: false };
  return attempt('antivirus', async () => {
    try {
      const { fileScannerAt } = await import('#server/ports.ts');
      return await fileScannerAt(at).version();
    } catch (error) {
      throw new Remedied(
        `uploads are refused: ${(error as Error).message}`,
        'systemctl status clamav-daemon',
      );
    }
  });
}

/** Whether the log is kept anywhere but on this machine, where whoever breaks in could change it. */
async function logCollector(): Promise<Finding> {
  const { CLOUDPACT_LOG_COLLECTOR: at, CLOUDPACT_LOG_COLLECTOR_CA_FILE: ca } = environment();
  const name = 'log collector';
  const detail = 'the log stays on this machine';
  const remedy = 'CLOUDPACT_LOG_COLLECTOR=tls://HOST:6514, a syslog collector elsewhere';
  const collector = collectorAt(at, ca);
  if (!collector) return { name, found: false, detail, remedy, necessary: false };
  const seen = await attempt(name, async () => {
    await collectorAnswers(collector).catch((error: Error) => {
      throw new Remedied(
        `${at}: ${error.message}`,
        'its address, its certificate, CLOUDPACT_LOG_COLLECTOR_CA_FILE',
      );
    });
    return `${at}`;
  });
  return { ...seen, necessary: false };
}

/** What is known against the components, as it was last looked up: nobody is asked now. */
function advisories(dataDir: string): Finding {
  const { good, detail } = advisoriesSeen(dataDir, systemClock.now());
  const remedy = './cloudpact advisories, each day, where the registry of npm can be reached';
  return { name: 'advisories of components', found: good, detail, remedy, necessary: false };
}

async function testFindings(): Promise<Finding[]> {
  return [
    await program('chromium', ['--version'], 'apt-get install chromium', false),
    await program('ssh', ['-V'], 'apt-get install openssh-client', false),
    await program('sshpass', ['-V'], 'apt-get install sshpass', false),
  ];
}

/** What is wrong, and what to do about it. */
class Remedied extends Error {
  readonly remedy: string;

  constructor(detail: string, remedy: string) {
    super(detail);
    this.remedy = remedy;
  }
}

async function attempt(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return found(name, await look());
  } catch (error) {
    const remedy = error instanceof Remedied ? error.remedy : '';
    const detail = error instanceof Error ? error.message : String(error);
    return { name, found: false, detail, remedy, necessary: true };
  }
}

async function program(name: string, args: string[], remedy: string, necessary: boolean): Promise<Finding> {
  try {
    const { stdout, stderr } = await execute(name, args, { timeout: 15_000 });
    return { ...found(name, `${stdout || stderr}`.trim().split('\n')[0] ?? ''), necessary };
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { name, found: false, detail: absent ? 'not installed' : "doesn't run", remedy, necessary };
  }
}

function found(name: string, detail: string): Finding {
  return { name, found: true, detail, remedy: '', necessary: true };
}
