import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { World } from '#server/world.ts';
import { call, said, staffCookie } from '../api/call.ts';
import { deskOf } from '../support/staff-desk.ts';
import { testWorld } from '../support/world.ts';

/** Staff: roles that an operator makes, and what a role sees of the overview. */

let world: World;
let admin: string;

before(async () => {
  world = await testWorld({ seed: true });
  admin = await staffCookie(world);
});

const { member, enter, get, post } = deskOf(() => world);

test('a role of one’s own is changed in open sessions too, told, on record with before and after, and goes when nobody holds it', async () => {
  const role = { name: '账单客服', areas: { money: 'read' } };
  const { json } = await post('/staff/roles', admin, role);
  const id = String(json.id);
  const who = await member([{ role: id, brand: null }]);
  const cookie = await enter(who);
  assert.equal((await get('/staff/withdrawals', cookie)).status, 200);
  const end = () => call(world, 'DELETE', `/staff/roles/${id}`, { cookie: admin });
  assert.deepEqual(said(await end()), [409, 'role-held']);
  const after = { name: '客户客服', areas: { customers: 'read' } };
  const change = (by: string, body: object) => call(world, 'PUT', `/staff/roles/${id}`, { cookie: by, body });
  assert.equal((await change(admin, after)).status, 204);
  assert.deepEqual(said(await get('/staff/withdrawals', cookie)), [403, 'not-permitted']);
  assert.equal((await get('/staff/customers', cookie)).status, 200);
  assert.deepEqual(said(await change(cookie, role)), [403, 'not-permitted']);
  const { db } = world.server.house;
  const told = await db.selectFrom('notify_notice').select('kind').where('address', '=', who.email).execute();
  assert.ok(told.some(({ kind }) => kind === 'staff-roles'));
  await call(world, 'PUT', `/staff/members/${who.id}/roles`, { cookie: admin, body: { holdings: [] } });
  assert.equal((await end()).status, 204);
  assert.deepEqual(said(await change(admin, after)), [404, 'not-found']);
  const grant = { holdings: [{ role: id, brand: null }] };
  const granted = await call(world, 'PUT', `/staff/members/${who.id}/roles`, { cookie: admin, body: grant });
  assert.deepEqual(said(granted), [422, 'role-unknown']);
  const acts = await db
    .selectFrom('audit_event')
    .select(['action', 'facts'])
    .where('subject_id', '=', id)
    .orderBy('id')
    .execute();
  assert.deepEqual(acts, [
    { action: 'staff.role-made', facts: { before: null, after: role } },
    { action: 'staff.role-changed', facts: { before: role, after } },
    { action: 'staff.role-ended', facts: { before: after, after: null } },
  ]);
});

test('the overview counts what the role may look at, and nothing else', async () => {
  const counted = async (role: string) => {
    const who = await member([{ role, brand: null }]);
    const { json } = await get('/staff/overview', await enter(who));
    return Object.keys(json)
      .filter((key) => json[key] !== null)
      .sort();
  };
  const all = ['customers', 'services', 'jobs_failed', 'payments_held', 'receipts_held'];
  const every = [...all, 'reconciliation_open', 'nodes_in_trouble', 'filings_waiting'].sort();
  assert.deepEqual(await counted('admin'), every);
  assert.deepEqual(await counted('auditor'), every);
  assert.deepEqual(await counted('support'), ['customers', 'filings_waiting', 'services']);
  const operations = ['customers', 'filings_waiting', 'jobs_failed', 'nodes_in_trouble', 'services'];
  assert.deepEqual(await counted('operations'), operations);
  assert.deepEqual(await counted('finance'), [
    'customers',
    'filings_waiting',
    'payments_held',
    'receipts_held',
    'reconciliation_open',
    'services',
  ]);
});
