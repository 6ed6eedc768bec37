import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { transact } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, cookieOf, realRoutes, staffCookie } from './api/call.ts';
import { type Belongings, filled, ROUTES, type Route } from './api/route-table.ts';
import { member, signedIn } from './support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from './support/world.ts';

/** Every route × visitor, owner, another customer, staff × own and foreign objects (F48, F49). */

interface Person {
  cookie: string;
  ids: Belongings;
  /** Everything that names this person or what it owns; none of it may reach another. */
  names: string[];
}

let world: World;
let staff: string;
let alice: Person;
let bob: Person;

const routes = Object.entries(ROUTES).map(([name, route]) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, path, ...route };
});

before(async () => {
  world = await testWorld({ seed: true });
  staff = await staffCookie(world);
  [alice, bob] = [await person(), await person()];
});

async function person(): Promise<Person> {
  const customer = await readyCustomer(world, '50');
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  const cookie = customer.api.cookie();
  const items = async (path: string) => {
    const { json } = await call(world, 'GET', path, { cookie });
    return json.items as Record<string, string>[];
  };
  const { json: session } = await call(world, 'GET', '/auth/session', { cookie });
  const { id } = session.customer as { id: string };
  const mapping = await call(world, 'POST', `/services/${service}/mappings`, {
    cookie,
    body: { protocol: 'tcp', target_port: 80 },
  });
  const sessions = await twoSessions(customer);
  const by = await signedIn(world, customer);
  const guest = await member(world, by, { role: 'read-only' });
  const asked = { email: `${randomUUID()}@example.com`, given: { role: 'support' } };
  const invitation = await call(world, 'POST', '/members/invitations', { cookie: by, body: asked });
  const payments = await items('/payments');
  const ids = {
    service,
    mapping: String(mapping.json.id),
    payment: payments[0]!.id!,
    session: sessions.find(({ current }) => !current)!.id!,
    customer: id,
    job: await failedJob(),
    member: guest.id,
    invitation: String(invitation.json.id),
  };
  const owned = [
    payments,
    await items('/orders'),
    await items('/notices'),
    await items('/terms/acceptances'),
    await items(`/services/${service}/mappings`),
    sessions,
  ].flat();
  const users = (session.user as { id: string }).id;
  const numbers = [...payments.map((row) => row.out_trade_no!), customer.email, users];
  const { job: _, ...named } = ids;
  return { cookie, ids, names: [...Object.values(named), ...owned.map((row) => row.id!), ...numbers] };
}

async function twoSessions(customer: StoryCustomer): Promise<Record<string, string>[]> {
  const { email, password } = customer;
  await call(world, 'POST', '/auth/sign-in', { body: { email, password } });
  const { json } = await call(world, 'GET', '/account/sessions', { cookie: customer.api.cookie() });
  return json.items as Record<string, string>[];
}

/** A job that nobody's table has: it waits, and staff may have it tried again. */
async function failedJob(): Promise<string> {
  const name = `nobody.${randomUUID()}`;
  await transact(world.server.house.db, (tx) => enqueue(tx, name, {}));
  const { rows } = await sql<{ id: bigint }>`select id from graphile_worker.jobs
    where task_identifier = ${name}`.execute(world.server.house.db);
  return String(rows[0]!.id);
}

function ask(route: (typeof routes)[number], ids: Belongings, cookie?: string, headers = {}) {
  const { method, path, body } = route;
  return call(world, method, filled(path, route, ids), { cookie, body, headers });
}

const owner = (route: Route) => (route.access === 'staff' ? staff : alice.cookie);

test('the table has every route of the server, and no other', () => {
  const real = realRoutes(world);
  assert.ok(real.length > 40);
  assert.deepEqual(real.sort(), Object.keys(ROUTES).sort());
});

test('[asiayun 2.1] [yunfuwuqi P4] visitors get 401 wherever somebody must be signed in, also by HEAD and with a made-up token', async () => {
  for (const route of routes.filter(({ access }) => access === 'customer' || access === 'staff')) {
    const made = route.access === 'staff' ? 'cp_staff' : 'cp_session';
    for (const cookie of [undefined, `${made}=`, `${made}=${'A'.repeat(43)}`]) {
      const { status, json } = await ask(route, alice.ids, cookie);
      assert.deepEqual([status, json.code], [401, 'signed-out'], `${route.name} as ${cookie ?? 'visitor'}`);
    }
    if (route.method !== 'GET') continue;
    const head = await call(world, 'HEAD', filled(route.path, route, alice.ids));
    assert.equal(head.status, 401, `HEAD ${route.path}`);
  }
});

test('a customer’s session opens nothing of staff, and a staff session nothing of customers', async () => {
  const renamed = (cookie: string, name: string) => `${name}=${cookie.split('=')[1]}`;
  for (const route of routes.filter(({ access }) => access === 'staff')) {
    for (const cookie of [alice.cookie, renamed(alice.cookie, 'cp_staff')]) {
      assert.equal((await ask(route, alice.ids, cookie)).status, 401, `customer: ${route.name}`);
    }
  }
  for (const route of routes.filter(({ access }) => access === 'customer')) {
    for (const cookie of [staff, renamed(staff, 'cp_session')]) {
      assert.equal((await ask(route, alice.ids, cookie)).status, 401, `staff: ${route.name}`);
    }
  }
});

test('another customer’s objects, unknown ids and malformed ids are all 404 (F48)', async () => {
  const unknown = (id: string) => (/^\d+$/.test(id) ? '999999999' : randomUUID());
  for (const route of routes.filter(({ path }) => path.includes(':'))) {
    const nobodys = Object.fromEntries(
      Object.entries(alice.ids).map(([kind, id]) => [kind, unknown(id)]),
    ) as unknown as Belongings;
    const malformed = { ...nobodys, [route.of!]: "1'%20or%20'1" };
    const foreign = route.access === 'staff' ? [] : [bob.ids];
    for (const ids of [...foreign, nobodys, malformed]) {
      const { status, json } = await ask(route, ids, owner(route));
      assert.deepEqual([status, json.code], [404, 'not-found'], `${route.name} ${ids[route.of!]}`);
    }
  }
});

test('a foreign mapping can’t be reached through one’s own service', async () => {
  const path = `/services/${alice.ids.service}/mappings/${bob.ids.mapping}`;
  assert.equal((await call(world, 'DELETE', path, { cookie: alice.cookie })).status, 404);
  const { json } = await call(world, 'GET', `/services/${bob.ids.service}/mappings`, { cookie: bob.cookie });
  assert.ok((json.items as { id: string }[]).some(({ id }) => id === bob.ids.mapping));
});

test('no answer to one customer names anything of another (F49)', async () => {
  for (const route of routes.filter(({ method, access }) => method === 'GET' && access !== 'development')) {
    if (route.access === 'staff') continue;
    const { text } = await ask(route, alice.ids, alice.cookie);
    const leaked = bob.names.filter((name) => text.includes(name));
    assert.deepEqual(leaked, [], route.name);
  }
  const { text } = await call(world, 'GET', `/payments?before=${randomUUID().replace(/^./, 'f')}`, {
    cookie: alice.cookie,
  });
  assert.ok(
    alice.names.some((name) => text.includes(name)),
    'a page from a foreign cursor is still one’s own',
  );
  assert.deepEqual(
    bob.names.filter((name) => text.includes(name)),
    [],
  );
});

test('what changes something must come from our own pages: foreign origins are refused (CSRF)', async () => {
  const { host } = new URL(world.url);
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://${host}.evil.example` },
    { origin: `http://${host.replace(/\d+$/, '1')}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const route of routes.filter(({ method, access }) => method !== 'GET' && access !== 'callback')) {
    for (const headers of foreign) {
      const { status, json } = await ask(route, alice.ids, owner(route), headers);
      assert.deepEqual(
        [status, json.code],
        [403, 'foreign-origin'],
        `${route.name} ${JSON.stringify(headers)}`,
      );
    }
  }
});

test('owners get through, from our own pages, on every route', async () => {
  const headers = { origin: world.url, 'sec-fetch-site': 'same-origin' };
  for (const route of routes) {
    const { status, text } = await ask(route, alice.ids, owner(route), headers);
    assert.equal(status, route.good, `${route.name}: ${text.slice(0, 300)}`);
  }
  assert.equal((await call(world, 'GET', '/auth/session', { cookie: alice.cookie })).status, 401);
  assert.equal((await call(world, 'GET', '/staff/auth/session', { cookie: staff })).status, 401);
});

test('cookies are HttpOnly, SameSite=Lax, for the whole site', async () => {
  const { email, password } = world.server.logins.find(({ role }) => role === 'staff')!;
  const reply = await call(world, 'POST', '/staff/auth/sign-in', { body: { email, password } });
  assert.match(reply.headers.getSetCookie()[0]!, /^cp_staff=[\w-]{43}; .*Path=\/;.*HttpOnly;.*SameSite=Lax/);
  assert.equal(cookieOf(reply).length, 'cp_staff='.length + 43);
});
