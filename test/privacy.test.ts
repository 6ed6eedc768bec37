import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import WebSocket from 'ws';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { openLog } from '#kernel/log.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, cookieOf, type Reply, type Request, staffCookie } from './api/call.ts';
import { ownerOf, testWorld } from './support/world.ts';

/**
 * A whole journey with secrets that are known here, and then a search for them: in every line of the log, in every
 * row of every table, in every job that was ever enqueued, in every file of the data directory.
 */

const SECRETS = {
  'the next password': 'Lantern-over-9-bridges',
  'a wrong password': 'Guessed-at-half-past-4',
  'the ID number': '11010519491231002X',
  'the real name': '欧阳若兰',
  'the SSH password': 'Sparrow+under=the/eaves-3',
  'what was typed in the terminal': 'export-TOKEN-of-mine-77',
  'the phone number': '13912345678',
  'the e-mail address of a request that broke': 'unlucky.person@example.com',
};

const lines: string[] = [];
const log = openLog('debug', { write: (line: string) => void lines.push(line) });

/** Closed, nothing is made, and what an order says of the way in waits in the database. */
const gate = Promise.withResolvers<void>();
let world: World;
let customer: StoryCustomer;
/** Known only as the journey goes. */
const found: Record<string, string> = {};

before(async () => {
  world = await testWorld({
    seed: true,
    log,
    hypervisors: (_node, deployment) => {
      const inner = simulatedHypervisor({ deployment });
      return { ...inner, create: (spec) => gate.promise.then(() => inner.create(spec)) };
    },
  });
  // Jobs leave their table when they are done; what was in them is kept for this test.
  const db = ownerOf(world);
  await sql`create table jobs_seen (job jsonb)`.execute(db);
  await sql`grant select, insert on jobs_seen to public`.execute(db);
  await sql`create function jobs_see() returns trigger language plpgsql as $$
    begin insert into jobs_seen values (to_jsonb(new)); return new; end $$`.execute(db);
  await sql`create trigger jobs_see after insert or update on graphile_worker._private_jobs
    for each row execute function jobs_see()`.execute(db);
  customer = new StoryCustomer(world.url, { email: 'quiet.person@example.com' });
});

function ask(method: string, path: string, request: Request = {}): Promise<Reply> {
  return call(world, method, path, { cookie: customer.api.cookie(), ...request });
}

async function answers(status: number, reply: Promise<Reply>): Promise<Reply> {
  const got = await reply;
  assert.equal(got.status, status, got.text);
  return got;
}

test('a journey with every secret there is', async () => {
  const { email } = customer;
  await customer.signUp();
  found['the code'] = await customer.code();
  found['the session token'] = customer.api.cookie().split('=')[1]!;
  found['the staff session token'] = (await staffCookie(world)).split('=')[1]!;
  for (const login of world.server.logins) found[`the ${login.role}’s password`] = login.password;
  await answers(
    401,
    ask('POST', '/auth/sign-in', { body: { email, password: SECRETS['a wrong password'] } }),
  );
  await customer.acceptTerms();

  const person = { name: SECRETS['the real name'], id_number: SECRETS['the ID number'] };
  await answers(
    400,
    ask('POST', '/account/real-name', { body: { ...person, id_number: '110105194912310021' } }),
  );
  await answers(200, ask('POST', '/account/real-name', { body: person }));
  await answers(409, ask('POST', '/account/real-name', { body: person }));
  await customer.topUp('30');
  await phoneNamed();

  const access = { type: 'password', password: SECRETS['the SSH password'] };
  const order = { plan: 'nat-s', region: 'hk', image: 'debian-12', hostname: 'web1', months: 1, access };
  const headers = { 'idempotency-key': 'one-order-with-a-password' };
  const placed = await answers(201, ask('POST', '/orders', { body: order, headers }));
  await answers(201, ask('POST', '/orders', { body: order, headers }));
  await answers(422, ask('POST', '/orders', { body: { ...order, months: 2 }, headers }));
  found['the service'] = String(placed.json.service_id);
});

/** A phone with its code: sealed, and the code gone once it was sent. */
async function phoneNamed(): Promise<void> {
  const body = { phone: SECRETS['the phone number'] };
  const { json } = await answers(202, ask('POST', '/account/contacts/phone', { body }));
  await world.drain();
  const { items } = (await answers(200, ask('GET', '/dev/mailbox'))).json as {
    items: { channel: string; body: string }[];
  };
  found['the code by SMS'] = /\d{6}/.exec(items.find(({ channel }) => channel === 'sms')!.body)![0];
  const code = { code: found['the code by SMS'] };
  await answers(204, ask('POST', `/account/contacts/verifications/${json.id}`, { body: code }));
}

test('before the machine is there, the way in lies sealed', async () => {
  assert.deepEqual(await access(found['the service']!), { sealed: true, applied: false });
  await searchEverywhere();
  gate.resolve();
  await customer.until(found['the service']!, ({ state }) => state === 'active');
  await world.drain();
  assert.deepEqual(await access(found['the service']!), { sealed: false, applied: true });
});

async function access(id: string) {
  const { rows } =
    await sql`select sealed_access is not null as sealed, access_applied_at is not null as applied
    from compute_instance where id = ${id}`.execute(world.server.house.db);
  return { ...(rows[0] as object) };
}

test('the terminal, a new password, tokens in the wrong place', async () => {
  const cookie = customer.api.cookie();
  const url = `${world.url.replace('http', 'ws')}/api/v1/services/${found['the service']}/terminal`;
  const socket = new WebSocket(url, { headers: { cookie, origin: world.url } });
  await once(socket, 'message');
  socket.send(Buffer.from(`${SECRETS['what was typed in the terminal']}\r`));
  await once(socket, 'message');
  socket.close();
  await once(socket, 'close');

  const next = SECRETS['the next password'];
  await answers(204, ask('POST', '/account/password', { body: { current: customer.password, next } }));
  const again = await answers(
    204,
    ask('POST', '/auth/sign-in', { body: { email: customer.email, password: next } }),
  );
  found['another session token'] = cookieOf(again).split('=')[1]!;
  const token = found['the session token'];
  await answers(200, ask('GET', `/balance?token=${token}&password=${next}`));
  await answers(404, ask('GET', `/nothing/${token}`));
  await answers(404, ask('GET', `/services/${token}`));
  await answers(401, ask('GET', '/staff/overview', { headers: { authorization: `Bearer ${token}` } }));
});

test('requests that break tell the log nothing of what was in them', async () => {
  const db = ownerOf(world);
  const email = SECRETS['the e-mail address of a request that broke'];
  const credentials = { email, password: SECRETS['the next password'] };
  const body = { ...credentials, locale: 'zh', minor: false };
  await sql`alter table identity_user add constraint broken check (email not like 'unlucky%')`.execute(db);
  await answers(500, ask('POST', '/auth/sign-up', { body }));
  await sql`alter table identity_user drop constraint broken`.execute(db);
  await sql`alter table identity_user rename to identity_user_away`.execute(db);
  await answers(500, ask('POST', '/auth/sign-up', { body }));
  await answers(500, ask('POST', '/auth/sign-in', { body: credentials }));
  await sql`alter table identity_user_away rename to identity_user`.execute(db);
  const broken = lines.filter((line) => line.includes('request failed'));
  assert.equal(broken.length, 3);
  assert.match(broken[0]!, /violates check constraint/, 'the log still says what broke');
});

test('none of it is anywhere; what must be known again is kept as a hash', async () => {
  await world.drain();
  await searchEverywhere();
  const { rows } = await sql<{ subject: string; body: string }>`select subject, body from notify_notice
    where kind = 'email-code' and state = 'sent'`.execute(world.server.house.db);
  assert.ok(rows.length > 0);
  for (const { subject, body } of rows) assert.deepEqual([subject, body], ['******', '******']);
});

test('the log has no personal data: no address, no name, no number', () => {
  const whole = lines.join('');
  assert.ok(lines.length > 25);
  for (const line of lines) assert.doesNotThrow(() => JSON.parse(line), 'a line of JSON');
  for (const personal of [
    customer.email,
    'quiet.person',
    ...Object.values(SECRETS),
    '127.0.0.1',
    'cp_session',
  ]) {
    assert.ok(!whole.includes(personal), `the log says ${personal}`);
  }
});

test('the search itself finds what it is after', () => {
  const secret = SECRETS['the SSH password'];
  for (const form of formsOf(secret)) assert.ok(isIn(`{"x":"${form}"}`, secret), form);
  assert.ok(isIn('"subject":"code: 123456"', '123456'));
  assert.ok(!isIn('at 2026-03-02T02:00:00.123456+00:00 of 91234567', '123456'));
});

async function searchEverywhere(): Promise<void> {
  const places: [string, string][] = [['the log', lines.join('')], ...(await tables()), ...(await files())];
  const names = places.map(([place]) => place);
  for (const must of ['public.kernel_idempotency', 'public.jobs_seen', 'public.compute_instance']) {
    assert.ok(names.includes(must), `${must} was not looked at`);
  }
  const secrets = Object.entries({ ...SECRETS, ...found, 'the password': customer.password });
  for (const [what, secret] of secrets.filter(([name]) => name !== 'the service')) {
    const at = places.filter(([, text]) => isIn(text, secret)).map(([place]) => place);
    assert.deepEqual(at, [], `${what} is found`);
  }
}

/** Every row of every table. The mailbox is left out: it stands for the customer's own, and production has none. */
async function tables(): Promise<[string, string][]> {
  const { db } = world.server.house;
  const { rows } = await sql<{ schema: string; name: string }>`select schemaname as schema, tablename as name
    from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`.execute(db);
  const dumps: [string, string][] = [];
  for (const { schema, name } of rows.filter((table) => table.name !== 'notify_sandbox_mail')) {
    const dump = await sql<{
      row: string;
    }>`select row_to_json(t)::text as row from ${sql.table(`${schema}.${name}`)} t`.execute(db);
    dumps.push([`${schema}.${name}`, dump.rows.map(({ row }) => row).join('\n')]);
  }
  return dumps;
}

async function files(): Promise<[string, string][]> {
  const { dataDir } = world.server.house.config;
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'latin1')]),
  );
}

/** As it is, and as it would look encoded; also its plain digests, for what is short enough to be guessed. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const digests = ['md5', 'sha1', 'sha256'].flatMap((name) => {
    const digest = createHash(name).update(secret).digest();
    return secret.length > 40 ? [] : [digest.toString('hex'), digest.toString('base64')];
  });
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    ...digests,
  ];
}

function isIn(text: string, secret: string): boolean {
  // Six digits stand in many a number by chance: only whole ones count.
  if (/^\d{6}$/.test(secret)) return new RegExp(`(?<![\\da-f.-])${secret}(?![\\da-f-])`).test(text);
  return formsOf(secret).some((form) => text.includes(form));
}
