import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Db, type Tx, transact, transactReading } from '#kernel/db.ts';
import { asSystem, systemCtx } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import { auditRecordAll, auditVerify, type PublishedBlocks } from '#modules/audit/index.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { ownerOf, testWorld } from '../support/world.ts';

/** The record of acts is sealed without anybody waiting, and what is changed after that is found and named. */

let world: World;
let owner: Db;
before(async () => {
  world = await testWorld({ start: new Date('2026-03-03T02:00:00Z') });
  owner = ownerOf(world);
});

const acts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    action: 'notice.told-by-staff',
    subject: { kind: 'notice', id: newId() },
    customerId: null,
    facts: { number: i, before: { on: false }, after: { on: true } },
  }));

const write = (count: number, brand = 'lantian') =>
  asSystem(world.server.house, brand, 'test', (tx, ctx) => auditRecordAll(tx, ctx, acts(count)));

const sweep = (name: string, now = world.clock.now()) =>
  sweepAll(allSweeps(world.server.house).find((one) => one.name === name)!, now);

/** The clock goes on, and all that was written till now is sealed as soon as nobody writes any more. */
async function sealed(): Promise<void> {
  const { db } = world.server.house;
  world.clock.moveTo(new Date(world.clock.now().getTime() + 11 * 60_000));
  const deadline = performance.now() + 20_000;
  for (;;) {
    await sweep('audit.seal');
    const waits = await db.selectFrom('audit_horizon').selectAll().executeTakeFirst();
    if (!waits && (await verify()).unsealed === 0n) return;
    if (performance.now() > deadline) throw new Error('not sealed');
    await sleep(20);
  }
}

const verify = (published?: PublishedBlocks) =>
  transactReading(world.server.house.db, (tx) => auditVerify(tx, published));

const blocks = () =>
  world.server.house.db.selectFrom('audit_block').selectAll().orderBy('brand').orderBy('number').execute();

test('events become blocks of their brand, each chained to the one before it', async () => {
  await write(700);
  await write(3, 'asiayun');
  await write(3, 'wujiyun');
  assert.equal(await sweep('audit.seal'), 0, 'too soon');
  await sealed();
  await write(10);
  await sealed();
  const all = (await blocks()).filter(({ brand }) => brand === 'lantian');
  assert.ok(all[0]!.events >= 700n && all.at(-1)!.events === 10n);
  for (const [i, { previous, number }] of all.entries()) {
    assert.equal(number, i + 1);
    assert.ok(previous.equals(i === 0 ? Buffer.alloc(32) : all[i - 1]!.root));
  }
  const verdict = await verify();
  assert.equal(verdict.difference, null);
  assert.equal(verdict.unsealed, 0n);
});

test('whoever wrote first and commits last is in the next block, and holds nobody up', async () => {
  const { db } = world.server.house;
  const before = (await blocks()).length;
  const slow = Promise.withResolvers<void>();
  const written = Promise.withResolvers<bigint>();
  const ctx = { ...systemCtx(world.server.house, 'lantian', 'test'), now: world.clock.now() };
  const open = transact(db, async (tx) => {
    await auditRecordAll(tx, ctx, acts(1));
    const { rows } = await sql<{ id: bigint }>`select max(id) as id from audit_event`.execute(tx);
    written.resolve(rows[0]!.id);
    await slow.promise;
  });
  const hidden = await written.promise;
  try {
    await write(5);
    world.clock.moveTo(new Date(world.clock.now().getTime() + 11 * 60_000));
    await sweep('audit.seal');
    await sweep('audit.seal');
    assert.equal((await blocks()).length, before, 'the number is noted, and waits');
    await write(1);
  } finally {
    slow.resolve();
    await open;
  }
  await sealed();
  const first = (await blocks()).find(
    ({ brand, through_id }) => brand === 'lantian' && through_id >= hidden,
  )!;
  assert.ok(first.events >= 6n, 'the one that was hidden is with those that were not');
  assert.equal((await verify()).difference, null);
});

/** Changes the record with every trigger off, as the owner of the tables could, verifies, and takes it back. */
async function tampered(change: (tx: Tx) => Promise<unknown>, published?: PublishedBlocks): Promise<string> {
  const undo = new Error('undo');
  let found = '';
  await assert.rejects(
    transact(owner, async (tx) => {
      for (const table of ['audit_event', 'audit_block', 'audit_chunk', 'audit_removal'])
        await sql`alter table ${sql.table(table)} disable trigger user`.execute(tx);
      await change(tx);
      const { difference } = await auditVerify(tx, published);
      found = difference ? `${difference.table} ${difference.row} ${difference.what}` : 'nothing';
      throw undo;
    }),
    undo,
  );
  return found;
}

test('what is edited, deleted, added or put in another order is found, with all triggers off', async () => {
  const { rows } = await sql<{ id: bigint }>`
    select id from audit_event where brand = 'lantian' order by id offset 300 limit 2`.execute(
    world.server.house.db,
  );
  const [one, two] = rows.map(({ id }) => id) as [bigint, bigint];
  const edits: [string, ReturnType<typeof sql>, RegExp][] = [
    [
      'facts',
      sql`update audit_event set facts = facts || '{"number": 0}' where id = ${one}`,
      /is not as it was sealed/,
    ],
    ['who', sql`update audit_event set actor_name = 'somebody' where id = ${one}`, /is not as it was sealed/],
    [
      'nobody becomes empty',
      sql`update audit_event set request_id = '' where id = ${one}`,
      /is not as it was sealed/,
    ],
    [
      'when',
      sql`update audit_event set at = at + interval '1 microsecond' where id = ${one}`,
      /is not as it was sealed/,
    ],
    [
      'whose',
      sql`update audit_event set brand = 'asiayun' where id = ${one}`,
      /was (sealed and is missing|not there)/,
    ],
    ['deleted', sql`delete from audit_event where id = ${one}`, /was sealed and is missing/],
    [
      'added',
      sql`update audit_event set brand = 'lantian' where id = (select max(id) from audit_event where brand = 'wujiyun')`,
      /was not there when it was sealed \(lantian/,
    ],
    [
      'order',
      sql`update audit_event e set subject_id = o.subject_id, facts = o.facts from audit_event o
        where (e.id, o.id) in ((${one}, ${two}), (${two}, ${one}))`,
      /is not as it was sealed/,
    ],
    [
      'the newest',
      sql`delete from audit_event where id = (select max(id) from audit_event where brand = 'asiayun')`,
      /missing/,
    ],
  ];
  for (const [name, change, found] of edits) {
    const told = await tampered((tx) => change.execute(tx));
    assert.match(told, found, name);
    assert.match(told, /^audit_event \d+ /, name);
  }
});

test('a chain that is made anew is found by a root that was published', async () => {
  const all = (await blocks()).filter(({ brand }) => brand === 'lantian');
  const published = new Map(all.map(({ number, root }) => [`lantian ${number}`, root.toString('hex')]));
  assert.equal((await verify(published)).difference, null);
  const shorter = (tx: Tx) =>
    sql`with b as (delete from audit_block where brand = 'lantian' and number = ${all.length} returning *),
        c as (delete from audit_chunk where brand = 'lantian' and block = ${all.length} returning *)
      delete from audit_event e using b where e.brand = 'lantian' and e.id > ${all.at(-2)!.through_id}`.execute(
      tx,
    );
  assert.equal(await tampered(shorter), 'nothing');
  assert.match(await tampered(shorter, published), /^audit_block lantian \d+ was published and is missing/);
  const relinked = (tx: Tx) =>
    sql`update audit_block set previous = root where brand = 'lantian' and number = 2`.execute(tx);
  assert.equal(
    await tampered(relinked, published),
    'nothing',
    'what a row says of the one before it is not what counts',
  );
  const other = (tx: Tx) =>
    sql`update audit_block set root = previous where brand = 'lantian' and number = 2`.execute(tx);
  assert.match(await tampered(other), /^audit_block lantian 2 doesn't follow/);
});

test('[asiayun 6.4] the database refuses to change what is on record, and to delete it within six months', async () => {
  for (const change of [
    sql`update audit_event set action = 'x'`,
    sql`truncate audit_event`,
    sql`delete from audit_event where id = (select min(id) from audit_event)`,
    sql`update audit_block set events = 1`,
    sql`delete from audit_block`,
    sql`delete from audit_chunk`,
    sql`insert into audit_removal (brand, block, removed_at) values ('lantian', 1, '2027-03-03')`,
  ])
    await assert.rejects(
      transact(owner, (tx) => change.execute(tx)),
      { code: '23000' },
      change.compile(owner).sql,
    );
});

test('[asiayun 6.4] what is older than the brand keeps goes in whole blocks; their roots stay, and it is on record', async () => {
  const { house } = world.server;
  const kept = house.brands.get('lantian');
  Object.assign(kept, { audit_months: 6 });
  world.clock.moveTo(new Date('2026-09-03T15:59:00Z'));
  assert.equal(await sweep('audit.removal'), 0, 'the day six months ago is not over');
  world.clock.moveTo(new Date('2026-09-03T16:00:00Z'));
  const old = (await blocks()).filter(({ brand }) => brand === 'lantian').length;
  assert.equal(await sweep('audit.removal'), old);
  const left = await house.db
    .selectFrom('audit_event')
    .select(['action', 'facts'])
    .where('brand', '=', 'lantian')
    .execute();
  assert.deepEqual([...new Set(left.map(({ action }) => action))], ['audit.removed']);
  const verdict = await verify();
  assert.equal(verdict.difference, null);
  assert.equal(verdict.sealed.find(({ brand }) => brand === 'lantian')!.removed, old);
  assert.match(
    await tampered((tx) => sql`update audit_removal set removed_at = '2026-09-01T00:00:00Z'`.execute(tx)),
    /^audit_removal lantian 1 was removed before its time/,
  );
  assert.match(
    await tampered((tx) => sql`delete from audit_removal`.execute(tx)),
    /^audit_event \d+ was sealed and is missing/,
  );
  assert.ok(
    (await verify()).sealed.find(({ brand }) => brand === 'asiayun')!.removed === 0,
    'others keep theirs',
  );
});
