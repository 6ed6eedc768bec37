import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '#server/local/postgres.ts';
import { type Lived, liveYears } from '../test/simulation/life/years.ts';
import { table } from './figures.ts';

/**
 * Three simulated years of two hundred customers of all brands, with every check after every day. The bar: under a minute
 * on two cores. Brands share nothing, so they live in two processes, each with a database of its own on one PostgreSQL.
 * The ceiling is as many transactions that do nothing. CLOUDPACT_CUSTOMERS, CLOUDPACT_YEARS and CLOUDPACT_SEED as for the test.
 */

const CUSTOMERS = Number(process.env.CLOUDPACT_CUSTOMERS ?? 200);
const YEARS = Number(process.env.CLOUDPACT_YEARS ?? 3);
const SEED = Number(process.env.CLOUDPACT_SEED ?? 1);
const BAR_SECONDS = 60;
const EMPTY = 2_000;
/** Those who pay by use, whose days are the longest, with one that bills; 亚云 and 武极云 have their revisions together. */
const HALVES = [
  ['qiniu', 'yunfuwuqi'],
  ['lantian', 'asiayun', 'wujiyun'],
];

interface Half extends Lived {
  processorSeconds: number;
}

const [adminUrl, ...brands] = process.argv.slice(2);
if (adminUrl) await liveHalf(adminUrl, brands);
else await liveBoth();

async function liveHalf(adminUrl: string, brands: string[]): Promise<void> {
  const all = HALVES.flat().length;
  const customers = Math.round((CUSTOMERS * brands.length) / all);
  const before = process.cpuUsage();
  const lived = await liveYears({ seed: SEED, customers, years: YEARS, adminUrl, brands });
  const { user, system } = process.cpuUsage(before);
  process.send!({ ...lived, processorSeconds: (user + system) / 1e6 });
}

async function liveBoth(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
  const settings = { fsync: 'off', synchronous_commit: 'off', jit: 'off', shared_buffers: '512MB' };
  const postgres = await startPostgres({ dir, settings, leaves: 'nothing', log: () => undefined });
  try {
    const halves = await Promise.all(HALVES.map((half) => livedBy(postgres.adminUrl, half)));
    const databaseSeconds = await childrenSeconds(postgres.pid);
    tell(halves, databaseSeconds, await emptyTransactionMs(postgres.adminUrl));
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** @throws Error when that half's life broke; it has said how. */
async function livedBy(url: string, half: readonly string[]): Promise<Half> {
  const child = fork(import.meta.filename, [url, ...half], { serialization: 'advanced' });
  let lived: Half | null = null;
  child.once('message', (message) => {
    lived = message as Half;
    child.disconnect();
  });
  const [code] = await once(child, 'exit');
  if (!lived || code !== 0) throw new Error(`${half.join(', ')}: the process ended with ${code}`);
  return lived;
}

/** What the connections that have ended took of the processors; `proc_pid_stat(5)`, in hundredths of a second. */
async function childrenSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  return (Number(user) + Number(system)) / 100;
}

function tell(halves: readonly Half[], databaseSeconds: number, emptyMs: number): void {
  const sum = (of: (half: Half) => number) => halves.reduce((total, half) => total + of(half), 0);
  const acts = new Map<string, number>();
  for (const half of halves)
    for (const [name, count] of half.acts) acts.set(name, (acts.get(name) ?? 0) + count);
  const done = [...acts.values()].reduce((total, count) => total + count, 0);
  const seconds = Math.max(...halves.map((half) => half.seconds));
  const recorded = sum((half) => Number(half.recorded));
  const transactions = sum((half) => Number(half.transactions));
  table(`${CUSTOMERS} customers, ${YEARS} years, seed ${SEED}; load ${loadavg()[0]!.toFixed(1)}`, [
    ['took', `${seconds.toFixed(1)} s`, `bar ${BAR_SECONDS} s for 200 customers and 3 years`],
    ...halves.map((half, i): [string, string, string] => [
      HALVES[i]!.join(', '),
      `${half.seconds.toFixed(1)} s`,
      `${half.processorSeconds.toFixed(1)} s of processor`,
    ]),
    ['PostgreSQL', '', `${databaseSeconds.toFixed(1)} s of processor`],
    ['acts of people', String(done), `${Math.round(done / seconds)} a second`],
    ['recorded in all', String(recorded), `${Math.round(recorded / seconds)} a second`],
    [
      'transactions',
      String(transactions),
      `empty ones would take ${((transactions * emptyMs) / 1_000).toFixed(1)} s`,
    ],
  ]);
  table(
    'acts',
    [...acts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [name, String(count)]),
  );
  if (CUSTOMERS >= 200 && YEARS >= 3 && seconds > BAR_SECONDS) process.exitCode = 1;
}

async function emptyTransactionMs(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const began = performance.now();
  for (let i = 0; i < EMPTY; i++)
    for (const text of ['begin', 'select 1', 'commit']) await client.query(text);
  const ms = (performance.now() - began) / EMPTY;
  await client.end();
  return ms;
}
