import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '#server/local/postgres.ts';
import { liveYears } from '../test/simulation/life/years.ts';
import { table } from './figures.ts';

/**
 * Three simulated years of two hundred customers of all brands, with every check after every day. The bar: under a minute.
 * The ceiling is as many transactions that do nothing. CLOUDPACT_CUSTOMERS, CLOUDPACT_YEARS and CLOUDPACT_SEED as for the test.
 */

const CUSTOMERS = Number(process.env.CLOUDPACT_CUSTOMERS ?? 200);
const YEARS = Number(process.env.CLOUDPACT_YEARS ?? 3);
const SEED = Number(process.env.CLOUDPACT_SEED ?? 1);
const BAR_SECONDS = 60;
const EMPTY = 2_000;

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, settings: { fsync: 'off' }, log: () => undefined });
try {
  const { adminUrl } = postgres;
  const before = process.cpuUsage();
  const lived = await liveYears({ seed: SEED, customers: CUSTOMERS, years: YEARS, adminUrl });
  const { user, system } = process.cpuUsage(before);
  const emptyMs = await emptyTransactionMs(adminUrl);
  const acts = [...lived.acts.values()].reduce((sum, count) => sum + count, 0);
  const ceiling = (Number(lived.transactions) * emptyMs) / 1_000;
  table(`${CUSTOMERS} customers, ${YEARS} years, seed ${SEED}; load ${loadavg()[0]!.toFixed(1)}`, [
    ['took', `${lived.seconds.toFixed(1)} s`, `bar ${BAR_SECONDS} s for 200 customers and 3 years`],
    ['processor of this process', `${((user + system) / 1e6).toFixed(1)} s`, 'PostgreSQL has its own'],
    ['acts of people', String(acts), `${Math.round(acts / lived.seconds)} a second`],
    [
      'recorded in all',
      String(lived.recorded),
      `${Math.round(Number(lived.recorded) / lived.seconds)} a second`,
    ],
    ['transactions', String(lived.transactions), `empty ones would take ${ceiling.toFixed(1)} s`],
  ]);
  table(
    'acts',
    [...lived.acts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [name, String(count)]),
  );
  if (CUSTOMERS >= 200 && YEARS >= 3 && lived.seconds > BAR_SECONDS) process.exitCode = 1;
} finally {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
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
