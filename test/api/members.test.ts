import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { addMinutes } from '#kernel/time.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type Asking, asked, invitationTo, itemsOf, member, signedIn } from '../support/members.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/** One customer, many people: who comes in, and what they may do. */

let world: World;
let owner: StoryCustomer;
/** A session of the owner's. */
let own: string;
let customerId: string;
let services: [string, string];

before(async () => {
  world = await testWorld({ seed: true });
  owner = await readyCustomer(world, '60');
  const made: string[] = [];
  for (const hostname of ['one', 'two']) {
    const service = await owner.order({ access: PASSWORD_ACCESS, hostname });
    await owner.until(service, ({ state }) => state === 'active');
    made.push(service);
  }
  services = [made[0]!, made[1]!];
  own = await signedIn(world, owner);
  const { json } = await call(world, 'GET', '/auth/session', { cookie: own });
  customerId = (json.customer as { id: string }).id;
});

const ask = (...said: Asking) => asked(world, ...said);
const items = (path: string, cookie: string) => itemsOf(world, path, cookie);

test('an invitation is for one address, once, and known to its mail alone', async () => {
  const guest = await readyCustomer(world, null);
  const body = { email: guest.email.toUpperCase(), given: { role: 'read-only' } };
  assert.equal(await ask('POST', '/members/invitations', own, body), '201');
  const token = await invitationTo(world, guest.email.toUpperCase());
  const opened = await call(world, 'POST', '/invitations/opened', { body: { token } });
  assert.deepEqual([opened.json.from, opened.json.role], [owner.email, 'read-only']);
  const kept = await sql<{ found: boolean }>`select (i::text like ${`%${token}%`}) as found
    from members_invitation i`.execute(world.server.house.db);
  assert.ok(kept.rows.length > 0 && kept.rows.every(({ found }) => !found));
  const stranger = await readyCustomer(world, null);
  const cookies = [await signedIn(world, stranger), await signedIn(world, guest)] as const;
  const accept = (cookie: string) => ask('POST', '/invitations/acceptance', cookie, { token });
  assert.equal(await accept(cookies[0]), '403 invitation-elsewhere');
  assert.equal(await accept(cookies[1]), '200');
  assert.equal(await accept(cookies[1]), '409 invitation-gone', 'once');
  assert.equal(await ask('POST', '/invitations/opened', '', { token }), '409 invitation-gone');
  assert.equal(await ask('POST', '/members/invitations', own, body), '409 member-already');
  const shown = (await items('/members', own)).map(({ shown, role }) => [shown, role]);
  assert.deepEqual(shown, [
    [owner.email, 'owner'],
    [guest.email, 'read-only'],
  ]);
});

test('it is withdrawn, replaced by a later one, and expires; its address is forgotten then', async () => {
  const guest = await readyCustomer(world, null);
  const cookie = await signedIn(world, guest);
  const invite = () =>
    ask('POST', '/members/invitations', own, { email: guest.email, given: { role: 'support' } });
  const accept = (token: string) => ask('POST', '/invitations/acceptance', cookie, { token });
  assert.equal(await invite(), '201');
  const first = await invitationTo(world, guest.email);
  assert.equal(await invite(), '201');
  assert.equal(await accept(first), '409 invitation-gone', 'replaced');
  const [row] = await items('/members/invitations', own);
  assert.equal(row!.email, guest.email);
  assert.equal(await ask('DELETE', `/members/invitations/${row!.id}`, own), '204');
  assert.equal(await ask('DELETE', `/members/invitations/${row!.id}`, own), '404 not-found');
  assert.deepEqual(await items('/members/invitations', own), []);
  assert.equal(await invite(), '201');
  const { db } = world.server.house;
  await sql`update members_invitation set expires_at = ${addMinutes(world.clock.now(), -1)}
    where state = 'open'`.execute(db);
  const last = await invitationTo(world, guest.email);
  assert.equal(await accept(last), '409 invitation-gone', 'expired');
  await world.advanceTo(addMinutes(world.clock.now(), 11));
  own = await signedIn(world, owner);
  const { rows } = await sql<{ open: number }>`select count(*)::int as open from members_invitation
    where email is not null`.execute(db);
  assert.equal(rows[0]!.open, 0);
});

test('each role does what is its own, reads what it needs, and is told what it lacks', async () => {
  const [one] = services;
  const acts: [string, string, unknown][] = [
    ['GET', '/balance', undefined],
    ['GET', `/services/${one}`, undefined],
    ['POST', `/services/${one}/power`, { action: 'restart' }],
    ['GET', '/members', undefined],
    ['GET', '/notices', undefined],
  ];
  const expected = {
    admin: ['200', '200', '202', '200', '200'],
    billing: ['200', '200', '403 not-permitted', '403 not-permitted', '200'],
    technical: ['403 not-permitted', '200', '202', '403 not-permitted', '200'],
    support: ['403 not-permitted', '200', '403 not-permitted', '403 not-permitted', '200'],
    'read-only': ['200', '200', '403 not-permitted', '200', '200'],
  };
  for (const [role, answers] of Object.entries(expected)) {
    const { cookie } = await member(world, own, { role });
    const got: string[] = [];
    for (const [method, path, body] of acts) got.push(await ask(method, path, cookie, body));
    assert.deepEqual(got, answers, role);
    const session = await call(world, 'GET', '/auth/session', { cookie });
    assert.equal(session.json.balance === null, answers[0] !== '200', `${role}: the head shows no money`);
    assert.equal((session.json.customer as { id: string }).id, customerId);
  }
  const { cookie } = await member(world, own, { role: 'technical' });
  const { json } = await call(world, 'GET', '/balance', { cookie });
  assert.deepEqual([json.area, json.lacking], ['money', 'read']);
  assert.match(String(json.detail), /money/);
});

test('what says who the owner is, is the owner’s alone, also before an administrator', async () => {
  const { cookie } = await member(world, own, { role: 'admin' });
  const acts: [string, string, unknown][] = [
    ['POST', '/account/contacts/phone', { phone: '13800138000' }],
    ['POST', '/account/contacts/email', { email: 'mine@example.com', password: 'x'.repeat(12) }],
    ['POST', '/account/contacts/removals', { kind: 'phone' }],
  ];
  for (const [method, path, body] of acts)
    assert.equal(await ask(method, path, cookie, body), '403 not-permitted', path);
});

test('a grant of one service shows and works that one; others aren’t there (F49)', async () => {
  const [one, two] = services;
  const { cookie } = await member(world, own, {
    role: 'custom',
    areas: { services: 'write', money: 'read' },
    services: [one],
  });
  assert.deepEqual(
    (await items('/services', cookie)).map(({ id }) => id),
    [one],
  );
  assert.equal(await ask('GET', `/services/${one}`, cookie), '200');
  for (const path of ['', '/history', '/steps', '/metrics', '/mappings', '/end', '/stream'])
    assert.equal(await ask('GET', `/services/${two}${path}`, cookie), '404 not-found', path);
  assert.equal(await ask('POST', `/services/${two}/power`, cookie, { action: 'restart' }), '404 not-found');
});

test('nobody gives more than they have, nor takes from who has more', async () => {
  const [one] = services;
  const clerk = await member(world, own, {
    role: 'custom',
    areas: { people: 'write', support: 'read' },
    services: [one],
  });
  const admin = await member(world, own, { role: 'admin' });
  const technical = await member(world, own, { role: 'technical' });
  const give = (given: unknown) =>
    ask('POST', '/members/invitations', clerk.cookie, { email: 'someone@example.com', given });
  for (const given of [
    { role: 'admin' },
    { role: 'support' },
    { role: 'custom', areas: { support: 'write' }, services: [one] },
    { role: 'custom', areas: { support: 'read' } },
    { role: 'custom', areas: { services: 'read' }, services: [one] },
  ])
    assert.equal(await give(given), '403 more-than-own', JSON.stringify(given));
  assert.equal(await give({ role: 'custom', areas: { support: 'read' }, services: [one] }), '201');
  const within = { role: 'custom', areas: { support: 'read' }, services: [one] };
  for (const { id } of [admin, technical]) {
    assert.equal(await ask('PUT', `/members/${id}`, clerk.cookie, within), '403 more-than-own');
    assert.equal(await ask('DELETE', `/members/${id}`, clerk.cookie), '403 more-than-own');
  }
  assert.equal(
    await ask('PUT', `/members/${clerk.id}`, clerk.cookie, { role: 'admin' }),
    '403 more-than-own',
  );
  assert.equal(await ask('PUT', `/members/${admin.id}`, own, { role: 'owner' }), '400 invalid-input');
  assert.equal(await ask('PUT', `/members/${technical.id}`, admin.cookie, { role: 'admin' }), '204');
});

test('an invitation gives no more than its maker still has when it is accepted', async () => {
  const admin = await member(world, own, { role: 'admin' });
  const guest = await readyCustomer(world, null);
  const body = { email: guest.email, given: { role: 'admin' } };
  assert.equal(await ask('POST', '/members/invitations', admin.cookie, body), '201');
  assert.equal(await ask('PUT', `/members/${admin.id}`, own, { role: 'support' }), '204');
  const token = await invitationTo(world, guest.email);
  const cookie = await signedIn(world, guest);
  assert.equal(await ask('POST', '/invitations/acceptance', cookie, { token }), '409 invitation-gone');
});

test('[asiayun 2.1.4] the owner stays: no removing, no other role, no leaving, no second one', async () => {
  const admin = await member(world, own, { role: 'admin' });
  const [first] = await items('/members', own);
  assert.equal(await ask('DELETE', `/members/${first!.id}`, admin.cookie), '409 owner-stays');
  assert.equal(
    await ask('PUT', `/members/${first!.id}`, admin.cookie, { role: 'support' }),
    '409 owner-stays',
  );
  assert.equal(await ask('POST', '/members/leave', own), '409 owner-stays');
  const { db } = world.server.house;
  for (const change of [
    sql`delete from identity_member where role = 'owner' and customer_id = ${customerId}`,
    sql`update identity_member set role = 'admin' where role = 'owner' and customer_id = ${customerId}`,
    sql`update identity_member set user_id = ${admin.id} where role = 'owner' and customer_id = ${customerId}`,
    sql`update identity_member set role = 'owner' where user_id = ${admin.id} and customer_id = ${customerId}`,
  ])
    await assert.rejects(change.execute(db), /owner|account goes to nobody/);
});

test('each act stands in the audit: what was given, before and after, and who did it', async () => {
  const [removed, left] = [
    await member(world, own, { role: 'support' }),
    await member(world, own, { role: 'support' }),
  ];
  assert.equal(await ask('DELETE', `/members/${removed.id}`, own), '204');
  const open = await sql`select from identity_session where user_id = ${removed.id}
    and customer_id = ${customerId} and ended_at is null`.execute(world.server.house.db);
  assert.equal(open.rows.length, 0, 'ended, not only of no use without a role');
  assert.equal(await ask('POST', '/members/leave', left.cookie), '204');
  const { rows } = await sql<{ action: string; facts: Record<string, unknown> }>`select action, facts
    from audit_event where customer_id = ${customerId} and action like 'member.%' order by id`.execute(
    world.server.house.db,
  );
  const actions = new Set(rows.map(({ action }) => action));
  for (const action of ['invited', 'invitation-withdrawn', 'joined', 'changed', 'removed', 'left'])
    assert.ok(actions.has(`member.${action}`), action);
  const changed = rows.find(({ action }) => action === 'member.changed')!;
  assert.deepEqual(Object.keys(changed.facts).sort(), ['after', 'before']);
});

test('a role is given only by who has just shown who they are', async () => {
  const cookie = await signedIn(world, owner);
  await world.server.house.db
    .updateTable('identity_session')
    .set({ proved_at: null })
    .where('customer_id', '=', customerId)
    .execute();
  const body = { email: 'late@example.com', given: { role: 'support' } };
  const answer = await ask('POST', '/members/invitations', cookie, body);
  assert.match(answer, /prove-again$/);
});

test('a customer mails twenty invitations a day, no more', async () => {
  const spammer = await readyCustomer(world, null);
  const cookie = await signedIn(world, spammer);
  const invite = (no: number) =>
    ask('POST', '/members/invitations', cookie, {
      email: `guest${no}@example.com`,
      given: { role: 'read-only' },
    });
  for (let no = 0; no < 20; no++) assert.equal(await invite(no), '201');
  assert.equal(await invite(20), '429 invitations-spent');
});
