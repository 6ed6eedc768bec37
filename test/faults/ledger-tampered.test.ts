import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { type Db, type Tx, transact } from '#kernel/db.ts';
import { ledgerVerify, type PublishedRoots } from '#modules/ledger/index.ts';
import type { World } from '#server/world.ts';
import { ownerOf, testWorld } from '../support/world.ts';
import { sealedUntil, topUps } from './support/sealed-ledger.ts';

/** What is changed with all triggers off is found, and named (F35). */

let world: World;
let owner: Db;
before(async () => {
  world = await testWorld({ start: new Date('2026-03-03T02:00:00Z') });
  owner = ownerOf(world);
  await topUps(world, 4);
  world.clock.moveTo(new Date('2026-03-05T02:00:00Z'));
  await topUps(world, 900);
  world.clock.moveTo(new Date('2026-03-06T02:00:00Z'));
  await sealedUntil(world, '2026-03-05');
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
  const undo = new Error('undo');
  let found = '';
  await assert.rejects(
    transact(owner, async (tx) => {
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
    sql`update ledger_transaction set at = at - interval '2 days' where id = ${entry.transaction_id}`.execute(
      tx,
    );
  assert.match(
    await tampered(moved),
    new RegExp(`^ledger_entry ${entry.id} was not there when it was sealed`),
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

    await sql`alter table ledger_transaction disable trigger user`.execute(owner);
    await sql`update ledger_transaction set kind = 'renewal' where at < '2026-03-04T00:00:00Z'`.execute(
      owner,
    );
    await sql`alter table ledger_transaction enable trigger user`.execute(owner);
    await assert.rejects(verify(), ({ code, stdout }: { code: number; stdout: string }) => {
      assert.equal(code, 1);
      assert.match(stdout, /ledger_entry \d+ is not as it was sealed \(lantian, 2026-03-03\)/);
      return true;
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
