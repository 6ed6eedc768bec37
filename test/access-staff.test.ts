import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Grant, mayDo } from '#kernel/grant.ts';
import type { Rights } from '#kernel/http.ts';
import { BUILT_IN_ROLES, builtIn, together, visitGrant } from '#modules/staff/rules.ts';
import type { World } from '#server/world.ts';
import { call, cookieOf, staffEntered } from './api/call.ts';
import type { Belongings } from './api/route-table.ts';
import { nameOf, probe, rightsOf } from './support/access.ts';
import { idOf } from './support/money.ts';
import { staffMade } from './support/staff.ts';
import { readyCustomer, testWorld } from './support/world.ts';

/**
 * Every route of the staff × each role, before and after the second factor; every route of customers × staff in a
 * customer's place. What is expected comes from what the route says and what the role has.
 */

let world: World;
let customer: string;
const UNKNOWN = '018f0000-0000-7000-8000-000000000000';
const ids = new Proxy({} as Belongings, { get: () => UNKNOWN });
let people = 0;

before(async () => {
  world = await testWorld({ seed: true });
  customer = await idOf(await readyCustomer(world, null));
});

const login = (roles: string[], brand: string | null = null) =>
  staffMade(
    world,
    `role${++people}`,
    roles.map((role) => ({ role, brand })),
  );

/** Nothing is narrowed to objects here: what isn't there was let through to be looked for. */
async function permitted(right: Rights, cookie: string): Promise<boolean> {
  const { fate } = await probe(world, right, ids, cookie);
  assert.notEqual(fate, 'signed-out', nameOf(right));
  return fate !== 'not-permitted';
}

const ends = ({ path }: Rights) => /\/sign-out$|\/end-others$|^\/visit\/end$/.test(path);

test('each route of the staff lets through whom its area and the role allow, and nobody else', async () => {
  const roles: [name: string, roles: string[], brand: string | null, grant: Grant][] = [
    ...BUILT_IN_ROLES.map((role): [string, string[], null, Grant] => [
      role,
      [role],
      null,
      together([builtIn(role)!]),
    ]),
    [
      'finance and support',
      ['finance', 'support'],
      null,
      together([builtIn('finance')!, builtIn('support')!]),
    ],
    ['administrator of another site', ['admin'], 'asiayun', together([])],
    ['nothing', [], null, together([])],
  ];
  const rights = rightsOf(world, 'staff').filter((right) => !ends(right));
  assert.ok(rights.length > 100);
  for (const [name, held, brand, grant] of roles) {
    const { email, password } = await login(held, brand);
    const cookie = await staffEntered(world, email, password);
    for (const right of rights)
      assert.equal(
        await permitted(right, cookie),
        mayDo(grant, right.area!, right.does),
        `${name}: ${nameOf(right)}`,
      );
  }
});

test('before the second factor nothing is let through but the way to it', async () => {
  const { email, password } = await login(['admin']);
  const cookie = cookieOf(await call(world, 'POST', '/staff/auth/sign-in', { body: { email, password } }));
  for (const right of rightsOf(world, 'staff').filter((each) => !ends(each))) {
    const path = right.path.replaceAll(/:\w+/g, UNKNOWN);
    const body =
      right.method === 'GET' ? {} : { body: 'nothing', headers: { 'content-type': 'application/x-nothing' } };
    const { status, json } = await call(world, right.method, path, { cookie, ...body });
    if (right.beforeFactor) assert.notEqual(status, 403, nameOf(right));
    else assert.deepEqual([status, json.code], [403, 'second-factor-needed'], nameOf(right));
  }
});

test('in a customer’s place staff are let through to look, or to act on services and cases, and never as the person', async () => {
  const { email, password } = await login(['support']);
  const cookie = await staffEntered(world, email, password);
  for (const writes of [false, true]) {
    const body = { reason: '排查问题', writes };
    const visit = cookieOf(
      await call(world, 'POST', `/staff/customers/${customer}/visits`, { cookie, body }),
    );
    const grant = visitGrant(writes);
    for (const right of rightsOf(world, 'customer').filter((each) => !ends(each))) {
      const allowed = right.behalf ?? right.area !== 'self';
      const expected = allowed && !right.owner && mayDo(grant, right.area!, right.does);
      assert.equal(
        await permitted(right, visit),
        expected,
        `${writes ? 'acting' : 'looking'}: ${nameOf(right)}`,
      );
    }
  }
});
