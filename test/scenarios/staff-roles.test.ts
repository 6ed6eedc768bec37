import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { EVERYTHING } from '#kernel/grant.ts';
import { asSystem } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { totpCode } from '#modules/factors/index.ts';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';
import { call, cookieOf, said, staffCookie } from '../api/call.ts';
import type { StaffLogin } from '../support/staff.ts';
import { deskOf } from '../support/staff-desk.ts';
import { testWorld } from '../support/world.ts';

/** Staff: the second factor, roles, a lost factor. */

let world: World;
let admin: string;

before(async () => {
  world = await testWorld({ seed: true });
  admin = await staffCookie(world);
});

const { member, enter, get, post } = deskOf(() => world);

async function audited(action: string, actorId: string): Promise<number> {
  const rows = await world.server.house.db
    .selectFrom('audit_event')
    .select('id')
    .where('action', '=', action)
    .where('actor_id', '=', actorId)
    .execute();
  return rows.length;
}

test('a password alone opens nothing: the first sign-in sets up a second factor, later ones show it', async () => {
  const who = await member([{ role: 'admin', brand: null }]);
  const body = { email: who.email, password: who.password };
  const pending = cookieOf(await post('/staff/auth/sign-in', '', body));
  assert.equal((await get('/staff/auth/session', pending)).json.stage, 'enrol');
  for (const path of ['/staff/customers', '/staff/auth/factors', '/staff/members', '/staff/approvals'])
    assert.deepEqual(said(await get(path, pending)), [403, 'second-factor-needed'], path);

  const { json: enrolment } = await post('/staff/auth/totp', pending);
  assert.match(String(enrolment.uri), /^otpauth:\/\/totp\//);
  const right = totpCode(String(enrolment.secret), world.clock.now());
  const wrong = right === '000000' ? '000001' : '000000';
  assert.deepEqual(said(await post('/staff/auth/totp/confirm', pending, { code: wrong })), [
    401,
    'wrong-factor',
  ]);
  const confirmed = await post('/staff/auth/totp/confirm', pending, { code: right });
  assert.equal((confirmed.json.recovery_codes as string[]).length, 10);
  const whole = cookieOf(confirmed);
  assert.equal((await get('/staff/customers', whole)).status, 200);
  assert.equal((await get('/staff/auth/session', pending)).status, 401, 'its token gave way to a new one');

  const next = cookieOf(await post('/staff/auth/sign-in', '', body));
  assert.equal((await get('/staff/auth/session', next)).json.stage, 'second-factor');
  assert.deepEqual(said(await post('/staff/auth/totp', next)), [403, 'second-factor-needed']);
  assert.deepEqual(
    said(await post('/staff/auth/second-factor', next, { factor: 'totp', code: right })),
    [401, 'wrong-factor'],
    'a code is taken once',
  );
  const [code] = confirmed.json.recovery_codes as string[];
  const shown = await post('/staff/auth/second-factor', next, { factor: 'recovery-code', code });
  assert.equal(shown.status, 204, shown.text);
  assert.equal((await get('/staff/customers', cookieOf(shown))).status, 200);
  assert.equal(await audited('staff.factor-refused', who.id), 1);
});

test('what a role lacks is refused, on another brand too, and a change holds in open sessions', async () => {
  const who = await member([
    { role: 'support', brand: null },
    { role: 'finance', brand: 'asiayun' },
  ]);
  const cookie = await enter(who);
  assert.equal((await get('/staff/customers', cookie)).status, 200);
  assert.deepEqual(said(await get('/staff/withdrawals', cookie)), [403, 'not-permitted']);
  const path = `/staff/members/${who.id}/roles`;
  const set = (holdings: object[], by = admin) =>
    call(world, 'PUT', path, { cookie: by, body: { holdings } });
  assert.equal((await set([{ role: 'finance', brand: null }])).status, 204);
  assert.equal((await get('/staff/withdrawals', cookie)).status, 200);
  assert.equal(
    (await post(`/staff/customers/${who.id}/visits`, cookie, { reason: 'test', writes: true })).status,
    403,
  );
  assert.equal((await set([])).status, 204);
  assert.equal((await get('/staff/withdrawals', cookie)).status, 403);
  assert.equal((await get('/staff/auth/session', cookie)).status, 200, 'one’s own stays');
});

test('nobody grants or takes more than they have, and the last administrator stays', async () => {
  const { json } = await post('/staff/roles', admin, {
    name: '人事',
    areas: { staff: 'write', money: 'read' },
  });
  const keeper = await member([{ role: String(json.id), brand: null }]);
  const other = await member([{ role: 'auditor', brand: null }]);
  const cookie = await enter(keeper);
  const set = (id: string, holdings: object[], by: string) =>
    call(world, 'PUT', `/staff/members/${id}/roles`, { cookie: by, body: { holdings } });
  for (const holdings of [
    [{ role: 'admin', brand: null }],
    [
      { role: 'auditor', brand: null },
      { role: 'finance', brand: 'lantian' },
    ],
    [],
  ])
    assert.deepEqual(said(await set(other.id, holdings, cookie)), [403, 'grant-too-far']);
  assert.deepEqual(said(await set(keeper.id, [{ role: 'admin', brand: null }], cookie)), [
    403,
    'grant-too-far',
  ]);
  assert.deepEqual(said(await post('/staff/roles', cookie, { name: '万能', areas: { money: 'write' } })), [
    403,
    'grant-too-far',
  ]);
  assert.deepEqual(said(await post(`/staff/members/${other.id}/password`, cookie)), [403, 'grant-too-far']);
  assert.deepEqual(said(await set(other.id, [{ role: 'nobody', brand: null }], admin)), [
    422,
    'role-unknown',
  ]);
  assert.deepEqual(said(await set(other.id, [{ role: 'support', brand: 'elsewhere' }], admin)), [
    422,
    'role-unknown',
  ]);

  const { json: team } = await get('/staff/members', admin);
  type Row = { id: string; email: string; holdings: { role: string }[]; ended_at: string | null };
  const admins = (team.items as Row[]).filter(({ holdings }) =>
    holdings.some(({ role }) => role === 'admin'),
  );
  const own = (await get('/staff/auth/session', admin)).json.staff as { id: string };
  for (const { id } of admins.filter((row) => row.id !== own.id))
    assert.equal((await set(id, [], admin)).status, 204);
  assert.deepEqual(said(await set(own.id, [], admin)), [409, 'last-admin']);
  assert.deepEqual(said(await set(own.id, [{ role: 'admin', brand: 'lantian' }], admin)), [
    409,
    'last-admin',
  ]);
  assert.deepEqual(said(await post(`/staff/members/${own.id}/leave`, admin)), [409, 'last-admin']);
});

test('a lost second factor is reset by two others, told, and the next sign-in sets up another', async () => {
  const lost = await member([{ role: 'support', brand: null }]);
  const second = await member([{ role: 'admin', brand: null }]);
  const open = await enter(lost);
  const pending = cookieOf(
    await post('/staff/auth/sign-in', '', { email: lost.email, password: lost.password }),
  );
  const asked = await post('/staff/auth/factor-reset', pending, { reason: '手机丢失' });
  assert.equal(asked.status, 201);
  assert.deepEqual(said(await post('/staff/auth/factor-reset', pending, { reason: '再次' })), [
    409,
    'reset-waiting',
  ]);
  const decide = (id: unknown, by: string) =>
    post(`/staff/factor-resets/${id}/decision`, by, { grant: true });
  assert.deepEqual(said(await decide(asked.json.id, pending)), [403, 'second-factor-needed']);
  assert.deepEqual(
    said(await decide(asked.json.id, open)),
    [403, 'not-permitted'],
    'support has no say over staff',
  );
  const desk = await enter(second);
  world.clock.moveTo(addMinutes(world.clock.now(), 16));
  assert.deepEqual(said(await decide(asked.json.id, desk)), [403, 'prove-again'], 'a desk left open');
  const proof = { factor: 'totp', code: await staffCode(world, second.email) };
  assert.equal((await post('/staff/auth/second-factor', desk, proof)).status, 204);
  assert.equal((await decide(asked.json.id, desk)).status, 204);
  admin = await staffCookie(world);
  assert.equal((await get('/staff/auth/session', open)).status, 401, 'all sessions ended');
  const anew = cookieOf(
    await post('/staff/auth/sign-in', '', { email: lost.email, password: lost.password }),
  );
  assert.equal((await get('/staff/auth/session', anew)).json.stage, 'enrol');
  const told = await world.server.house.db
    .selectFrom('notify_notice')
    .select('kind')
    .where('address', '=', lost.email)
    .orderBy('created_at')
    .execute();
  assert.deepEqual(told.map(({ kind }) => kind).sort(), ['staff-factor-reset', 'staff-factor-reset-asked']);

  const by = await post(`/staff/members/${lost.id}/factor-reset`, admin, { reason: '测试' });
  assert.deepEqual(said(await decide(by.json.id, admin)), [403, 'reset-own'], 'who asked doesn’t decide');
});

test('who leaves signs in no more, at once; a new browser is told', async () => {
  const who = await member([{ role: 'support', brand: null }]);
  const cookie = await enter(who);
  const elsewhere = { 'user-agent': 'Another browser/1.0' };
  const body = { email: who.email, password: who.password };
  const first = cookieOf(await call(world, 'POST', '/staff/auth/sign-in', { body, headers: elsewhere }));
  const shown = { factor: 'totp', code: await staffCode(world, who.email) };
  await call(world, 'POST', '/staff/auth/second-factor', { cookie: first, body: shown, headers: elsewhere });
  const told = await world.server.house.db
    .selectFrom('notify_notice')
    .select(['kind', 'body'])
    .where('address', '=', who.email)
    .execute();
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['staff-new-device'],
  );
  assert.match(told[0]!.body, /Another browser/);
  const { items } = (await get('/staff/auth/sessions', cookie)).json as {
    items: { id: string; current: boolean }[];
  };
  assert.equal(items.length, 2);
  assert.equal((await post('/staff/auth/sessions/end-others', cookie)).status, 204);
  assert.equal((await post(`/staff/members/${who.id}/leave`, admin)).status, 204);
  assert.equal((await get('/staff/auth/session', cookie)).status, 401);
  assert.equal((await post('/staff/auth/sign-in', '', body)).status, 401);
});

test('what takes two is seen by who has its area, and decided by who may act in it', async () => {
  const { house } = world.server;
  const asker = await member([{ role: 'admin', brand: null }]);
  const request = (area: 'money' | 'cases', subject: string) =>
    asSystem(house, 'lantian', 'test', (tx, ctx) =>
      approvalRequest(
        tx,
        { ...ctx, actor: { kind: 'staff', staffId: asker.id, sessionId: subject, grant: EVERYTHING } },
        {
          act: 'test.act',
          area,
          subject: { kind: 'test', id: subject },
          customerId: null,
          payload: {},
          reason: '测试',
        },
      ),
    );
  const [money, cases] = [await request('money', randomUUID()), await request('cases', randomUUID())];
  const seen = async (who: StaffLogin) => {
    const cookie = await enter(who);
    const { items } = (await get('/staff/approvals?state=waiting', cookie)).json as {
      items: { id: string; decidable: boolean }[];
    };
    const decide = (id: string) =>
      post(`/staff/approvals/${id}/decision`, cookie, { grant: false, reason: '不需要' });
    return { ids: new Map(items.map(({ id, decidable }) => [id, decidable])), decide };
  };
  const auditor = await seen(await member([{ role: 'auditor', brand: null }]));
  assert.deepEqual([auditor.ids.get(money), auditor.ids.get(cases)], [false, false], 'looks, and no more');
  assert.deepEqual(said(await auditor.decide(money)), [403, 'not-permitted']);
  const support = await seen(await member([{ role: 'support', brand: null }]));
  assert.deepEqual([support.ids.get(money), support.ids.get(cases)], [undefined, true]);
  assert.deepEqual(said(await support.decide(money)), [403, 'not-permitted']);
  assert.equal((await support.decide(cases)).status, 204);
  const own = await seen(asker);
  assert.equal(own.ids.get(money), false);
  assert.deepEqual(said(await own.decide(money)), [403, 'approval-own']);
});
