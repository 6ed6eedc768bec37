import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import iconv from 'iconv-lite';
import { sql } from 'kysely';
import { openLog } from '#kernel/log.ts';
import { type Postgres, startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { someIdNumber } from '#server/story/identity.ts';
import { openWorld, type World } from '#server/world.ts';
import { call, type Request } from '../api/call.ts';
import { TwoStaff } from '../support/two-staff.ts';

/**
 * Numbers and names of identity, after every way to be verified, looked for in all that is kept: each row of each table
 * as a dump writes it, every line of the log, and the files of the database cluster with its write-ahead log, which are
 * what a backup is.
 */

const lines: string[] = [];
const log = openLog('debug', { write: (line: string) => void lines.push(line) });

let dir: string;
let postgres: Postgres;
let world: World;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-leaks-'));
  postgres = await startPostgres({
    dir,
    settings: { fsync: 'off' },
    leaves: 'nothing',
    log: () => undefined,
  });
  world = await openWorld({ adminUrl: postgres.adminUrl, seed: true, log });
});

after(async () => {
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
});

const people = {
  person: { name: '欧阳若兰', number: someIdNumber() },
  refused: { name: '不一致', number: someIdNumber() },
  legal: { name: '司徒文远', number: '91330100799655058B' },
  child: { name: '慕容小雨', number: someIdNumber('20150601') },
  guardian: { name: '慕容志远', number: someIdNumber() },
  byHand: { name: 'Zephyrine Quill', number: 'QX7310455' },
  broken: { name: '诸葛长风', number: someIdNumber() },
};
const COMPANY = '鹊桥星海科技有限公司';
const SCAN = Buffer.concat([
  Buffer.from('89504e470d0a1a0a', 'hex'),
  Buffer.from(`scan of ${people.byHand.number} ${people.byHand.name}`),
]);

function ask(customer: StoryCustomer, method: string, path: string, request: Request = {}) {
  return call(world, method, path, { cookie: customer.api.cookie(), ...request });
}

async function newcomer(minor = false): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp({ minor });
  await customer.acceptTerms();
  return customer;
}

const asked = ({ name, number }: { name: string; number: string }) => ({ name, id_number: number });

test('persons, companies, guardians and documents: nothing of an identity is kept anywhere', async (t) => {
  await authorities();
  await guardians();
  const decide = await documents();
  await search(t.diagnostic.bind(t), 'while documents wait');
  await decide();
  await search(t.diagnostic.bind(t), 'after all');
  const { db } = world.server.house;
  const files = await db.selectFrom('verification_review_file').select('id').execute();
  const sealed = await db.selectFrom('verification_review').select(['state', 'sealed']).execute();
  assert.deepEqual(files, []);
  assert.deepEqual(sealed, [{ state: 'passed', sealed: null }]);
  const { rows } = await sql`select * from verification_identity`.execute(db);
  assert.equal(rows.length, 4, 'person, company, child, by hand');
});

async function authorities(): Promise<void> {
  const person = await newcomer();
  const post = (customer: StoryCustomer, body: object) =>
    ask(customer, 'POST', '/account/real-name', { body });
  assert.equal((await post(person, asked(people.refused))).json.result, 'fail');
  const slip = `${people.person.number.slice(0, 17)}${people.person.number.endsWith('1') ? '2' : '1'}`;
  assert.equal((await post(person, { name: people.person.name, id_number: slip })).status, 400);
  assert.equal((await post(person, asked(people.person))).json.result, 'pass');
  assert.equal((await post(person, { ...asked(people.person), again: true })).json.result, 'pass');

  const { ports } = world.server.house;
  const real = ports.realName;
  ports.realName = {
    ...real,
    check: async ({ name, idNumber }) => {
      throw new Error('the authority broke', { cause: { request: `${name} ${idNumber}` } });
    },
  };
  assert.equal((await post(await newcomer(), asked(people.broken))).status, 500);
  ports.realName = real;

  const company = await newcomer();
  const body = { name: COMPANY, credit_code: people.legal.number, legal_person: people.legal.name };
  const passed = await ask(company, 'POST', '/account/real-name/company', { body });
  assert.equal(passed.json.result, 'pass');
}

async function guardians(): Promise<void> {
  const customer = await newcomer(true);
  const phone = '13800000777';
  const sent = await ask(customer, 'POST', '/account/guardian-consents', {
    body: { minor: asked(people.child), guardian: asked(people.guardian), relation: 'parent', phone },
  });
  assert.equal(sent.status, 202, sent.text);
  await world.drain();
  const { json } = await call(world, 'GET', '/dev/mailbox');
  const sms = (json.items as { to: string; body: string }[]).find(({ to }) => to === phone)!;
  const code = /\d{6}/.exec(sms.body)![0];
  const path = `/account/guardian-consents/${sent.json.id}/confirmation`;
  assert.equal((await ask(customer, 'POST', path, { body: { code } })).status, 204);
  await world.drain();
  const status = (await ask(customer, 'GET', '/account/real-name')).json;
  assert.equal(status.guardian_consent, true);
}

/** Hands documents in; the answer is two of the staff's decision. */
async function documents(): Promise<() => Promise<void>> {
  const customer = await newcomer();
  const { name, number } = people.byHand;
  const files = [SCAN.toString('base64')];
  const made = await ask(customer, 'POST', '/account/real-name/reviews', {
    body: { kind: 'person', name, number, files },
  });
  assert.equal(made.status, 201, made.text);
  const staff = await TwoStaff.at(world, 'lantian');
  const path = `/staff/identity-reviews/${made.json.id}`;
  const opened = await staff.one('POST', `${path}/opening`);
  assert.deepEqual(
    [opened.json.name, opened.json.number, (opened.json.files as { content: string }[])[0]!.content],
    [name, number, files[0]],
  );
  return async () => {
    const judged = { pass: true, reason: '证件与本人一致' };
    assert.equal((await staff.one('POST', `${path}/judgement`, judged)).json.code, 'review-age');
    const aged = { ...judged, minor: false };
    assert.equal((await staff.one('POST', `${path}/judgement`, aged)).json.state, 'seen-by-one');
    assert.equal((await staff.two('POST', `${path}/judgement`, aged)).json.state, 'passed');
    assert.equal((await staff.two('POST', `${path}/opening`)).status, 409, 'nothing is left to open');
    await world.drain();
  };
}

async function search(tell: (text: string) => void, when: string): Promise<void> {
  const places: [string, Buffer][] = [['the log', Buffer.from(lines.join(''))]];
  for (const [name, text] of await dump(tell)) places.push([name, Buffer.from(text)]);
  places.push(...(await cluster()));
  tell(`${when}: ${places.length} places, ${places.reduce((sum, [, bytes]) => sum + bytes.length, 0)} bytes`);
  for (const must of [
    'identity_real_name_check',
    'verification_identity',
    'audit_event',
    'kernel_idempotency',
  ])
    assert.ok(
      places.some(([name]) => name.endsWith(must)),
      `${must} was looked at`,
    );
  for (const [who, { name, number }] of Object.entries(people)) {
    const needles = [...formsOf(number), ...digestsOf(`${name}${number}`), ...digestsOf(`${name} ${number}`)];
    if (who !== 'refused') needles.push(...textsOf(name));
    assert.deepEqual(foundIn(places, needles), [], `${when}: ${who}`);
  }
  assert.deepEqual(foundIn(places, textsOf(COMPANY)), [], `${when}: the company`);
}

function foundIn(places: [string, Buffer][], needles: Buffer[]): string[] {
  return places
    .filter(([, bytes]) => needles.some((needle) => bytes.includes(needle)))
    .map(([place]) => place);
}

/** Every table, each row as COPY writes it, which is what a dump consists of. */
async function dump(tell: (text: string) => void): Promise<[string, string][]> {
  const { db } = world.server.house;
  const { rows } = await sql<{ schema: string; name: string }>`select schemaname as schema, tablename as name
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`.execute(db);
  const texts: [string, string][] = [];
  for (const { schema, name } of rows) {
    const table = sql.table(`${schema}.${name}`);
    const { rows: found } = await sql<{ row: string }>`select t::text as row from ${table} t`.execute(db);
    texts.push([`${schema}.${name}`, found.map(({ row }) => row).join('\n')]);
  }
  const whole = await pgDump(tell);
  return whole === null ? texts : [...texts, ['pg_dump', whole]];
}

/** By pg_dump itself, where there is one that is no older than the server. */
async function pgDump(tell: (text: string) => void): Promise<string | null> {
  const run = promisify(execFile);
  const said = await run('pg_dump', ['--version']).then(
    ({ stdout }) => stdout.trim(),
    (error: NodeJS.ErrnoException) => `pg_dump: ${error.code}`,
  );
  const major = Number(/(\d+)\./.exec(said)?.[1] ?? 0);
  if (major < Number.parseInt(postgres.version, 10)) {
    tell(
      `NOT by pg_dump itself, whose version ${postgres.version} isn't here (${said}): each row as COPY writes it`,
    );
    return null;
  }
  const options = { maxBuffer: 256 * 1024 * 1024 };
  return (await run('pg_dump', ['--dbname', world.ownerUrl], options)).stdout;
}

/** The database's own files: pages, dead rows and all, and the log that a backup carries with them. */
async function cluster(): Promise<[string, Buffer][]> {
  const { rows } = await sql<{
    oid: number;
  }>`select oid from pg_database where datname = current_database()`.execute(world.server.house.db);
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const ours = paths.filter((path) => path.includes(`/base/${rows[0]!.oid}/`) || path.includes('/pg_wal/'));
  const read = await Promise.all(
    ours.map(
      async (path): Promise<[string, Buffer]> => [path, await readFile(path).catch(() => Buffer.alloc(0))],
    ),
  );
  assert.ok(
    read.length > 100 && read.some(([path, bytes]) => path.includes('pg_wal') && bytes.length > 1_000_000),
  );
  return read;
}

/** A text as programs write it. */
function textsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  return [
    bytes,
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
    iconv.encode(text, 'gb18030'),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(JSON.stringify(text).slice(1, -1)),
    Buffer.from([...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('hex').toUpperCase()),
    ...inBase64(bytes),
  ];
}

/** What surely stands in the base64 of anything that it is a part of, wherever that begins. */
function inBase64(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return Buffer.from(text.replace(/=+$/, '').slice(shift === 0 ? 0 : 4, -2));
  });
}

/** The same, turned in small ways, and its plain digests. */
function formsOf(secret: string): Buffer[] {
  const turned = [secret, secret.toLowerCase(), [...secret].reverse().join('')];
  const digests = [secret, secret.toLowerCase(), `person:${secret}`, `company:${secret}`].flatMap(digestsOf);
  return [...turned.flatMap(textsOf), ...digests];
}

/** Numbers are few enough to be guessed from these. */
function digestsOf(text: string): Buffer[] {
  return ['md5', 'sha1', 'sha256'].flatMap((name) => {
    const digest = createHash(name).update(text).digest();
    return [digest, Buffer.from(digest.toString('hex')), Buffer.from(digest.toString('base64'))];
  });
}

test('the search finds what it is after, in each form', () => {
  const { name, number } = people.person;
  for (const form of [...formsOf(number), ...textsOf(name)]) {
    const place: [string, Buffer] = ['x', Buffer.concat([Buffer.from('{"a":"'), form, Buffer.from('"}')])];
    assert.deepEqual(foundIn([place], [...formsOf(number), ...textsOf(name)]), ['x']);
  }
  for (const before of ['', 'a', 'ab', 'abc']) {
    const wrapped = Buffer.from(Buffer.from(`${before}${number}, and more`).toString('base64'));
    assert.deepEqual(foundIn([['x', wrapped]], formsOf(number)), ['x'], before);
  }
  assert.deepEqual(foundIn([['x', Buffer.from('nothing of it')]], formsOf(number)), []);
});
