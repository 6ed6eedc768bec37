import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { PERSONAL_DATA, PURPOSES } from '#server/personal-data.ts';
import { testWorld } from '../support/world.ts';

/** Every column whose name says that something of a person may stand in it; rows about machines and us are told apart. */
const OF_PEOPLE =
  /(^|_)(email|email_normal|phone|qq|wechat|ip|user_agent|company|payer_name|holder|birth|real_name|id_number|recipient|reporter|sealed|tax_number)(_|$)/;

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
  const there = new Set(rows.map(({ name }) => name));
  for (const [name, purposes] of Object.entries(PERSONAL_DATA)) {
    assert.ok(there.has(name), `${name} is no longer collected: strike it`);
    assert.ok(purposes.length > 0 && purposes.every((purpose) => PURPOSES.includes(purpose)), name);
  }
  assert.deepEqual(
    [...PURPOSES],
    ['service', 'orders-and-billing', 'verification', 'support-and-notices', 'analysis'],
  );
});
