import assert from 'node:assert/strict';
import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { sql } from 'kysely';
import { sealKey } from '#kernel/config.ts';
import { Sealer, sealedBy } from '#kernel/seal.ts';
import { readKeys, rewrapKeys } from '#kernel/seal-keys.ts';
import { type RotateOptions, rotateKeys } from '#kernel/seal-rotate.ts';
import { SEALED_COLUMNS } from '#server/sealed-columns.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const house = () => world.server.house;
const ids: string[] = [];

async function report(text: string, seal = (id: string) => house().sealer.seal(text, id)): Promise<string> {
  const id = randomUUID();
  await sql`insert into enforcement_report (id, brand, about, category, text, reporter, at, state)
    values (${id}, 'lantian', 'a', 'spam', 't', ${seal(id)}, ${world.clock.now()}, 'new')`.execute(
    house().db,
  );
  ids.push(id);
  return id;
}

async function reporters(): Promise<{ id: string; reporter: Buffer }[]> {
  const { rows } = await sql<{
    id: string;
    reporter: Buffer;
  }>`select id, reporter from enforcement_report order by at, id`.execute(house().db);
  return rows;
}

/** As the command of its own process does. */
async function rotate(options: Partial<RotateOptions> = {}) {
  const { db, config } = house();
  const own = new Sealer(await readKeys(db, config));
  return rotateKeys(db, config, own, { columns: SEALED_COLUMNS, batch: 20, settleMs: 50, ...options });
}

async function keys(): Promise<[number, string, boolean][]> {
  const rows = await house().db.selectFrom('kernel_data_key').selectAll().orderBy('id').execute();
  return rows.map(({ id, state, emptied_at }) => [id, state, emptied_at !== null]);
}

for (let i = 0; i < 90; i++) await report(`reporter-${i}@example.com`);

test('a rotation that is killed in the middle and called again ends like one that was not; all opens all the while', async () => {
  const { sealer } = house();
  const digest = sealer.digest('x');
  let running = true;
  const opened = (async () => {
    let times = 0;
    for (; running; times++)
      for (const { id, reporter } of await reporters())
        assert.match(sealer.open(reporter, id), /^reporter-\d+@/);
    return times;
  })();
  let batches = 0;
  const killed = rotate({
    onBatch: () => {
      if (++batches === 2) throw new Error('killed');
    },
  });
  await assert.rejects(killed, /killed/);
  const half = (await reporters()).map(({ reporter }) => sealedBy(reporter));
  assert.deepEqual([...new Set(half)].sort(), [1, 2], 'some are sealed anew, some are not');
  assert.deepEqual(await keys(), [
    [0, 'fingerprint', false],
    [1, 'former', false],
    [2, 'current', false],
  ]);
  await report('reporter-900@example.com');
  const { key, broken } = await rotate();
  assert.deepEqual([key, broken], [2, []], 'it goes on with the key that was made');
  running = false;
  assert.ok((await opened) > 0);
  assert.ok((await reporters()).every(({ reporter }) => sealedBy(reporter) === 2));
  assert.deepEqual(await keys(), [
    [0, 'fingerprint', false],
    [1, 'former', true],
    [2, 'current', false],
  ]);
  assert.equal(sealer.digest('x'), digest, 'equal values are still told');
  assert.equal((await rotate()).key, 3, 'a rotation that ended is followed by one with a new key');
});

test('two rotations at once reseal each value and leave one key in force', async () => {
  await Promise.all([rotate(), rotate()]);
  const current = (await keys()).filter(([, state]) => state === 'current');
  assert.equal(current.length, 1);
  for (const { id, reporter } of await reporters())
    assert.match(house().sealer.open(reporter, id), /^reporter-/);
});

test('a value that was moved to another row is named and left alone, and the rotation is not said to be whole', async () => {
  const [one, other] = await reporters();
  await sql`update enforcement_report set reporter = ${other!.reporter} where id = ${one!.id}`.execute(
    house().db,
  );
  const { broken } = await rotate();
  assert.deepEqual(broken, [{ table: 'enforcement_report', column: 'reporter', row: one!.id }]);
  assert.ok((await keys()).some(([, state, emptied]) => state === 'former' && !emptied));
  await sql`delete from enforcement_report where id = ${one!.id}`.execute(house().db);
  assert.deepEqual((await rotate()).broken, []);
});

test('a new key-encryption key touches no value, and the old one opens nothing any more', async () => {
  const before = await reporters();
  const { sealKeyFile } = house().config;
  const aside = `${sealKeyFile}.aside`;
  copyFileSync(sealKeyFile, aside);
  assert.ok((await rewrapKeys(house().db, house().config)) >= 3);
  assert.notEqual(readFileSync(sealKeyFile, 'utf8'), readFileSync(aside, 'utf8'));
  assert.deepEqual(await reporters(), before);
  await world.reopen();
  for (const { id, reporter } of before) assert.match(house().sealer.open(reporter, id), /^reporter-/);
  const now = readFileSync(sealKeyFile);
  copyFileSync(aside, sealKeyFile);
  await assert.rejects(readKeys(house().db, house().config), /is not the sealing key/);
  writeFileSync(sealKeyFile, now);
});

test('killed after the database took the new key-encryption key and before its file took its place, a start finds it', async () => {
  const { sealKeyFile } = house().config;
  const old = readFileSync(sealKeyFile);
  await rewrapKeys(house().db, house().config);
  copyFileSync(sealKeyFile, `${sealKeyFile}.next`);
  const now = readFileSync(sealKeyFile);
  writeFileSync(sealKeyFile, old);
  await world.reopen();
  assert.deepEqual(readFileSync(sealKeyFile), now);
  const [first] = await reporters();
  assert.match(house().sealer.open(first!.reporter, first!.id), /^reporter-/);
});

test('the key-encryption key may come by the environment, and changes there', async () => {
  const { config, db } = house();
  const [was, next] = [sealKey(config.sealKeyFile), randomBytes(32)];
  await assert.rejects(rewrapKeys(db, { ...config, sealKey: was, sealKeyNext: null }), /SEAL_KEY_NEXT/);
  await rewrapKeys(db, { ...config, sealKey: was, sealKeyNext: next });
  await readKeys(db, { ...config, sealKey: next, sealKeyNext: null });
  await assert.rejects(
    readKeys(db, { ...config, sealKey: was, sealKeyNext: null }),
    /CLOUDPACT_SEAL_KEY is not/,
  );
  await rewrapKeys(db, { ...config, sealKey: next, sealKeyNext: was });
});

test('a database from before data keys goes on: its values open, its fingerprints stay, a rotation seals them anew', async () => {
  const { db, config } = house();
  const key = sealKey(config.sealKeyFile);
  const alone = Sealer.alone(key);
  await sql`delete from enforcement_report`.execute(db);
  await sql`delete from kernel_data_key`.execute(db);
  await sql`update kernel_deployment set seal_fingerprint = ${alone.digest('seal key')}`.execute(db);
  const id = await report('reporter-1@example.com', (row) =>
    firstVersion(key, 'reporter-1@example.com', row),
  );
  await world.reopen();
  const [row] = await reporters();
  assert.equal(house().sealer.open(row!.reporter, id), 'reporter-1@example.com');
  assert.equal(house().sealer.digest('x'), alone.digest('x'));
  await rotate();
  const [again] = await reporters();
  assert.equal(sealedBy(again!.reporter), 2);
  await world.reopen();
  assert.equal(house().sealer.open(again!.reporter, id), 'reporter-1@example.com');
});

function firstVersion(key: Buffer, text: string, owner: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(owner));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), body]);
}
