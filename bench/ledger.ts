import { loadavg } from 'node:os';
import { sql } from 'kysely';
import { balances, ledgerPost, ledgerPostAll, statement } from '#modules/ledger/index.ts';
import { p50, table } from './figures.ts';
import { type Books, cash, endow, openBooks, transfer } from './ledger-books.ts';
import { HOT, pgbench, SPREAD } from './ledger-pgbench.ts';

/**
 * The ledger on a PostgreSQL with the settings of `./cloudpact up` (fsync and synchronous_commit on), load generator on
 * the same machine. Bars: single idempotent transfers over 8 connections at 80 % of pgbench that runs the same SQL,
 * spread and into one hot account; batches into one hot account at 40,000 entries/s; balance and statement of a
 * customer with 1,000,000 entries under 20 ms. Each figure is the middle of several rounds that take turns.
 */

const SECONDS = Number(process.env.BENCH_SECONDS ?? 6);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const CONNECTIONS = 8;
const CUSTOMERS = 10_000;
const BATCH = 2_000;
const LONG = Number(process.env.BENCH_ENTRIES ?? 1_000_000);
const REVENUE = { kind: 'revenue', owner: 'nat-vps' } as const;

let causes = 0;
const cause = () => `bench-${++causes}`;
const someone = () => 1 + Math.floor(Math.random() * CUSTOMERS);

/** Transfers per second by `ledgerPost`, each a transaction of its own with a cause of its own. */
async function singles({ pools, ctx }: Books, hot: boolean): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  let done = 0;
  const one = async () => {
    while (performance.now() < until) {
      const from = someone();
      const to = hot ? REVENUE : cash(`c${1 + (from % CUSTOMERS)}`);
      await ledgerPost(pools.db, ctx, transfer(cause(), cash(`c${from}`), to));
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return done / SECONDS;
}

/** Entries per second of batches from many customers into one account; two connections, so that one makes its batch ready while the other posts. */
async function batches({ pools, ctx }: Books): Promise<number> {
  const began = performance.now();
  let entries = 0;
  const one = async () => {
    while (performance.now() - began < SECONDS * 1_000) {
      const postings = Array.from({ length: BATCH }, () => transfer(cause(), cash(`c${someone()}`), REVENUE));
      await ledgerPostAll(pools.db, ctx, postings);
      entries += 2 * BATCH;
    }
  };
  await Promise.all([one(), one()]);
  return entries / ((performance.now() - began) / 1_000);
}

/** A customer with so many entries; how long balance and the newest page, and a page from the middle, take. */
async function longStatement({ pools, ctx }: Books): Promise<{ newest: number[]; middle: number[] }> {
  const { db } = pools;
  for (let left = LONG; left > 0; left -= BATCH) {
    const postings = Array.from({ length: Math.min(BATCH, left) }, () =>
      transfer(cause(), { kind: 'channel_clearing', owner: 'alipay' }, cash('long')),
    );
    await ledgerPostAll(db, ctx, postings);
  }
  const { rows } = await sql<{
    id: bigint;
  }>`select e.id from ledger_entry e join ledger_account a on a.id = e.account_id
    where a.owner = 'long' order by e.id offset ${Math.floor(LONG / 2)} limit 1`.execute(db);
  const timed = async (before?: string) => {
    const began = performance.now();
    await balances(db, ctx.brand.id, 'long');
    const page = await statement(db, ctx.brand.id, 'long', before);
    if (page.length !== 101) throw new Error(`a page of ${page.length} lines`);
    return performance.now() - began;
  };
  const newest: number[] = [];
  const middle: number[] = [];
  for (let i = 0; i < 50; i++) {
    newest.push(await timed());
    middle.push(await timed(String(rows[0]!.id)));
  }
  return { newest, middle };
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const highest = (values: number[]) => Math.max(...values);

/** Whatever else runs on the machine takes from all of these; a figure for the bar needs a quiet one. */
const others = loadavg()[0]!.toFixed(1);
const books = await openBooks(CONNECTIONS);
let passed = true;
try {
  await endow(books, CUSTOMERS);
  const rows: string[][] = [];
  for (const [name, to] of [
    ['spread over 10,000 customers', SPREAD],
    ['into one hot account', HOT],
  ] as const) {
    const peer: number[] = [];
    const own: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const options = { customers: CUSTOMERS, connections: CONNECTIONS, seconds: SECONDS };
      const theirs = await pgbench(books.url, to, options);
      if (theirs !== null) peer.push(theirs);
      own.push(await singles(books, to === HOT));
    }
    const ratio = p50(own) / p50(peer);
    rows.push([
      `transfers/s ${name}`,
      whole(p50(own)),
      peer.length ? ratio.toFixed(2) : 'no pgbench here',
      'bar 0.80',
    ]);
    rows.push(['  pgbench, same SQL', whole(p50(peer)), '1.00', '']);
    if (peer.length > 0 && ratio < 0.8) passed = false;
  }
  const entries: number[] = [];
  for (let round = 0; round < ROUNDS; round++) entries.push(await batches(books));
  rows.push([
    `entries/s in batches of ${BATCH} transfers, hot`,
    whole(p50(entries)),
    `best ${whole(highest(entries))}`,
    'bar 40,000',
  ]);
  if (p50(entries) < 40_000) passed = false;
  const { newest, middle } = await longStatement(books);
  const ms = (values: number[]) => [
    `${p50(values).toFixed(1)} ms`,
    `worst ${highest(values).toFixed(1)} ms`,
    'bar 20 ms',
  ];
  rows.push([`balance and newest page of ${whole(LONG)} entries`, ...ms(newest)]);
  rows.push(['balance and a page from the middle', ...ms(middle)]);
  if (p50(newest) >= 20 || p50(middle) >= 20) passed = false;
  table(
    `Ledger, middle of ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections; load before it ${others}`,
    rows,
  );
} finally {
  await books.close();
}
if (!passed) process.exitCode = 1;
