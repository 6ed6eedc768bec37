import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { eraseRows, unerased } from '#modules/privacy/erase.ts';
import { rowsOf } from '#modules/privacy/person.ts';
import { BASES, LAWS, PERSONAL_DATA, PERSONAL_TABLES, PURPOSES } from '#server/personal-data.ts';
import { columnName } from '#server/personal-data-names.ts';
import { CODED, codeName, valueText } from '#server/personal-data-values.ts';
import { SEALED_COLUMNS } from '#server/sealed-columns.ts';
import { testWorld } from '../support/world.ts';

/** Every column whose name says that something of a person may stand in it; rows about machines and us are told apart. */
const OF_PEOPLE =
  /(^|_)(email|email_normal|phone|qq|wechat|ip|user_agent|company|payer_name|holder|birth|real_name|id_number|recipient|reporter|sealed|tax_number|nickname|phone_shown|guardian|bank_account|surname|passport|license|licence|birthday|address_line|postcode|contact)(_|$)/;

test('[yunfuwuqi P1.1] [yunfuwuqi P2] what is collected of a person is labelled with what it is for, and nothing else is collected', async () => {
  const world = await testWorld();
  const { rows } = await sql<{ name: string }>`select c.table_name || '.' || c.column_name as name
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
    and c.data_type in ('text', 'inet', 'bytea', 'jsonb', 'character varying')
    order by 1`.execute(world.server.house.db);
  const collected = rows.map(({ name }) => name).filter((name) => OF_PEOPLE.test(name.split('.')[1]!));
  assert.ok(collected.length > 10);
  assert.deepEqual(
    collected.filter((name) => !PERSONAL_DATA[name]),
    [],
    'say in server/personal-data.ts what it is for',
  );
  const columns = await sql<{ name: string }>`select table_name || '.' || column_name as name
    from information_schema.columns where table_schema = 'public'`.execute(world.server.house.db);
  const there = new Set(columns.rows.map(({ name }) => name));
  for (const [name, purposes] of Object.entries(PERSONAL_DATA)) {
    assert.ok(there.has(name), `${name} is no longer collected: strike it`);
    assert.ok(purposes.length > 0 && purposes.every((purpose) => PURPOSES.includes(purpose)), name);
  }
  assert.deepEqual(
    [...PURPOSES],
    ['service', 'orders-and-billing', 'verification', 'support-and-notices', 'analysis'],
  );
});

test('[yunfuwuqi P2] [yunfuwuqi P5] each table of the register has a legal basis, words in both languages, a way to a person, and an end that can be executed', async () => {
  const { house } = (await testWorld()).server;
  const nobody = { brand: 'lantian', userIds: [], customerIds: [], addresses: [] };
  const ctx = systemCtx(house, 'lantian', 'test');
  assert.equal(new Set(PERSONAL_TABLES.map(({ table }) => table)).size, PERSONAL_TABLES.length);
  for (const table of PERSONAL_TABLES) {
    const { name, basis, whose, found, keep, columns, erase } = table;
    assert.ok(/\p{Script=Han}/u.test(name.zh) && name.en.length > 0, table.table);
    assert.ok(BASES[basis] && (!keep || LAWS[keep.law]), table.table);
    for (const column of columns) assert.ok(columnName(column).zh, column);
    assert.ok(found.length > 0 || whose === 'outsider', `${table.table}: nobody finds it`);
    const [parent] = found.flatMap((link) => ('via' in link ? [link.table] : []));
    if (parent && 'delete' in erase) {
      const order = PERSONAL_TABLES.map((each) => each.table);
      assert.ok(order.indexOf(table.table) < order.indexOf(parent), `${table.table} goes before ${parent}`);
    }
    await transact(house.db, (tx) => eraseRows(tx, ctx, table, rowsOf(table, nobody)));
    await sql`select 1 from ${sql.table(table.table)} t where ${unerased(table)}
      and ${keep?.if ? sql.raw(keep.if) : sql`true`} limit 1`.execute(house.db);
  }
});

test('every sealed column is known to the rotation of keys, and nothing else is', async () => {
  const { house } = (await testWorld()).server;
  const { rows } = await sql<{ name: string }>`select c.table_name || '.' || c.column_name as name
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'bytea'
    order by 1`.execute(house.db);
  const sealed = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  const others = rows.map(({ name }) => name).filter((name) => !sealed.includes(name));
  assert.deepEqual(
    others.filter((name) => !UNSEALED.test(name)),
    [],
    'sealed? then server/sealed-columns.ts must know for which owner',
  );
  const there = new Set(rows.map(({ name }) => name));
  assert.deepEqual(
    sealed.filter((name) => !there.has(name)),
    [],
  );
});

/** Hashes, roots of trees, public keys, and files that are open by nature. */
const UNSEALED = /(hash|root|previous|leaves|credential_id|public_key|wrapped)$|\.(bytes|content)$/;

test('every code that a copy of one’s data can hold has words in both languages', async () => {
  const { house } = (await testWorld()).server;
  const { rows } = await sql<{ table: string; text: string }>`select conrelid::regclass::text as table,
    pg_get_constraintdef(oid) as text from pg_constraint where contype = 'c'`.execute(house.db);
  let seen = 0;
  for (const { table, text } of rows) {
    const [, column = '', codes = ''] = /\(+(\w+)\)?(?:::text)? = ANY \(\(?ARRAY\[(.*?)\]/.exec(text) ?? [];
    const registered = PERSONAL_TABLES.find((each) => each.table === table);
    if (!registered?.columns.includes(column) || column === 'media_type') continue;
    assert.ok(CODED[column], `${table}.${column} holds codes: say so in server/personal-data-values.ts`);
    for (const [, code] of codes.matchAll(/'([^']*)'/g)) {
      const [zh, en] = [codeName(column, code!, 'zh'), codeName(column, code!, 'en')];
      assert.ok(zh && en && /\p{Script=Han}|^(QQ|GitHub|Bearer)$/u.test(zh), `${table}.${column}: ${code}`);
      seen++;
    }
  }
  assert.ok(seen > 80, `${seen} codes`);
});

test('acts and their facts are words in a copy, and money is yuan', () => {
  const by = { locale: 'zh' as const, when: (at: string) => at.slice(0, 10) };
  assert.equal(valueText('action', 'filing.approved', by), '备案核对通过');
  assert.equal(valueText('amount_micro', '12500000', by), '12.50');
  const facts = { kind: 'icp-filing', before: { state: 'waiting' }, approved: true, valid_until: null };
  assert.equal(valueText('facts', facts, by), '种类：ICP 备案；之前：状态：待核对；通过：是');
  assert.equal(valueText('channel', 'in-site', { ...by, locale: 'en' }), 'inbox');
});
