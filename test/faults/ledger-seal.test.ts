import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { Problem } from '#kernel/problem.ts';
import { ledgerPostAll } from '#modules/ledger/index.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import {
  cashOf as cash,
  CLEARING as clearing,
  CUSTOMERS as customers,
  sealedDays,
  sealedUntil,
  sealSweep,
  topUps,
} from './support/sealed-ledger.ts';

/** Sealed days: nothing is missed, and nothing is added (F35). */

let world: World;
before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
});

test('a posting that is committed late, after its day was closed, is in the seal', async () => {
  await topUps(world, 3);
  const late = new pg.Client({ connectionString: world.databaseUrl });
  late.on('error', () => undefined);
  await late.connect();
  const id = randomUUID();
  const line = (at: string) =>
    `select id, posted from ledger_post_all('lantian', '${at}', '{${id}}', '{late}', '{late}', '{${randomUUID()}}', '{null}', '{"{}"}',
      '{channel_clearing,customer_cash}', '{alipay,${customers[0]}}', '{null,${customers[0]}}', '{1,1}', '{1,2}', '{-5,5}')`;
  await late.query('begin');
  await late.query(line('2026-03-02T15:59:59.999Z'));

  world.clock.moveTo(new Date('2026-03-02T16:14:00Z'));
  await sealSweep(world);
  const closed = () => world.server.house.db.selectFrom('ledger_day').select('day').execute();
  assert.deepEqual(await closed(), [], 'the day is over, but its books stay open for a while');
  world.clock.moveTo(new Date('2026-03-02T16:15:00Z'));
  await sealSweep(world);
  assert.deepEqual(await closed(), [{ day: '2026-03-02' }]);
  await sealSweep(world);
  assert.deepEqual(await sealedDays(world), [], 'closed, and not sealed while the late one may still commit');

  await late.query('commit');
  await late.end();
  await sealedUntil(world, '2026-03-02');
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
  await sealSweep(world);
  await Promise.all(workers);
  await sealedUntil(world, '2026-03-03');
  const posted = await house.db
    .selectFrom('ledger_transaction')
    .select((e) => e.fn.countAll<bigint>().as('n'))
    .where('source', '=', 'midnight')
    .executeTakeFirstOrThrow();
  assert.equal(Number(posted.n) + refused, 320);
  world.clock.moveTo(new Date('2026-03-05T01:00:00Z'));
  await sealedUntil(world, '2026-03-04');
  const { rows } = await sql<{ missed: bigint; sealed: bigint; twice: bigint }>`
    with sealed as (select unnest(entry_ids) as id from ledger_chunk where brand = 'lantian')
    select (select count(*) from ledger_entry e join ledger_transaction t on t.id = e.transaction_id
        where t.brand = 'lantian' and t.source = 'midnight' and e.id not in (select id from sealed)) as missed,
      (select count(*) from sealed) as sealed,
      (select count(*) - count(distinct id) from sealed) as twice`.execute(house.db);
  assert.deepEqual([rows[0]!.missed, rows[0]!.twice], [0n, 0n]);
});
