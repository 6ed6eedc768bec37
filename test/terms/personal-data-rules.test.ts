import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import { erasePerson } from '#modules/privacy/erase.ts';
import { sweeps as privacySweeps } from '#modules/privacy/jobs.ts';
import { type Person, rowsOf } from '#modules/privacy/person.ts';
import { PERSONAL_TABLES } from '#server/personal-data.ts';
import { MARK, specimen, unguarded } from '../support/specimen.ts';
import { ownerOf, testWorld } from '../support/world.ts';

const OWN = PERSONAL_TABLES.filter(
  ({ whose, found, erase }) => whose !== 'staff' && found.length > 0 && !('stays' in erase),
);

test('[yunfuwuqi P5] each rule works on a row of its table: found from the person, erased or kept, and erased when its time is over', async () => {
  const world = await testWorld();
  const { house } = world.server;
  const person: Person = {
    brand: 'lantian',
    userIds: [randomUUID()],
    customerIds: [randomUUID()],
    addresses: [`${MARK}@example.com`],
  };
  const ctx = systemCtx(house, 'lantian', 'test');
  const wrong: string[] = [];
  const made = new Map<string, Record<string, unknown>>();
  const guard = await unguarded(ownerOf(world));
  // What rows are made from others comes after those: the register goes the other way round.
  const parents = new Set(
    OWN.flatMap(({ found }) => found.flatMap((link) => ('via' in link ? [link.table] : []))),
  );
  const wanted = PERSONAL_TABLES.filter((each) => OWN.includes(each) || parents.has(each.table));
  for (const table of wanted.toReversed()) {
    try {
      await transact(house.db, (tx) => specimen(tx, table, person, ctx.now, made));
    } catch (error) {
      wrong.push(`${table.table}: no specimen: ${(error as Error).message}`);
    }
  }
  await guard();
  assert.equal(wrong.join('\n'), '');
  const marked = async (name: string) => {
    const table = OWN.find((each) => each.table === name)!;
    const { rows } = await sql<{ row: string }>`select row_to_json(t)::text as row from ${sql.table(name)} t
      where ${rowsOf(table, person)}`.execute(house.db);
    const hex = Buffer.from(MARK).toString('hex');
    return rows.filter(({ row }) => row.includes(MARK) || row.includes(hex) || row.includes('203.0.113.9'));
  };
  for (const { table } of OWN)
    if ((await marked(table)).length === 0) wrong.push(`${table}: not found from the person`);
  assert.deepEqual(
    wrong.filter((each) => !UNMARKED.has(each.split(':')[0]!)),
    [],
  );

  const { kept } = await transact(house.db, (tx) => erasePerson(tx, ctx, person));
  const stays = new Set(kept.map(({ table }) => table));
  for (const { table, keep } of OWN) {
    const left = (await marked(table)).length;
    if (left > 0 && !stays.has(table)) wrong.push(`${table}: still there: ${(await marked(table))[0]!.row}`);
    if (stays.has(table) && !keep) wrong.push(`${table}: kept by no rule`);
  }
  assert.deepEqual(
    wrong.filter((each) => !UNMARKED.has(each.split(':')[0]!)),
    [],
  );

  const later = new Date(ctx.now.getTime() + 31 * 366 * 86_400_000);
  for (const sweep of privacySweeps(house)) await sweepAll(sweep, later);
  for (const { table, keep } of OWN) {
    const [left] = keep?.by ? [] : await marked(table);
    if (left) wrong.push(`${table}: outlives its time: ${left.row}`);
  }
  assert.deepEqual(
    wrong.filter((each) => !UNMARKED.has(each.split(':')[0]!)),
    [],
  );
});

/** Holds instants and words of our own alone. */
const UNMARKED = new Set(['compute_sample', 'privacy_consent', 'privacy_limit', 'identity_member']);
