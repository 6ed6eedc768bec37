import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Person } from '#modules/privacy/person.ts';
import { PERSONAL_TABLES, type PersonalTable } from '#server/personal-data.ts';

/** A row of any table of the register that is about this person, with a mark in whatever is personal. */

export const MARK = 'mark-of-a-person';

interface Column {
  name: string;
  type: string;
  nullable: boolean;
}

type Values = Record<string, unknown>;

/** Columns that say something in words of ours, nothing of a person: they may outlive one. */
const OWN_WORDS = new Set(
  (
    'kind product plan region image method category channel topic provider role act action measure dedupe token_hash ' +
    'type options out_trade_no trade_no media_type version relation outcome cause number subject_kind authority ' +
    'article case clause_brand clause_id clause_version clause_hash decided_by purpose locale sha256 ' +
    'series placed_by basis subject_id account bank_reference reason_clause certificate lines parameters clauses area'
  ).split(' '),
);

function plain(type: string): unknown {
  return type === 'jsonb' ? '{}' : type === 'bytea' ? Buffer.from('x') : randomUUID();
}

/** Where a check of the table asks for more than its single columns say. */
const ASKED: Record<string, Values> = {
  compute_instance: { name: 'cp-1' },
  funds_bank_account: { number_end: '1234' },
  identity_contact: { state: 'current', kind: 'qq', gone_at: null },
  gates_filing: { domain: MARK, due_at: null },
  verification_identity: { blind: 'a'.repeat(64), ended_at: null, end_reason: null },
  verification_review: { blind: 'a'.repeat(64), state: 'waiting', decided_at: null, decided_by: null },
  domains_claim: { domain: MARK, state: 'asked', ended_at: null, end_reason: null, check_at: null },
  members_invitation: { state: 'open', ended_at: null, accepted_by: null, role: 'support', areas: null },
  reach_responsible: { ended_at: null },
  pushes_push: {
    ...{ state: 'open', expires_at: new Date('2036-01-01'), ended_at: null, to_phone_digest: null },
    ...{ to_customer: null, facts: null, worth_micro: null },
  },
  identity_real_name_check: { state: 'done', result: 'pass' },
  verification_consent: { state: 'confirmed', paper_sealed: null, sha256: null },
  privacy_request: { kind: 'correct', state: 'open', ended_at: null, act_at: null },
  keys_key: { kind: 'signed', secret_hash: null, expires_at: null },
  privacy_copy: { state: 'ready' },
  authorities_request: {
    state: 'ready',
    kinds: ['usage'],
    downloaded_at: null,
    span_to: new Date('2036-01-01'),
  },
  approvals_request: {
    state: 'granted',
    decided_by: randomUUID(),
    decided_at: new Date('2026-01-01'),
    expires_at: new Date('2036-01-01'),
  },
  arrears_erasure: { erased_at: new Date('2026-01-01') },
  liability_claim: {
    service_id: randomUUID(),
    state: 'granted',
    granted_micro: 1,
    transaction_id: randomUUID(),
    spent_micro: 0,
  },
  gates_restriction: { acts: ['buy'], lifted_at: new Date('2036-01-01'), lift_reason: MARK },
  funds_freeze: { appealed_at: new Date('2026-01-01') },
  payments_payment: { channel: 'alipay', way: 'page', state: 'pending', refunded_micro: 0, amount_micro: 1 },
  transfers_receipt: { state: 'credited', decided_at: new Date('2026-01-01') },
  documents_title: { kind: 'company' },
};

export async function specimen(
  tx: Tx,
  table: PersonalTable,
  person: Person,
  at: Date,
  made: Map<string, Values>,
): Promise<void> {
  const columns = await columnsOf(tx, table.table);
  const choices = await choicesOf(tx, table.table);
  const values: Values = {};
  for (const column of columns) {
    const { name, type, nullable } = column;
    const personal = [...table.columns, ...(table.hidden ?? [])].includes(name);
    if (!personal && nullable && name !== table.at) continue;
    const erased = 'delete' in table.erase || ('set' in table.erase && name in table.erase.set);
    const own = OWN_WORDS.has(name) && !erased && (type === 'text' || type === 'jsonb' || type === 'bytea');
    values[name] = choices.get(name) ?? (own ? plain(type) : someValue(type, at));
  }
  for (const link of table.found) {
    if ('user' in link) values[link.user] = person.userIds[0];
    else if ('customer' in link) values[link.customer] = person.customerIds[0];
    else if ('address' in link) values[link.address] = person.addresses[0];
    else if ('prefix' in link) values[link.text] = `${link.prefix}${person.customerIds[0]}`;
    else if ('via' in link) values[link.via] = made.get(link.table)![link.key];
  }
  Object.assign(values, ASKED[table.table]);
  if (['identity_session', 'privacy_request'].includes(table.table))
    values.customer_id = person.customerIds[0];
  if (table.where?.includes('owner_kind')) values.owner_kind = 'user';
  if (columns.some(({ name }) => name === 'brand')) values.brand = 'lantian';
  made.set(table.table, values);
  const names = Object.keys(values);
  await sql`insert into ${sql.table(table.table)} (${sql.join(names.map((name) => sql.ref(name)))})
    values (${sql.join(names.map((name) => written(values[name])))})`.execute(tx);
}

function written(value: unknown): RawBuilder<unknown> {
  return value instanceof Raw ? sql.raw(value.text) : sql`${value}`;
}

class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function someValue(type: string, at: Date): unknown {
  if (type === 'uuid') return randomUUID();
  if (type === 'jsonb') return JSON.stringify({ said: MARK });
  if (type === 'bytea') return Buffer.from(MARK);
  if (type === 'inet') return '203.0.113.9';
  if (type === 'boolean') return true;
  if (type === 'date') return at.toISOString().slice(0, 10);
  if (type.startsWith('timestamp')) return at;
  if (type === 'ARRAY') return new Raw(`'{}'`);
  return /int|numeric/.test(type) ? 1 : MARK;
}

async function columnsOf(tx: Tx, table: string): Promise<Column[]> {
  const { rows } =
    await sql<Column>`select column_name as name, data_type as type, is_nullable = 'YES' as nullable
    from information_schema.columns where table_schema = 'public' and table_name = ${table}
    and is_generated = 'NEVER' and is_identity = 'NO'`.execute(tx);
  return rows;
}

/** Of columns that take one of several words, the first. */
async function choicesOf(tx: Tx, table: string): Promise<Map<string, string>> {
  const { rows } = await sql<{ text: string }>`select pg_get_constraintdef(oid) as text from pg_constraint
    where conrelid = ${table}::regclass and contype = 'c'`.execute(tx);
  return new Map(
    rows.flatMap(({ text }) => {
      const found = /^CHECK \(\((\w+) = (?:ANY \(ARRAY\[)?'([^']+)'/.exec(text);
      return found ? [[found[1]!, found[2]!] as const] : [];
    }),
  );
}

/** For a throw-away database: rows stand by themselves. Returns the way back, but for the references. */
export async function unguarded(db: Db): Promise<() => Promise<void>> {
  const tables = PERSONAL_TABLES.map(({ table }) => table);
  const { rows } = await sql<{
    name: string;
    table: string;
  }>`select conname as name, conrelid::regclass::text as table
    from pg_constraint where contype = 'f' and conrelid::regclass::text = any(${tables}::text[])`.execute(db);
  for (const { name, table } of rows)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(db);
  for (const table of tables) await sql`alter table ${sql.table(table)} disable trigger user`.execute(db);
  return async () => {
    for (const table of tables) await sql`alter table ${sql.table(table)} enable trigger user`.execute(db);
  };
}
