import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { openapiDocument } from '#server/openapi.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call, type Reply, staffCookie } from './call.ts';
import { type Belongings, filled, ROUTES } from './route-table.ts';
import { type Bad, spoiltFields, spoiltWholes } from './spoil.ts';

/** Whatever is sent, the answer is a clear 4xx problem, never a 5xx, and nothing of it is kept (F28, F51, F66). */

let world: World;
let customer: StoryCustomer;
let staff: string;
let ids: Belongings;
/** Bodies that would be taken, so that only what is spoilt can be the reason of a refusal. */
let good: Record<string, Record<string, unknown>>;

before(async () => {
  world = await testWorld({ seed: true });
  staff = await staffCookie(world);
  customer = await readyCustomer(world, '100');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  await world.drain();
  const nobody = '018f0000-0000-7000-8000-000000000000';
  const me = (await get('/auth/session')).json.customer as { id: string };
  const others = { mapping: nobody, payment: nobody, session: nobody, member: nobody, invitation: nobody };
  ids = { service, ...others, customer: me.id, job: '1' };
  const terms = (await get('/terms')).json as { id: string; sha256: string; highlights: { id: string }[] };
  const highlights = terms.highlights.map(({ id }) => id);
  good = {
    ...Object.fromEntries(Object.entries(ROUTES).flatMap(([name, { body }]) => (body ? [[name, body]] : []))),
    'POST /terms/acceptances': { version_id: terms.id, sha256: terms.sha256, highlights },
    'POST /account/password': { current: customer.password, next: 'Nine-geese-by-the-river' },
  };
});

const get = (path: string, cookie = customer.api.cookie()) => call(world, 'GET', path, { cookie });

async function forgetThrottles(): Promise<void> {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
}

async function post(name: string, bad: Pick<Bad, 'body' | 'headers'>): Promise<Reply> {
  const route = ROUTES[name]!;
  const cookie = route.access === 'staff' ? staff : customer.api.cookie();
  const path = filled(name.split(' ')[1]!, route, ids);
  if (/auth|account/.test(path)) await forgetThrottles();
  return call(world, 'POST', path, {
    cookie,
    body: bad.body,
    ...(bad.headers ? { headers: bad.headers } : {}),
  });
}

function refused(reply: Reply, what: string): void {
  const { status, json } = reply;
  assert.ok(
    status >= 400 && status < 500 && status !== 429,
    `${what}: ${status} ${reply.text.slice(0, 300)}`,
  );
  assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/, what);
  assert.deepEqual([json.status, json.type], [status, `/problems/${json.code}`], what);
  assert.ok(String(json.title).length > 3 && String(json.detail).length > 3, what);
}

/** How many rows each table has, but for those that patrols and throttles write to. */
async function rows(): Promise<Record<string, string>> {
  const { db } = world.server.house;
  const tables = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where schemaname = 'public'
    and tablename not in ('kernel_throttle', 'compute_sample') order by 1`.execute(db);
  const counts: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ n: bigint }>`select count(*) as n from ${sql.table(name)}`.execute(db);
    counts[name] = String(rows[0]!.n);
  }
  return counts;
}

/** Bodies whose field a route may take or ignore in any form, because it is only compared with what is there. */
const COMPARED = /^highlights\.\d: (?!null|\{\}|\[|\{|7|true)/;

/** What people write in several lines: an appeal, why money is frozen, what happened. */
const SEVERAL_LINES = /^(text|explanation|happened|effects|remedy)(\.(zh|en))?: (CR )?LF/;

/** Left out by who has none, and shows by a fresh proof of another kind who it is. */
const MAY_LACK = new Set(['POST /account/contacts/email without password']);

const withBody = Object.keys(ROUTES).filter((name) => ROUTES[name]!.body);

test('a body with one field spoilt is refused, and nothing is kept', async () => {
  const before = await rows();
  const taken: string[] = [];
  let sent = 0;
  for (const name of withBody) {
    for (const bad of spoiltFields(good[name]!).filter(
      ({ what }) => !COMPARED.test(what) && !SEVERAL_LINES.test(what) && !MAY_LACK.has(`${name} ${what}`),
    )) {
      const reply = await post(name, bad);
      if (reply.status < 400) taken.push(`${name} ${bad.what}: ${reply.status} ${reply.text.slice(0, 100)}`);
      else refused(reply, `${name} ${bad.what}`);
      sent++;
    }
  }
  assert.deepEqual(taken, []);
  assert.ok(sent > 500, `${sent} sent`);
  assert.deepEqual(await rows(), before);
});

test('what is no JSON object at all is refused, and nothing is kept', async () => {
  const before = await rows();
  for (const name of withBody) {
    for (const bad of spoiltWholes(good[name]!)) refused(await post(name, bad), `${name} ${bad.what}`);
  }
  assert.deepEqual(await rows(), before);
});

test('ten megabytes are refused with 413, with their length told and without', async () => {
  for (const name of [...withBody, 'POST /callbacks/alipay', 'POST /auth/sign-out']) {
    for (const chunked of [false, true])
      assert.equal(await statusOfHuge(name, chunked), 413, `${name} ${chunked}`);
  }
});

const HUGE = Buffer.from(JSON.stringify({ x: 'x'.repeat(10 * 1024 * 1024) }));

function statusOfHuge(name: string, chunked: boolean): Promise<number> {
  const route = ROUTES[name]!;
  const headers = {
    cookie: route.access === 'staff' ? staff : customer.api.cookie(),
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
    ...(chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': HUGE.length }),
  };
  return new Promise((resolve, reject) => {
    const path = `/api/v1${filled(name.split(' ')[1]!, route, ids)}`;
    const request = httpRequest(`${world.url}${path}`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    // The server may close before it has read all of it.
    request.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || reject(error));
    request.end(HUGE);
  });
}

test('amounts are decimal yuan above zero, in whole fen, and nothing else (F28)', async () => {
  const wrong = [
    '-1',
    '0',
    '0.00',
    'NaN',
    'Infinity',
    '1e309',
    '1e2',
    '1,00',
    '1,000.00',
    '0x10',
    ' 1',
    '１',
    '+1',
    '.5',
    '1.',
    '0.001',
    '99999999999999999999',
  ];
  for (const amount of wrong) {
    const reply = await post('POST /payments', { body: JSON.stringify({ amount, channel: 'alipay' }) });
    assert.deepEqual([reply.status, reply.json.code], [400, 'invalid-input'], amount);
  }
  const { status, json } = await post('POST /payments', {
    body: JSON.stringify({ amount: '50000.01', channel: 'alipay' }),
  });
  assert.deepEqual([status, json.code], [422, 'amount-out-of-range']);
});

test('what makes or moves something needs an Idempotency-Key of 8 to 128 printable characters', async () => {
  for (const name of [
    'POST /orders',
    'POST /payments',
    'POST /services/:id/renewals',
    'POST /services/:id/power',
    'POST /services/:id/mappings',
  ]) {
    for (const key of ['', 'short', 'k'.repeat(129), 'with a space', 'schlüssel-nr-1']) {
      const { status, json } = await post(name, {
        body: JSON.stringify(good[name]),
        headers: { 'idempotency-key': key },
      });
      assert.deepEqual([status, json.code], [400, 'idempotency-key-missing'], `${name} ${key.slice(0, 20)}`);
    }
  }
});

type Paths = Record<string, { get: { parameters?: { in: string; name: string }[] } }>;

test('queries of any form are answered or refused, never a 5xx', async () => {
  const values = [
    '',
    '%00',
    'a%00b',
    '%ff',
    '%0d%0a',
    'x'.repeat(5_000),
    '-1',
    '9'.repeat(30),
    '%F0%9F%92%A9',
    '[]',
    '__proto__',
  ];
  const { paths } = (await openapiDocument()) as { paths: Paths };
  let sent = 0;
  for (const [name, route] of Object.entries(ROUTES)) {
    if (!name.startsWith('GET') || name.endsWith('/stream')) continue;
    const documented = paths[`/api/v1${name.slice(4)}`.replaceAll(/:(\w+)/g, '{$1}')]?.get.parameters ?? [];
    const names = documented
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => parameter.name);
    const path = filled(name.slice(4), route, ids);
    const cookie = route.access === 'staff' ? staff : customer.api.cookie();
    for (const key of [...names, ...(path === '/catalogue' ? ['__proto__'] : [])]) {
      for (const value of values) {
        for (const query of [`${key}=${value}`, `${key}=${value}&${key}=x`]) {
          const { status, text } = await get(`${path}?${query}`, cookie);
          assert.ok(status < 500, `${name}?${query.slice(0, 50)}: ${status} ${text}`);
          sent++;
        }
      }
    }
  }
  assert.ok(sent > 250, `${sent} sent`);
});

test('paths of any form are answered or refused, never a 5xx', async () => {
  const parts = [
    '%00',
    '..%2f..%2fetc%2fpasswd',
    '%ff',
    'x'.repeat(3_000),
    '%0d%0aSet-Cookie:x=1',
    "'; drop table x",
    '💩',
  ];
  for (const part of parts) {
    for (const path of [`/services/${part}`, `/payments/${part}`, `/${part}`, `/staff/customers/${part}`]) {
      const { status, headers } = await get(path, `${customer.api.cookie()}; ${staff}`);
      assert.ok(status >= 400 && status < 500, `${path.slice(0, 60)}: ${status}`);
      assert.deepEqual(headers.getSetCookie(), []);
    }
  }
});

test('NUL, CR and LF inside a header are refused before anybody reads it', async () => {
  for (const value of ['a\u0000b', 'a\rb', 'a\nb\u0000', 'a\u007fb\r\n\u0001: x']) {
    const head = `GET /api/v1/brand HTTP/1.1\r\nHost: localhost\r\nX-Thing: ${value}\r\nConnection: close\r\n\r\n`;
    assert.match(await exchange(head), /^HTTP\/1\.1 400 /, JSON.stringify(value));
  }
});

function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('names that pass for others are refused: look-alike letters in mailboxes, domains and what things are called', async () => {
  const tries: [name: string, body: object][] = [
    ['POST /auth/sign-up', { ...good['POST /auth/sign-up'], email: 'аdmin@example.com' }],
    ['POST /auth/sign-up', { ...good['POST /auth/sign-up'], email: 'admin@exаmple.com' }],
    ['POST /auth/sign-up', { ...good['POST /auth/sign-up'], email: 'ａdmin@example.com' }],
    ['POST /account/keys', { ...good['POST /account/keys'], name: 'bаckup' }],
    ['POST /domains', { ...good['POST /domains'], domain: 'exam\u200bple.cn' }],
    ['POST /domains', { ...good['POST /domains'], domain: 'example\u202e.cn' }],
  ];
  for (const [name, body] of tries) {
    const reply = await post(name, { body: JSON.stringify(body) });
    assert.deepEqual(
      [reply.status, reply.json.code],
      [400, 'invalid-input'],
      `${name} ${JSON.stringify(body)}`,
    );
  }
});
