import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { connect, transact } from '#kernel/db.ts';
import { MigrationError, migrateOrCheck } from '#kernel/migrate.ts';
import { refusedActs } from '#kernel/process-role.ts';
import type { World } from '#server/world.ts';
import { asPgClient } from '../support/pg-client.ts';
import { ownerOf, readyCustomer, testWorld } from '../support/world.ts';

/** Whoever gets hold of a process has its connection to the database: what that may do, and what not (F35). */

let world: World;
before(async () => {
  world = await testWorld();
  await readyCustomer(world, '10');
});

const DENIED = { code: '42501' };
const attempt = (statement: string) =>
  transact(world.server.house.db, (tx) => sql.raw(statement).execute(tx));

test('F35 the processes make, change, empty and drop no table, and switch no guard off', async () => {
  for (const statement of [
    'create table made (id int)',
    'create schema made',
    'drop table ledger_entry cascade',
    'truncate ledger_entry',
    'truncate identity_session',
    'alter table ledger_entry disable trigger user',
    'alter table audit_event add column more text',
    'drop trigger audit_event_append_only on audit_event',
    `create or replace function kernel_append_only() returns trigger language plpgsql as 'begin return null; end'`,
    'create trigger mine before insert on ledger_entry for each row execute function kernel_append_only()',
    'set session_replication_role = replica',
    'set role cloudpact',
    `update kernel_migration set sha256 = ''`,
    'delete from graphile_worker.migrations',
    `copy (select 1) to program 'true'`,
  ])
    await assert.rejects(attempt(statement), DENIED, statement);
});

test('F35 what is append-only they can only add to', async () => {
  const refused = await asPgClient(world.ownerUrl, refusedActs);
  const tables = new Set(refused.map(({ table }) => table));
  for (const table of [
    'ledger_entry',
    'ledger_transaction',
    'audit_event',
    'terms_version',
    'terms_acceptance',
  ])
    assert.ok(tables.has(table), table);
  const { rows } = await sql<{ table: string; act: string }>`
    select relname as table, act from pg_class cross join (values ('update'), ('delete')) as acts (act)
    where relname = any(${[...tables]}) and relnamespace = 'public'::regnamespace
      and has_table_privilege(pg_class.oid, act)`.execute(world.server.house.db);
  const may = new Set(rows.map(({ table, act }) => `${act} ${table}`));
  assert.deepEqual(
    refused.filter(({ table, act }) => may.has(`${act} ${table}`)),
    [],
  );
  await assert.rejects(attempt('update ledger_entry set amount_micro = 1'), DENIED);
  await assert.rejects(attempt('update ledger_entry set account_id = account_id'), DENIED);
  await assert.rejects(attempt(`update audit_event set action = 'x'`), DENIED);
  // Of a file only what says something of a person goes, as the register has it.
  await assert.rejects(attempt('update documents_file set id = id'), DENIED);
  await attempt('select 1 from invoicing_invoice for update');
  await assert.rejects(attempt('update invoicing_invoice set id = id'), /append-only|never/);
  await assert.rejects(attempt('update invoicing_invoice set cash_micro = 0'), DENIED);
});

test('a database that is behind isn’t served, and production isn’t served as the owner of the schema', async () => {
  await migrateOrCheck(world.databaseUrl, true);
  await assert.rejects(migrateOrCheck(world.ownerUrl, true), /DATABASE_OWNER_URL/);
  await migrateOrCheck(world.ownerUrl, false);
  const owner = ownerOf(world);
  const [last] = (
    await sql<{ name: string; sha256: string; applied_at: Date }>`
      delete from kernel_migration where name = (select max(name) from kernel_migration) returning *`.execute(
      owner,
    )
  ).rows;
  await assert.rejects(migrateOrCheck(world.databaseUrl, false), MigrationError);
  await sql`insert into kernel_migration values (${last!.name}, ${last!.sha256}, ${last!.applied_at})`.execute(
    owner,
  );
  await migrateOrCheck(world.databaseUrl, false);
});

test('the owner’s password can’t be made from the processes’', async () => {
  const [own, theirs] = [new URL(world.ownerUrl), new URL(world.databaseUrl)];
  assert.notEqual(own.username, theirs.username);
  assert.match(theirs.password, /^[0-9a-f]{64}$/);
  for (const password of [theirs.password, randomUUID()]) {
    const guessed = connect(Object.assign(new URL(world.ownerUrl), { password }).href, 1);
    await assert.rejects(sql`select 1`.execute(guessed.db), { code: '28P01' });
    await guessed.close();
  }
});
