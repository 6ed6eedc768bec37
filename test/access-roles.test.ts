import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Grant } from '#kernel/grant.ts';
import { grantOf, type Role } from '#modules/identity/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call } from './api/call.ts';
import type { Belongings } from './api/route-table.ts';
import { fateBy, nameOf, probe, rightsOf } from './support/access.ts';
import { type GivenAsked, member, signedIn } from './support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from './support/world.ts';

/**
 * Every route × each role of a customer × own services, one that wasn't granted, and a stranger's (F48, F49). What is
 * expected comes from what the route says (area, reading or writing) and what the role has, by hand from nowhere.
 */

interface Person {
  role: string;
  cookie: string;
  grant: Grant;
}

let world: World;
let ids: Belongings;
let people: Person[];
/** Granted to the custom role, and not granted to it. */
let [one, two] = ['', ''];
/** A service of somebody else. */
let foreign: string;
/** All that names the service that isn't granted. */
let hidden: string[];

const UNKNOWN = '018f0000-0000-7000-8000-000000000000';
const ROLES: Role[] = ['admin', 'billing', 'technical', 'support', 'read-only'];

before(async () => {
  world = await testWorld({ seed: true });
  const owner = await readyCustomer(world, '60');
  one = await active(owner, 'first-machine');
  two = await active(owner, 'second-machine');
  const stranger = await readyCustomer(world, '30');
  foreign = await active(stranger, 'foreign-machine');
  const own = await signedIn(world, owner);
  const { json } = await call(world, 'GET', '/auth/session', { cookie: own });
  const customer = (json.customer as { id: string }).id;
  ids = new Proxy({ service: one, customer } as Partial<Belongings>, {
    get: (known, name) => known[name as keyof Belongings] ?? UNKNOWN,
  }) as Belongings;
  people = [{ role: 'owner', cookie: own, grant: { all: true } }];
  const given: GivenAsked[] = [
    ...ROLES.map((role) => ({ role })),
    { role: 'custom', areas: { services: 'write', money: 'read', people: 'read' }, services: [one] },
    { role: 'custom', areas: { money: 'write', support: 'read' } },
  ];
  for (const each of given) {
    const { cookie } = await member(world, own, each);
    const { role, areas = null, services = null } = each;
    people.push({
      role: services ? 'custom, one service' : role,
      cookie,
      grant: grantOf({ role: role as Role, areas: areas as Record<string, 'read'>, services }),
    });
  }
  const orders = await call(world, 'GET', '/orders', { cookie: own });
  hidden = [
    two,
    'second-machine',
    ...(orders.json.items as Record<string, string>[])
      .filter(({ service_id }) => service_id === two)
      .flatMap(({ id, number }) => [id!, number!]),
  ];
});

async function active(customer: StoryCustomer, hostname: string): Promise<string> {
  const service = await customer.order({ access: PASSWORD_ACCESS, hostname });
  await customer.until(service, ({ state }) => state === 'active');
  return service;
}

test('every customer’s route × each role: through, or refused by what the route and the role say', async () => {
  const routes = rightsOf(world, 'customer');
  assert.ok(routes.length > 100);
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const route of routes) {
    const owners = (await probe(world, route, ids, people[0]!.cookie)).fate;
    for (const { role, cookie, grant } of people.slice(1)) {
      const expected = fateBy(grant, route, one);
      const { fate } = await probe(world, route, ids, cookie);
      // Where even the owner finds nothing (no day is sealed yet …) nothing is there for the role either.
      const right = expected === 'through' ? owners : expected;
      if (fate !== right) wrong.push(`${nameOf(route)} as ${role}: ${fate}, not ${right}`);
      seen.add(`${role} ${expected}`);
    }
    if (owners === 'not-permitted' || owners === 'signed-out')
      wrong.push(`${nameOf(route)} as owner: ${owners}`);
  }
  assert.deepEqual(wrong, []);
  for (const { role } of people.slice(1).filter((person) => person.role !== 'admin'))
    assert.ok(seen.has(`${role} through`) && seen.has(`${role} not-permitted`), role);
});

test('a service that wasn’t granted, a stranger’s and one that never was are the same: not there (F48)', async () => {
  const limited = people.find(({ role }) => role === 'custom, one service')!;
  const routes = rightsOf(world, 'customer').filter(({ path }) => path.startsWith('/services/:id'));
  assert.ok(routes.length > 10);
  for (const route of routes) {
    for (const service of [two, foreign, UNKNOWN]) {
      const at = new Proxy(ids, {
        get: (known, name) => (name === 'service' ? service : Reflect.get(known, name)),
      });
      const { fate } = await probe(world, route, at, limited.cookie);
      assert.equal(fate, fateBy(limited.grant, route, service), `${nameOf(route)} of ${service}`);
      assert.notEqual(fate, 'through', nameOf(route));
    }
  }
});

test('no answer to who was granted one service names anything of another (F49)', async () => {
  const limited = people.find(({ role }) => role === 'custom, one service')!;
  let answers = 0;
  for (const route of rightsOf(world, 'customer').filter(({ method }) => method === 'GET')) {
    if (fateBy(limited.grant, route, one) !== 'through') continue;
    const { text } = await probe(world, route, ids, limited.cookie);
    const leaked = hidden.filter((name) => text.includes(name));
    assert.deepEqual(leaked, [], nameOf(route));
    answers++;
  }
  assert.ok(answers > 10, `${answers} answers`);
});

test('every customer’s and staff’s route is refused to visitors before anything is read', async () => {
  for (const access of ['customer', 'staff'] as const) {
    for (const route of rightsOf(world, access)) {
      const { fate } = await probe(world, route, ids, undefined);
      assert.equal(fate, 'signed-out', nameOf(route));
    }
  }
});

test('[asiayun 2.1.4] no route, role or body changes who owns a customer', async () => {
  const { db } = world.server.house;
  const owners = () =>
    db
      .selectFrom('identity_member')
      .select(['customer_id', 'user_id'])
      .where('role', '=', 'owner')
      .orderBy('customer_id')
      .execute();
  const before = await owners();
  assert.equal(new Set(before.map(({ customer_id }) => customer_id)).size, before.length, 'one each');
  const admin = people.find(({ role }) => role === 'admin')!;
  const me = await call(world, 'GET', '/auth/session', { cookie: admin.cookie });
  const user = (me.json.user as { id: string }).id;
  const greedy = {
    role: 'owner',
    owner: user,
    owner_id: user,
    user_id: user,
    customer_id: ids.customer,
    given: { role: 'owner' },
    email: 'heir@example.com',
    grant: { all: true },
  };
  for (const { cookie } of [people[0]!, admin]) {
    for (const right of rightsOf(world, 'customer')) {
      // What ends the session that asks is tried nowhere here: it changes no owner.
      if (right.method === 'GET' || /leave|switch|sessions|password|deletion|erasure/.test(right.path))
        continue;
      const path = right.path.replaceAll(/:\w+/g, user);
      const { status } = await call(world, right.method, path, { cookie, body: greedy });
      assert.ok(status < 500, `${nameOf(right)}: ${status}`);
    }
  }
  assert.deepEqual(await owners(), before);
});
