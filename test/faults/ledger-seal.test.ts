import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { type Tx, transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { Problem } from '#kernel/problem.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import { type AccountRef, ledgerPostAll, ledgerVerify, type PublishedRoots } from '#modules/ledger/index.ts';
import { sweeps } from '#modules/ledger/jobs.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';

/** Sealed days: nothing is missed, nothing is added, and what is changed with all triggers off is found (F35). */

let world: World;
const cash = (owner: string): AccountRef => ({ kind: 'customer_cash', owner });
const clearing: AccountRef = { kind: 'channel_clearing', owner: 'alipay' };
const customers = [randomUUID(), randomUUID(), randomUUID()];

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
});

/** So many transfers, each customer in turn, now. */
async function post(count: number): Promise<void> {
  const { house } = world.server;
  const postings = Array.from({ length: count }, (_, i) => ({
    kind: 'top-up',
    source: 'seal-test',
    sourceId: randomUUID(),
    lines: [
      { account: clearing, amount: -1_000n - BigInt(i) },
      { account: cash(customers[i % 3]!), amount: 1_000n + BigInt(i) },
    ],
    memo: { note: `第 ${i} 笔` },
  }));
  await ledgerPostAll(house.db, systemCtx(house, 'lantian', 'seal-test'), postings);
}

const sweep = () => sweepAll(sweeps(world.server.house)[0]!, world.clock.now());

async function days(): Promise<string[]> {
  const { rows } = await sql<{
    day: string;
  }>`select day from ledger_root where brand = 'lantian' order by day`.execute(world.server.house.db);
  return rows.map(({ day }) => day);
}

/** Other databases of the same PostgreSQL may have something open for a moment. */
async function sealedUntil(day: string): Promise<void> {
  for (const deadline = performance.now() + 60_000; !(await days()).includes(day); await sleep(50)) {
    assert.ok(performance.now() < deadline, `${day} isn't sealed`);
    await sweep();
  }
}

test('a posting that is committed late, after its day was closed, is in the seal', async () => {
  await post(3);
  const late = new pg.Client({ connectionString: world.databaseUrl });
  late.on('error', () => undefined);
  await late.connect();
  const id = randomUUID();
  const line = (at: string) =>
    `select id, posted from ledger_post_all('lantian', '${at}', '{${id}}', '{late}', '{late}', '{${randomUUID()}}', '{null}', '{"{}"}',
      '{${id},${id}}', '{channel_clearing,customer_cash}', '{alipay,${customers[0]}}', '{null,${customers[0]}}', '{-5,5}')`;
  await late.query('begin');
  await late.query(line('2026-03-02T15:59:59.999Z'));

  world.clock.moveTo(new Date('2026-03-02T16:14:00Z'));
  await sweep();
  const closed = () => world.server.house.db.selectFrom('ledger_day').select('day').execute();
  assert.deepEqual(await closed(), [], 'the day is over, but its books stay open for a while');
  world.clock.moveTo(new Date('2026-03-02T16:15:00Z'));
  await sweep();
  assert.deepEqual(await closed(), [{ day: '2026-03-02' }]);
  await sweep();
  assert.deepEqual(await days(), [], 'closed, and not sealed while the late one may still commit');

  await late.query('commit');
  await late.end();
  await sealedUntil('2026-03-02');
  const { rows } = await sql<{ entries: bigint; ids: string[] }>`
    select r.entries, c.entry_ids::text[] as ids from ledger_root r join ledger_chunk c using (brand, day)`.execute(
    world.server.house.db,
  );
  assert.equal(rows[0]!.entries, 8n);
  const entries = await sql<{
    id: string;
  }>`select id::text from ledger_entry where transaction_id = ${id}`.execute(world.server.house.db);
  assert.equal(entries.rows.length, 2);
  for (const entry of entries.rows) assert.ok(rows[0]!.ids.includes(entry.id));
});

test('nothing is posted into a day that is closed: the application is told, SQL by hand too', async () => {
  const { house } = world.server;
  const ctx = { ...systemCtx(house, 'lantian', 'seal-test'), now: new Date('2026-03-02T15:59:59.999Z') };
  const posting = {
    kind: 'top-up',
    source: 'seal-test',
    sourceId: 'too late',
    lines: [
      { account: clearing, amount: -1n },
      { account: cash(customers[0]!), amount: 1n },
    ],
  };
  await assert.rejects(
    ledgerPostAll(house.db, ctx, [posting]),
    (error) => error instanceof Problem && error.code === 'ledger-day-closed',
  );
  const next = { ...ctx, now: new Date('2026-03-02T16:00:00Z') };
  assert.equal((await ledgerPostAll(house.db, next, [posting]))[0]!.posted, true);
  const other = { ...ctx, brand: house.brands.all.find(({ id }) => id !== 'lantian') ?? ctx.brand };
  if (other.brand.id !== 'lantian')
    assert.equal(
      (await ledgerPostAll(house.db, other, [{ ...posting, sourceId: 'other brand' }]))[0]!.posted,
      true,
    );
});

test('postings of many connections across midnight: every entry is in exactly one seal', async () => {
  const { house } = world.server;
  const begin = new Date('2026-03-03T15:59:59Z').getTime();
  let refused = 0;
  const one = async (worker: number) => {
    for (let i = 0; i < 40; i++) {
      const ctx = { ...systemCtx(house, 'lantian', 'midnight'), now: new Date(begin + i * 50) };
      const posting = {
        kind: 'top-up',
        source: 'midnight',
        sourceId: `${worker}-${i}`,
        lines: [
          { account: clearing, amount: -7n },
          { account: cash(customers[worker % 3]!), amount: 7n },
        ],
      };
      try {
        await transact(house.db, async (tx) => {
          await ledgerPostAll(tx, ctx, [posting]);
          if (i % 7 === worker) await sleep(20);
        });
      } catch (error) {
        if (!(error instanceof Problem && error.code === 'ledger-day-closed')) throw error;
        refused += 1;
      }
    }
  };
  world.clock.moveTo(new Date('2026-03-04T01:00:00Z'));
  const workers = Array.from({ length: 8 }, (_, worker) => one(worker));
  await sleep(100);
  await sweep();
  await Promise.all(workers);
  await sealedUntil('2026-03-03');
  const posted = await house.db
    .selectFrom('ledger_transaction')
    .select((e) => e.fn.countAll<bigint>().as('n'))
    .where('source', '=', 'midnight')
    .executeTakeFirstOrThrow();
  assert.equal(Number(posted.n) + refused, 320);
  world.clock.moveTo(new Date('2026-03-05T01:00:00Z'));
  await sealedUntil('2026-03-04');
  const { rows } = await sql<{ missed: bigint; sealed: bigint; twice: bigint }>`
    with sealed as (select unnest(entry_ids) as id from ledger_chunk where brand = 'lantian')
    select (select count(*) from ledger_entry e join ledger_transaction t on t.id = e.transaction_id
        where t.brand = 'lantian' and t.source = 'midnight' and e.id not in (select id from sealed)) as missed,
      (select count(*) from sealed) as sealed,
      (select count(*) - count(distinct id) from sealed) as twice`.execute(house.db);
  assert.deepEqual([rows[0]!.missed, rows[0]!.twice], [0n, 0n]);
});

const OFF = [
  'ledger_entry',
  'ledger_transaction',
  'ledger_account',
  'ledger_root',
  'ledger_chunk',
  'ledger_day',
];

/** Changes the books with every trigger off, verifies, and takes it back. */
async function tampered(change: (tx: Tx) => Promise<unknown>, published?: PublishedRoots): Promise<string> {
  const { db } = world.server.house;
  const undo = new Error('undo');
  let found = '';
  await assert.rejects(
    transact(db, async (tx) => {
      for (const table of OFF) await sql`alter table ${sql.table(table)} disable trigger user`.execute(tx);
      await change(tx);
      const { difference } = await ledgerVerify(tx, published);
      found = difference ? `${difference.table} ${difference.row} ${difference.what}` : 'nothing';
      throw undo;
    }),
    undo,
  );
  return found;
}

test('whatever is changed with all triggers off is found and named', async () => {
  world.clock.moveTo(new Date('2026-03-05T02:00:00Z'));
  await post(900);
  world.clock.moveTo(new Date('2026-03-06T02:00:00Z'));
  await sealedUntil('2026-03-05');
  const { db } = world.server.house;
  assert.equal((await transact(db, (tx) => ledgerVerify(tx))).difference, null);

  // The last transfer of the day: entry (clearing) and pair (cash).
  const { rows } = await sql<{ id: string; account_id: string; transaction_id: string }>`
    select id::text, account_id, transaction_id from ledger_entry order by ledger_entry.id desc limit 2`.execute(
    db,
  );
  const [pair, entry] = rows as [(typeof rows)[0], (typeof rows)[0]];
  const both = sql`(${entry.id}, ${pair.id})`;

  const bigger = (tx: Tx) =>
    sql`update ledger_entry set amount_micro = amount_micro + 1 where id = ${pair.id}`.execute(tx);
  assert.equal(
    await tampered(bigger),
    `ledger_transaction ${pair.transaction_id} does not sum to zero, but to 0.000001`,
  );

  const balance = (tx: Tx) =>
    sql`update ledger_account set balance_micro = balance_micro + 1 where id = ${pair.account_id}`.execute(
      tx,
    );
  assert.match(await tampered(balance), new RegExp(`^ledger_account ${pair.account_id} has another balance`));

  const stated = (tx: Tx) =>
    sql`update ledger_entry set balance_micro = balance_micro + 1 where id = ${pair.id}`.execute(tx);
  assert.match(await tampered(stated), new RegExp(`^ledger_entry ${pair.id} states another balance`));

  // All that arithmetic can see is put right; only the seal knows.
  const consistent = async (tx: Tx) => {
    await sql`update ledger_entry set amount_micro = amount_micro + 500 * sign(amount_micro),
      balance_micro = balance_micro + 500 * sign(amount_micro) where id in ${both}`.execute(tx);
    await sql`update ledger_account a set balance_micro = e.balance_micro from ledger_entry e
      where e.account_id = a.id and e.id in ${both}`.execute(tx);
  };
  assert.match(await tampered(consistent), new RegExp(`^ledger_entry ${entry.id} is not as it was sealed`));

  const memo = (tx: Tx) =>
    sql`update ledger_transaction set memo = '{"note": "x"}' where id = ${entry.transaction_id}`.execute(tx);
  assert.match(await tampered(memo), new RegExp(`^ledger_entry ${entry.id} is not as it was sealed`));

  const moved = (tx: Tx) =>
    sql`update ledger_transaction set at = at - interval '1 day' where id = ${entry.transaction_id}`.execute(
      tx,
    );
  assert.match(
    await tampered(moved),
    new RegExp(`^ledger_entry ${entry.id} was not there when its day was sealed`),
  );

  const gone = async (tx: Tx) => {
    await sql`update ledger_account a set balance_micro = a.balance_micro - e.amount_micro from ledger_entry e
      where e.account_id = a.id and e.id in ${both}`.execute(tx);
    await sql`delete from ledger_entry where id in ${both}`.execute(tx);
    await sql`delete from ledger_transaction where id = ${entry.transaction_id}`.execute(tx);
  };
  assert.match(await tampered(gone), new RegExp(`^ledger_entry ${entry.id} was sealed and is missing`));

  const chunk = (tx: Tx) => sql`delete from ledger_chunk where number = 1`.execute(tx);
  assert.match(await tampered(chunk), /^ledger_entry \d+ was not there/);
  const root = (tx: Tx) => sql`update ledger_root set previous = root where day = '2026-03-05'`.execute(tx);
  assert.match(await tampered(root), /^ledger_root lantian 2026-03-05 doesn't follow/);
});

test('./cloudpact ledger verify: 0 when whole, 1 with the row, and books rewritten as a whole differ from what was published', async () => {
  const { db } = world.server.house;
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-verify-'));
  const run = promisify(execFile);
  const main = join(import.meta.dirname, '../../server/cli/main.ts');
  const verify = (...more: string[]) =>
    run(process.execPath, [main, 'ledger', 'verify', ...more], {
      env: { ...process.env, DATABASE_URL: world.databaseUrl },
    });
  try {
    const { rows } = await sql<{ brand: string; day: string; root: string }>`
      select brand, day, encode(root, 'hex') as root from ledger_root`.execute(db);
    const file = join(dir, 'roots.json');
    await writeFile(file, JSON.stringify({ items: rows }));
    assert.match((await verify('--roots', file)).stdout, /lantian: \d+ sealed days[\s\S]*as published/);

    const lie = rows.map((row) => ({ ...row, root: row.day === '2026-03-03' ? '0'.repeat(64) : row.root }));
    await writeFile(file, JSON.stringify({ items: lie }));
    await assert.rejects(verify('--roots', file), ({ code, stdout }: { code: number; stdout: string }) => {
      assert.equal(code, 1);
      assert.match(stdout, /ledger_root lantian 2026-03-03 was published as 0{64}/);
      return true;
    });

    await sql`alter table ledger_transaction disable trigger user`.execute(db);
    await sql`update ledger_transaction set kind = 'renewal' where source = 'late'`.execute(db);
    await sql`alter table ledger_transaction enable trigger user`.execute(db);
    await assert.rejects(verify(), ({ code, stdout }: { code: number; stdout: string }) => {
      assert.equal(code, 1);
      assert.match(stdout, /ledger_entry \d+ is not as it was sealed \(lantian, 2026-03-02\)/);
      return true;
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
