import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import pg from 'pg';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** All of this is done in SQL by the role that the application itself has: no code of ours stands between. */
let world: World;
let client: pg.Client;
let entry: { id: string; transaction_id: string; account_id: string };
let cash: string;
let revenue: string;

before(async () => {
  world = await testWorld();
  const customer = await readyCustomer(world, '20');
  await customer.order({ access: PASSWORD_ACCESS });
  await world.drain();
  client = new pg.Client({ connectionString: world.ownerUrl });
  // Its PostgreSQL goes before it does.
  client.on('error', () => undefined);
  await client.connect();
  [entry] = (await client.query('select * from ledger_entry order by id limit 1')).rows;
  const account = async (kind: string) =>
    (await client.query('select id from ledger_account where kind = $1', [kind])).rows[0].id as string;
  cash = await account('customer_cash');
  revenue = await account('deferred_revenue');
});
after(() => client?.end());

async function books(): Promise<string> {
  const { rows } = await client.query(`select
    (select json_agg(e order by id) from ledger_entry e) as entries,
    (select json_agg(t order by id) from ledger_transaction t) as transactions,
    (select json_agg(a order by id) from ledger_account a) as accounts`);
  return JSON.stringify(rows);
}

/** Each statement as one database transaction; all of it must be refused by the constraint named, and nothing change. */
async function refused(constraint: RegExp, ...statements: [string, unknown[]?][]): Promise<void> {
  const before = await books();
  await client.query('begin');
  try {
    await assert.rejects(
      async () => {
        for (const [text, values] of statements) await client.query(text, values ?? []);
        await client.query('commit');
      },
      (error: pg.DatabaseError) => {
        assert.match(`${error.constraint ?? ''} ${error.message}`, constraint);
        return true;
      },
    );
  } finally {
    await client.query('rollback');
  }
  assert.equal(await books(), before);
}

type Lines = [account: string, amount: number | string][];

const columns = (lines: Lines) => [lines.map(([account]) => account), lines.map(([, amount]) => amount)];
/** The balance that each account has now with the lines so far: what an honest writer would state. */
const ENTRIES = `insert into ledger_entry (transaction_id, account_id, amount_micro, balance_micro)
   select $1::uuid, a.id, amount, (a.balance_micro + sum(amount) over (partition by a.id order by n))::bigint
   from unnest($2::text[], $3::bigint[]) with ordinality as line (account, amount, n)
   join ledger_account a on a.id = account::uuid order by n`;

/** A whole transaction as it has to come, in one statement. */
const transaction = (id: string, ...lines: Lines): [string, unknown[]] => [
  `with made as (insert into ledger_transaction (id, brand, kind, source, source_id, at)
     values ($1::uuid, 'lantian', 'forged', 'forged', $1::uuid::text, '2026-06-01T00:00:00Z')) ${ENTRIES}`,
  [id, ...columns(lines)],
];
const entries = (id: string, ...lines: Lines): [string, unknown[]] => [ENTRIES, [id, ...columns(lines)]];

test('F35 an unbalanced transaction is refused', async () => {
  const id = randomUUID();
  await refused(/ledger_transaction_balanced/, transaction(id, [cash, 1_000_000]));
  await refused(/ledger_transaction_balanced/, transaction(id, [cash, 5], [revenue, -4]));
  await refused(/ledger_transaction_balanced/, transaction(id));
});

test('F35 half of a transaction now and the other half later is refused, even within one database transaction', async () => {
  const id = randomUUID();
  await refused(/ledger_transaction_balanced/, transaction(id, [cash, 5]), entries(id, [revenue, -5]));
});

test('F35 entries without a transaction, and in accounts of another brand or of nobody, are refused', async () => {
  await refused(/ledger_transaction_closed/, entries(randomUUID(), [cash, 5], [revenue, -5]));
  const foreign = randomUUID();
  const account = `insert into ledger_account (id, brand, kind, owner) values ($1, 'qiniu', 'revenue', 'forged')`;
  const id = randomUUID();
  await refused(/ledger_entry_account/, [account, [foreign]], transaction(id, [cash, 5], [foreign, -5]));
  await refused(/ledger_entry_account/, [
    `with made as (insert into ledger_transaction (id, brand, kind, source, source_id, at)
       values ($1::uuid, 'lantian', 'forged', 'forged', $1::uuid::text, '2026-06-01T00:00:00Z'))
     insert into ledger_entry (transaction_id, account_id, amount_micro, balance_micro)
       values ($1, $2, 5, 5), ($1, $2, -5, 0)`,
    [id, foreign],
  ]);
});

test('F35 an entry that misstates the balance after it is refused', async () => {
  const id = randomUUID();
  const [text, values] = transaction(id, [cash, 5], [revenue, -5]);
  await refused(/ledger_entry_balance/, [
    text.replace('(a.balance_micro + ', '(1 + a.balance_micro + '),
    values,
  ]);
});

test('F35 a transaction from a snapshot that may be old is refused', async () => {
  const id = randomUUID();
  for (const level of ['repeatable read', 'serializable'])
    await refused(
      /ledger_transaction_isolation/,
      [`set transaction isolation level ${level}`],
      transaction(id, [cash, 5], [revenue, -5]),
    );
});

test('F35 an edited entry, transaction or owner of an account is refused', async () => {
  await refused(/append.only/, ['update ledger_entry set amount_micro = 1 where id = $1', [entry.id]]);
  await refused(/append.only/, ['update ledger_entry set account_id = account_id']);
  await refused(/append.only/, [`update ledger_transaction set at = at - interval '1 day'`]);
  await refused(/derived/, [`update ledger_account set owner = 'somebody' where id = $1`, [cash]]);
});

test('F35 a deleted or truncated entry, transaction or account is refused', async () => {
  for (const table of ['ledger_entry', 'ledger_transaction', 'ledger_account']) {
    await refused(/append.only|foreign key|is kept/, [`delete from ${table}`]);
    await refused(/append.only|foreign key|is kept/, [`truncate ${table} cascade`]);
  }
  await refused(/append.only/, ['delete from ledger_entry where id = $1', [entry.id]]);
});

test('F35 balanced entries added to an old transaction are refused', async () => {
  await refused(/ledger_transaction_closed/, entries(entry.transaction_id, [cash, 5], [revenue, -5]));
});

test('F35 a balance edited directly, and an account that begins with one, are refused', async () => {
  await refused(/derived/, [
    'update ledger_account set balance_micro = balance_micro + 1 where id = $1',
    [cash],
  ]);
  await refused(/derived/, ['update ledger_account set floor_micro = null where id = $1', [cash]]);
  await refused(/derived/, [
    `insert into ledger_account (id, brand, kind, owner, balance_micro)
     values (gen_random_uuid(), 'lantian', 'revenue', 'forged', 5)`,
  ]);
});

test('F35 cash below zero is refused, whoever posts it', async () => {
  const id = randomUUID();
  await refused(/ledger_account_floor/, transaction(id, [cash, -99_000_000], [revenue, 99_000_000]));
});

test('F35 the cash of a customer without a floor is refused', async () => {
  await refused(/floor/, [
    `insert into ledger_account (id, brand, kind, owner, customer)
     values (gen_random_uuid(), 'lantian', 'customer_cash', 'forged', 'forged')`,
  ]);
});

test('F35 the same cause posted twice, an entry of nothing, a balance past 2^63: refused', async () => {
  const { rows } = await client.query('select source, source_id from ledger_transaction limit 1');
  await refused(/ledger_transaction_once/, [
    `insert into ledger_transaction (id, brand, kind, source, source_id, at)
     values (gen_random_uuid(), 'lantian', 'again', $1, $2, '2026-01-01T00:00:00Z')`,
    [rows[0].source, rows[0].source_id],
  ]);
  const id = randomUUID();
  await refused(/check/, transaction(id, [cash, 0], [revenue, 0]));
  const huge = '9223372036854775807';
  await refused(/out of range/, transaction(id, [cash, huge], [revenue, `-${huge}`]));
});

test('F35 the audit log, the terms and their acceptance are as hard', async () => {
  for (const table of ['audit_event', 'terms_version', 'terms_acceptance', 'catalogue_version']) {
    await refused(/append.only|foreign key|is kept/, [`delete from ${table}`]);
    await refused(/append.only|foreign key|is kept/, [`truncate ${table} cascade`]);
  }
  await refused(/append.only/, [`update audit_event set facts = '{}'`]);
  await refused(/append.only/, [`update terms_acceptance set at = at - interval '1 day'`]);
});

test('F35 the application is no superuser, so it cannot switch the triggers off for a session', async () => {
  const { rows } = await client.query('select rolsuper from pg_roles where rolname = current_user');
  assert.equal(rows[0].rolsuper, false);
  await assert.rejects(client.query(`set session_replication_role = replica`), /permission denied/);
});
