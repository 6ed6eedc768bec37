import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import type { World } from '#server/world.ts';
import { call, cookieOf, said, staffCookie, staffEntered } from '../api/call.ts';
import { nowhere } from '../support/leaving.ts';
import { type StaffLogin, staffMade } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';

/** What becomes of the data of staff who left. */

let world: World;
let admin: string;
before(async () => {
  world = await testWorld({ seed: true });
  admin = await staffCookie(world);
});

const post = (path: string, cookie: string, body?: object) => call(world, 'POST', path, { cookie, body });

/** Somebody who worked here: signed in by two factors, was mailed, and asked for a reset in words of their own. */
async function worked(name: string): Promise<StaffLogin> {
  const who = await staffMade(world, name, [{ role: 'support', brand: null }]);
  const cookie = await staffEntered(world, who.email, who.password);
  assert.equal((await post('/staff/auth/passkeys/options', cookie)).status, 200);
  assert.equal((await post('/staff/auth/recovery-codes', cookie)).status, 200);
  const pending = cookieOf(
    await post('/staff/auth/sign-in', '', { email: who.email, password: who.password }),
  );
  const asked = await post('/staff/auth/factor-reset', pending, { reason: `${name} 的手机丢失` });
  assert.equal(asked.status, 201, asked.text);
  return who;
}

test('who left is erased but for what the law keeps: nothing names them any more, and what they did keeps their id', async () => {
  const who = await worked('zhaoliu-of-the-night-shift');
  const erase = () => post(`/staff/members/${who.id}/erasure`, admin);
  assert.deepEqual(said(await erase()), [409, 'staff-still-here']);
  assert.equal((await post(`/staff/members/${who.id}/leave`, admin)).status, 204);
  const done = await erase();
  assert.equal(done.status, 200, done.text);
  const tables = (list: unknown) => (list as { table: string }[]).map(({ table }) => table);
  for (const table of ['factors_totp', 'factors_recovery_code', 'notify_notice', 'identity_staff'])
    assert.ok(tables(done.json.erased).includes(table), table);
  const kept = tables(done.json.kept);
  assert.deepEqual(kept.toSorted(), ['audit_event', 'identity_session']);

  const { db } = world.server.house;
  const known = { name: who.name, email: who.email };
  await nowhere(db, known, new Set(kept), { customer: who.id, user: who.id });
  const acts = await db.selectFrom('audit_event').select('facts').where('actor_id', '=', who.id).execute();
  assert.ok(acts.length > 0, 'the acts stay');
  const { rows } = await sql<{ row: string }>`select row_to_json(e)::text as row from audit_event e`.execute(
    db,
  );
  assert.ok(
    rows.every(({ row }) => !row.includes(who.name)),
    'and don’t name them',
  );
  const shown = (await call(world, 'GET', '/staff/members', { cookie: admin })).json.items as {
    id: string;
    name: string;
    erased_at: string | null;
    factors: string[];
  }[];
  const row = shown.find(({ id }) => id === who.id)!;
  assert.deepEqual([row.name, row.factors], ['', []]);
  assert.ok(row.erased_at);
  assert.deepEqual(said(await erase()), [404, 'not-found'], 'once');
  const of = { email: who.email, name: 'Back', holdings: [] };
  assert.equal((await post('/staff/members', admin, of)).status, 201, 'their address is free again');
});

test('where they signed in from goes when the law no longer keeps it; an erasure asks for fresh proof and for the right to it', async () => {
  const who = await worked('qianqi-of-the-day-shift');
  assert.equal((await post(`/staff/members/${who.id}/leave`, admin)).status, 204);
  const helper = await staffMade(world, 'helper', [{ role: 'support', brand: null }]);
  const cookie = await staffEntered(world, helper.email, helper.password);
  assert.deepEqual(said(await post(`/staff/members/${who.id}/erasure`, cookie)), [403, 'not-permitted']);
  assert.equal((await post(`/staff/members/${who.id}/erasure`, admin)).status, 200);
  const ips = async () =>
    (
      await world.server.house.db
        .selectFrom('identity_session')
        .select(['ip', 'user_agent'])
        .where('staff_id', '=', who.id)
        .execute()
    ).flatMap(({ ip, user_agent }) => [ip, user_agent].filter((value) => value !== null));
  assert.ok((await ips()).length > 0);
  const other = await worked('sunba');
  assert.equal((await post(`/staff/members/${other.id}/leave`, admin)).status, 204);
  await world.advanceTo(new Date(world.clock.now().getTime() + 40 * 60_000));
  assert.deepEqual(said(await post(`/staff/members/${other.id}/erasure`, admin)), [403, 'prove-again']);
  await world.advanceTo(new Date(world.clock.now().getTime() + 185 * 86_400_000));
  assert.deepEqual(await ips(), []);
});
