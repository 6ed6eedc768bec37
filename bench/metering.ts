import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import pg from 'pg';
import { asSystem } from '#kernel/house.ts';
import { subjectOpen, tokenIssue } from '#modules/metering/index.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld } from '#server/world.ts';
import { table } from './figures.ts';
import { rawInsert, reading } from './metering-ceilings.ts';

/**
 * Usage events by HTTP, deduplicated and durable (PostgreSQL with fsync and synchronous commit; an answer means
 * committed), load generator on the same machine. Beside two ceilings of the same run: the same rows straight into
 * the same table, and reading the same batches without a database. The bar: 30,000 events a second.
 */

const BAR = 30_000;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const BATCH = Number(process.env.BENCH_BATCH ?? 1_000);
const CONNECTIONS = Number(process.env.BENCH_CONNECTIONS ?? 4);
const SUBJECTS = 5_000;
const BRAND = 'qiniu';

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
const world = await openWorld({ adminUrl: postgres.adminUrl, ticking: true });

interface Sent {
  sent: number;
  repeated: number;
  accepted: number;
  duplicates: number;
  took: number;
}

async function prepare(): Promise<string> {
  const { port } = new URL(world.url);
  const customer = new StoryCustomer(`http://${BRAND}.localhost:${port}`);
  await customer.getReady(null);
  const session = await customer.api.GET('/api/v1/auth/session');
  const customerId = session.data!.customer!.id;
  return asSystem(world.server.house, BRAND, 'bench', async (tx, ctx) => {
    for (let n = 0; n < SUBJECTS; n++)
      await subjectOpen(tx, ctx, { product: 'fusion-cdn', name: `site-${n}.example.com`, customerId });
    return (await tokenIssue(tx, ctx, 'bench')).token;
  });
}

function sendAll(token: string, seconds: number): Promise<Sent> {
  const { port } = new URL(world.url);
  // Usage of the last hour, after the subjects were opened.
  const at = world.clock.now().getTime() + 60_000;
  const workerData = {
    url: `http://127.0.0.1:${port}`,
    host: `${BRAND}.localhost:${port}`,
    token,
    connections: CONNECTIONS,
    batch: BATCH,
    seconds,
    subjects: SUBJECTS,
    at,
  };
  return new Promise((resolve, reject) => {
    new Worker(new URL('./metering-sender.ts', import.meta.url), { workerData })
      .once('message', resolve)
      .once('error', reject);
  });
}

async function settings(): Promise<string> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
  );
  await client.end();
  return `fsync ${rows[0].fsync}, synchronous_commit ${rows[0].commit}`;
}

/** What was answered is there, once. */
async function verify({ sent, repeated, accepted, duplicates }: Sent, before: bigint): Promise<void> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from metering_event`.execute(
    world.server.house.db,
  );
  const written = Number(rows[0]!.n - before);
  if (written !== accepted || accepted + duplicates !== sent || duplicates !== repeated)
    throw new Error(
      `sent ${sent}, repeated ${repeated}, accepted ${accepted}, duplicates ${duplicates}, there ${written}`,
    );
}

async function counted(): Promise<bigint> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from metering_event`.execute(
    world.server.house.db,
  );
  return rows[0]!.n;
}

function sums(runs: Sent[]): Sent {
  const all = { sent: 0, repeated: 0, accepted: 0, duplicates: 0, took: 0 };
  for (const run of runs) for (const key of Object.keys(all) as (keyof Sent)[]) all[key] += run[key];
  return all;
}

try {
  const token = await prepare();
  world.clock.moveTo(new Date(world.clock.now().getTime() + 3_600_000));
  await sendAll(token, 3); // warm
  const http: Sent[] = [];
  const raw: number[] = [];
  // By turns, so that whatever else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    const before = await counted();
    const run = await sendAll(token, SECONDS);
    await verify(run, before);
    http.push(run);
    raw.push(
      await rawInsert(world.databaseUrl, { seconds: SECONDS, batch: BATCH, connections: CONNECTIONS }),
    );
  }
  const alone = reading({ batch: BATCH, seconds: 3 });
  const { sent, took } = sums(http);
  const rate = Math.round(sent / (took / 1_000));
  const best = Math.max(...http.map((run) => Math.round(run.sent / (run.took / 1_000))));
  const ceiling = Math.round(raw.reduce((sum, each) => sum + each, 0) / raw.length);
  const per = (n: number) => n.toLocaleString('en');
  const part = (n: number) => `${Math.round((rate / n) * 100)} %`;
  table(
    `Usage events a second, batches of ${BATCH} over ${CONNECTIONS} connections, ${cpus().length} cores with the sender, load ${loadavg()[0]?.toFixed(1)}, ${await settings()}`,
    [
      [`HTTP, deduplicated, committed (${ROUNDS} rounds)`, per(rate), `bar ${per(BAR)}`],
      ['  its best round', per(best), ''],
      ['the same rows straight into the table', per(ceiling), part(ceiling)],
      ['parse and check alone, one thread, no database', per(alone), part(alone)],
    ],
  );
  if (rate < BAR) process.exitCode = 1;
} finally {
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
