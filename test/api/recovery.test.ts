import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { jobsPending } from '#kernel/jobs.ts';
import { phoneDigest, phoneShown } from '#kernel/phone.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import { hashing } from '#modules/identity/index.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { testWorld } from '../support/world.ts';
import { call, type Reply } from './call.ts';

/** A lost password, and what a stranger learns of who has an account: nothing, neither by words nor by time (F62). */

let world: World;
before(async () => {
  world = await testWorld();
});
beforeEach(forget);

/** All come from one address here. */
async function forget(): Promise<void> {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
}

const NEXT = 'Nine-herons-by-the-mill';

async function person(): Promise<{ email: string; password: string; cookie: string }> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  return { email: customer.email, password: customer.password, cookie: customer.api.cookie() };
}

function post(path: string, body: unknown = {}, cookie?: string): Promise<Reply> {
  return call(world, 'POST', path, { body, cookie });
}

const said = ({ status, json }: Reply) => [status, json.code ?? null];

async function mails(email: string): Promise<{ subject: string; body: string }[]> {
  for (let attempt = 0; attempt < 200 && (await jobsPending(world.server.house.db)) > 0; attempt++)
    await sleep(20);
  const { json } = await call(world, 'GET', '/dev/mailbox');
  return (json.items as { to: string; subject: string; body: string }[]).filter(({ to }) => to === email);
}

async function mailedCode(email: string): Promise<string> {
  assert.equal((await post('/auth/recovery', { email })).status, 202);
  const [mail] = await mails(email);
  return mail?.subject.match(/\d{8}/)?.[0] ?? assert.fail(`no code in ${mail?.subject}`);
}

async function begun(email: string) {
  const { status, json } = await post('/auth/recovery/code', { email, code: await mailedCode(email) });
  assert.equal(status, 200);
  return json as { challenge: string; factors: string[]; question: string | null };
}

const finish = (challenge: string, given: unknown = null, password = NEXT) =>
  post('/auth/recovery/password', { challenge, password, given });

test('a lost password comes back by mail: the new one signs in, the old one doesn’t, every session ends, the owner is told', async () => {
  const who = await person();
  const { challenge, factors } = await begun(who.email);
  assert.deepEqual(factors, []);
  assert.deepEqual(said(await finish(challenge, null, 'password1')), [400, 'weak-password']);
  assert.equal((await finish(challenge)).status, 204);
  assert.deepEqual(said(await finish(challenge)), [410, 'challenge-gone'], 'once');
  assert.equal((await call(world, 'GET', '/auth/session', { cookie: who.cookie })).status, 401);
  const signIn = (password: string) => post('/auth/sign-in', { email: who.email, password });
  assert.equal((await signIn(who.password)).status, 401);
  assert.equal((await signIn(NEXT)).status, 204);
  assert.match((await mails(who.email))[0]!.body, /通过找回密码设置了新密码/);
});

test('whoever has a second factor shows it; a wrong one is counted, and the mail alone sets no password', async () => {
  const who = await person();
  const enrolment = await post('/account/factors/totp', {}, who.cookie);
  const secret = enrolment.json.secret as string;
  const code = totpCode(secret, world.clock.now());
  await post('/account/factors/totp/confirmation', { code }, who.cookie);
  world.clock.moveTo(addMs(world.clock.now(), 61_000));
  const { challenge, factors } = await begun(who.email);
  assert.deepEqual(factors, ['totp', 'recovery-code']);
  assert.deepEqual(said(await finish(challenge)), [422, 'second-step-missing']);
  assert.deepEqual(said(await finish(challenge, { factor: 'totp', code: '000000' })), [401, 'wrong-factor']);
  assert.deepEqual(said(await finish(challenge, { factor: 'question', answer: 'Rex' })), [
    422,
    'second-step-missing',
  ]);
  const right = { factor: 'totp', code: totpCode(secret, world.clock.now()) };
  assert.equal((await finish(challenge, right)).status, 204);
  const again = await post('/auth/sign-in', { email: who.email, password: NEXT });
  assert.equal(again.status, 202, 'the second factor stays');
});

test('[asiayun 6.1] a security question is the second step of recovery: after the mailed code, its answer in any writing, never alone', async () => {
  const who = await person();
  const set = (body: unknown) =>
    call(world, 'PUT', '/account/factors/question', { cookie: who.cookie, body });
  assert.equal((await set({ question: 'first-teacher', answer: '…' })).status, 400, 'nothing is left of it');
  assert.equal((await set({ question: 'first-teacher', answer: '  Frau Müller-Lüdenscheidt ' })).status, 204);
  const { answer_hash } = await world.server.house.db
    .selectFrom('factors_question')
    .select('answer_hash')
    .executeTakeFirstOrThrow();
  assert.match(answer_hash, /^\$argon2id\$/);
  assert.deepEqual(said(await finish('AAAA', { factor: 'question', answer: 'frau müller lüdenscheidt' })), [
    410,
    'challenge-gone',
  ]);
  const { challenge, factors, question } = await begun(who.email);
  assert.deepEqual([factors, question], [['question'], 'first-teacher']);
  assert.deepEqual(said(await finish(challenge)), [422, 'second-step-missing']);
  const wrong = { factor: 'question', answer: 'Herr Müller' };
  assert.deepEqual(said(await finish(challenge, wrong)), [401, 'wrong-factor']);
  const right = { factor: 'question', answer: 'frau MÜLLER lüdenscheidt' };
  assert.equal((await finish(challenge, right)).status, 204);
  const { email } = who;
  const shown = { email, password: NEXT };
  assert.equal((await post('/auth/sign-in', shown)).status, 204, 'it is no second factor of a sign-in');
});

test('five wrong codes and the mailed one is void too; each code works once and for a quarter of an hour', async () => {
  const who = await person();
  const code = await mailedCode(who.email);
  const wrong = code === '00000000' ? '00000001' : '00000000';
  const give = async (given: string) =>
    said(await post('/auth/recovery/code', { email: who.email, code: given }));
  for (let i = 0; i < 5; i++) assert.deepEqual(await give(wrong), [422, 'wrong-code']);
  assert.deepEqual(await give(code), [422, 'wrong-code']);
  world.clock.moveTo(addMinutes(world.clock.now(), 2));
  const fresh = await mailedCode(who.email);
  assert.deepEqual(await give(fresh), [200, null]);
  assert.deepEqual(await give(fresh), [422, 'wrong-code']);
  await forget();
  world.clock.moveTo(addMinutes(world.clock.now(), 2));
  const late = await mailedCode(who.email);
  world.clock.moveTo(addMinutes(world.clock.now(), 15));
  assert.deepEqual(await give(late), [422, 'wrong-code']);
});

test('recovery says the same of an address that nobody has, writes the same, and mails nothing (F62)', async () => {
  const nobody = `nobody-${randomUUID()}@example.com`;
  const known = await person();
  const [a, b] = [
    await post('/auth/recovery', { email: known.email }),
    await post('/auth/recovery', { email: nobody }),
  ];
  assert.deepEqual([a.status, Object.keys(a.json)], [b.status, Object.keys(b.json)]);
  assert.equal((await mails(known.email)).length > 0, true);
  assert.deepEqual(await mails(nobody), []);
  const rows = await world.server.house.db.selectFrom('factors_recovery').selectAll().execute();
  assert.ok(
    rows.some(({ user_id }) => user_id === null),
    'a code that nobody gets',
  );
  for (const email of [known.email, nobody])
    assert.deepEqual(said(await post('/auth/recovery/code', { email, code: '00000000' })), [
      422,
      'wrong-code',
    ]);
});

const NO_CODE = { id: '018f0000-0000-7000-8000-000000000000', code: '000000' };

test('every auth route counts attempts by machine alike (F62)', async () => {
  const tries: [string, unknown][] = [
    ['/auth/sign-in', { email: 'a@example.com', password: 'x' }],
    ['/auth/sign-up', { email: 'a@example.com', password: 'x', locale: 'zh', minor: false }],
    ['/auth/resend-code', { email: 'a@example.com' }],
    ['/auth/verify-email', { email: 'a@example.com', code: '000000', password: NEXT }],
    ['/auth/second-factor', { challenge: 'AAAA', given: { factor: 'totp', code: '000000' } }],
    ['/auth/second-factor/passkey', { challenge: 'AAAA' }],
    ['/auth/passkey/options', {}],
    ['/auth/recovery', { email: 'a@example.com' }],
    ['/auth/recovery/code', { email: 'a@example.com', code: '00000000' }],
    ['/auth/recovery/passkey', { challenge: 'AAAA' }],
    ['/auth/phone/recovery', NO_CODE],
    ['/auth/phone/sign-in', NO_CODE],
    ['/auth/phone/holder', { challenge: 'AAAA', given: { way: 'mail', code: '000000' } }],
    ['/auth/phone/holder/mail', { challenge: 'AAAA' }],
    ['/auth/recovery/password', { challenge: 'AAAA', password: NEXT, given: null }],
  ];
  for (const [path, body] of tries) {
    await forget();
    const machine = Array.from({ length: 60 }, () => post('/auth/recovery/passkey', { challenge: 'AAAA' }));
    await Promise.all(machine);
    const reply = await post(path, body);
    assert.deepEqual(said(reply), [429, 'too-many-requests'], path);
    assert.ok(Number(reply.headers.get('retry-after')) > 0, path);
  }
});

function median(times: number[]): number {
  return times.toSorted((x, y) => x - y)[Math.floor(times.length / 2)]!;
}

/** Runs both in turn, so that whatever else the machine does falls on both; the medians in milliseconds. */
async function compared(one: () => Promise<unknown>, other: () => Promise<unknown>, rounds: number) {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    await forget();
    for (const which of round % 2 ? ([0, 1] as const) : ([1, 0] as const)) {
      const from = performance.now();
      await (which ? other() : one());
      times[which].push(performance.now() - from);
    }
  }
  return [median(times[0]), median(times[1])] as const;
}

/** The account has this number too. */
async function numbered(email: string, phone: string): Promise<void> {
  const { db, sealer } = world.server.house;
  const phone_digest = phoneDigest(sealer, phone);
  await db
    .updateTable('identity_user')
    .set({ phone_digest, phone_shown: phoneShown(phone), phone_verified_at: world.clock.now() })
    .where('email', '=', email)
    .execute();
}

test('the time of an answer doesn’t tell whether a name has an account: sign-in, recovery and its code (F62)', async (t) => {
  const known = await person();
  let number = 0;
  const stranger = () => `stranger${number++}@example.com`;
  const signIn = (email: string) => post('/auth/sign-in', { email, password: 'not-the-password' });

  const runs = async (email: string) => {
    const before = hashing.runs;
    assert.deepEqual(said(await signIn(email)), [401, 'wrong-credentials']);
    return hashing.runs - before;
  };
  assert.deepEqual([await runs(known.email), await runs(stranger())], [1, 1], 'argon2 runs once either way');

  const [phone, other] = ['13612345678', '13612345679'];
  await numbered(known.email, phone);
  const byPhone = (number: string) => post('/auth/sign-in', { phone: number, password: 'not-the-password' });
  const sent = async (number: string) =>
    String((await post('/auth/phone/codes', { phone: number, locale: 'zh' })).json.id);
  const [mine, theirs] = [await sent(phone), await sent(other)];
  const bySms = (id: string) => post('/auth/phone/recovery', { id, code: '000000' });

  const pairs = {
    'sign-in by number': await compared(
      () => byPhone(phone),
      () => byPhone(other),
      31,
    ),
    'recovery by SMS': await compared(
      () => bySms(mine),
      () => bySms(theirs),
      31,
    ),
    'sign-in': await compared(
      () => signIn(known.email),
      () => signIn(stranger()),
      31,
    ),
    recovery: await compared(
      () => post('/auth/recovery', { email: known.email }),
      () => post('/auth/recovery', { email: stranger() }),
      31,
    ),
    code: await compared(
      () => post('/auth/recovery/code', { email: known.email, code: '00000000' }),
      () => post('/auth/recovery/code', { email: 'stranger0@example.com', code: '00000000' }),
      31,
    ),
  };
  for (const [what, [mine, theirs]] of Object.entries(pairs)) {
    t.diagnostic(`${what}: known ${mine.toFixed(1)} ms, unknown ${theirs.toFixed(1)} ms`);
    // Without the same work a sign-in differs by all of argon2, several times either bound.
    assert.ok(Math.abs(mine - theirs) < Math.max(8, Math.max(mine, theirs) * 0.4), what);
  }
});
