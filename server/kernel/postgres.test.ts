import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import type { World } from '#server/world.ts';
import { ownerOf, testWorld } from '../../test/support/world.ts';
import { connect, transact, violated } from './db.ts';
import { systemCtx } from './house.ts';
import { type Answer, once } from './idempotency.ts';
import { Problem } from './problem.ts';
import { Throttle } from './throttle.ts';

/** The kernel's parts that are promises of the database. */

let world: World;
before(async () => {
  world = await testWorld();
});

function attempt<T>(key: string, hash: string, work: () => Promise<Answer<T>>, owner = 'customer:1') {
  const { house } = world.server;
  return transact(house.db, (tx) =>
    once(tx, systemCtx(house, 'lantian', 'test'), { owner, key, hash }, work),
  );
}

const code = (wanted: string) => (error: unknown) => error instanceof Problem && error.code === wanted;

test('the same key gives the same answer, and the work is done once (F01)', async () => {
  let done = 0;
  const work = async () => ({ status: 201, body: { number: ++done } });
  const first = await attempt('key-one-1', 'h', work);
  const again = await attempt('key-one-1', 'h', work);
  assert.deepEqual(first, { status: 201, body: { number: 1 }, replayed: false });
  assert.deepEqual(again, { status: 201, body: { number: 1 }, replayed: true });
});

test('the same key for another request is refused (F27); somebody else’s same key is another key', async () => {
  let done = 0;
  const work = async () => ({ status: 201, body: ++done });
  await attempt('key-two-2', 'h1', work);
  await assert.rejects(attempt('key-two-2', 'h2', work), code('idempotency-key-reused'));
  assert.equal((await attempt('key-two-2', 'h2', work, 'customer:2')).body, 2);
});

test('work that failed leaves the key free', async () => {
  const failing = async () => Promise.reject(new Error('no room'));
  await assert.rejects(attempt('key-three', 'h', failing), /no room/);
  const then = await attempt('key-three', 'h', async () => ({ status: 200, body: 'now' }));
  assert.deepEqual([then.body, then.replayed], ['now', false]);
});

test('twenty at once: one does it, all get its answer', async () => {
  let done = 0;
  const work = async () => ({ status: 201, body: ++done });
  const answers = await Promise.all(Array.from({ length: 20 }, () => attempt('key-four', 'h', work)));
  assert.equal(done, 1);
  assert.deepEqual(
    answers.map(({ body }) => body),
    Array(20).fill(1),
  );
  assert.equal(answers.filter(({ replayed }) => !replayed).length, 1);
});

test('attempts are limited by key, told how long to wait, and forgiven', async () => {
  const { house } = world.server;
  const pools = connect(world.databaseUrl, 4);
  const throttle = Throttle.open(pools.pool, 'test', 3, 600);
  try {
    const long = `${'x'.repeat(300)}@example.com`;
    for (const key of ['me', long]) {
      for (let i = 0; i < 3; i++) await throttle.spend(key);
      await assert.rejects(throttle.spend(key), (error) => {
        assert.ok(error instanceof Problem && error.code === 'too-many-requests');
        const { retry_after_s } = error.extra as { retry_after_s: number };
        assert.ok(retry_after_s > 500 && retry_after_s <= 600, String(retry_after_s));
        return true;
      });
    }
    await throttle.spend('somebody else');
    await throttle.forgive('me');
    await throttle.spend('me');
    const { rows } = await sql<{ key: string }>`select key from kernel_throttle`.execute(house.db);
    assert.ok(rows.length > 0 && rows.every(({ key }) => !key.includes('example.com')), 'no address is kept');
  } finally {
    await pools.close();
  }
});

test('many at once pass the limit exactly', async () => {
  const pools = connect(world.databaseUrl, 8);
  try {
    const throttle = Throttle.open(pools.pool, 'race', 10, 600);
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => throttle.spend('one')));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 10);
  } finally {
    await pools.close();
  }
});

test('a serialisation failure is tried again, a refusal isn’t, and names its constraint (F15)', async () => {
  const { db } = world.server.house;
  let tries = 0;
  const result = await transact(db, async (tx) => {
    tries++;
    if (tries < 3)
      await sql`do $$ begin raise exception using errcode = 'serialization_failure'; end $$`.execute(tx);
    return 'done';
  });
  assert.deepEqual([result, tries], ['done', 3]);

  tries = 0;
  const refused = transact(db, async (tx) => {
    tries++;
    await sql`insert into kernel_deployment (singleton, id) values (true, 'x')`.execute(tx);
  });
  await assert.rejects(refused, (error) => violated(error) === 'kernel_deployment_pkey');
  assert.equal(tries, 1);
});

test('what is append-only refuses to be changed or removed, by its owner too', async () => {
  const owner = ownerOf(world);
  for (const statement of [
    sql`update audit_event set action = 'x'`,
    sql`delete from audit_event`,
    sql`truncate audit_event`,
    sql`update terms_version set sha256 = 'x'`,
    sql`delete from terms_acceptance`,
    sql`update catalogue_version set sha256 = 'x'`,
    sql`delete from ledger_transaction`,
    sql`update ledger_entry set amount_micro = 1`,
    sql`truncate ledger_entry`,
    sql`delete from ledger_account`,
  ]) {
    await assert.rejects(statement.execute(owner), /is append-only|is kept/);
  }
});

test('what is asked again and again is planned once, and anew once a table has another shape', async () => {
  const owner = ownerOf(world);
  const pools = connect(world.ownerUrl, 1);
  const { db } = pools;
  const shaped = () => sql`select * from shaped where n = ${1}`.execute(db);
  const planned = async () => {
    const { rows } = await sql<{
      statement: string;
      calls: bigint;
    }>`select statement, generic_plans + custom_plans as calls
      from pg_prepared_statements where statement like '%from shaped%'`.execute(db);
    return rows.map(({ calls }) => Number(calls));
  };
  try {
    await sql`create table shaped (n integer)`.execute(owner);
    await sql`insert into shaped values (1)`.execute(owner);
    for (let i = 0; i < 5; i++) await shaped();
    assert.deepEqual(await planned(), [], 'what comes now and then isn’t kept');
    for (let i = 0; i < 7; i++) await shaped();
    assert.deepEqual(await planned(), [7]);
    await sql`alter table shaped add column more text default 'more'`.execute(owner);
    let attempts = 0;
    const { rows } = await transact(db, async (tx) => {
      attempts += 1;
      return sql`select * from shaped where n = ${1}`.execute(tx);
    });
    assert.deepEqual([rows, attempts], [[{ n: 1, more: 'more' }], 2], 'a transaction is tried again');
    for (let i = 0; i < 20; i++) await sql`select ${sql.lit(i)}::int as unlike from shaped`.execute(db);
    assert.equal((await planned()).length, 1, 'lists of any length fill no memory');
  } finally {
    await sql`drop table shaped`.execute(owner);
    await pools.close();
    await owner.destroy();
  }
});
