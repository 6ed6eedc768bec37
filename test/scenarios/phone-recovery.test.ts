import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { addDays, addMinutes } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import { someIdNumber } from '#server/story/identity.ts';
import type { World } from '#server/world.ts';
import { Visitor } from '../support/browser-less.ts';
import { smsCode } from '../support/sms-code.ts';
import { testWorld } from '../support/world.ts';

/** Accounts that are known by a phone: their password, how they recover it, and numbers that changed hands. */

let world: World;
before(async () => {
  world = await testWorld();
});
/** All come from one address here. */
beforeEach(async () => {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
});

const FIRST = 'Plum-rain-and-9-geese';
const NEXT = 'Nine-herons-by-the-mill';
let numbers = 13_700_000_100;
const someNumber = () => String(numbers++);
const later = (minutes: number) => world.clock.moveTo(addMinutes(world.clock.now(), minutes));
const days = (count: number) => world.clock.moveTo(addDays(world.clock.now(), count, 'Asia/Shanghai'));
const said = ({ status, body }: { status: number; body: Record<string, unknown> }) => [
  status,
  body.code ?? null,
];

async function code(phone: string) {
  later(2);
  const sent = await new Visitor(world).api('POST', '/auth/phone/codes', { phone, locale: 'zh' });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  return { id: String(sent.body.id), code: await smsCode(world, phone) };
}

async function signedUp(phone: string): Promise<Visitor> {
  const visitor = new Visitor(world);
  const given = { ...(await code(phone)), locale: 'zh', minor: false, newly_mine: false };
  assert.equal((await visitor.api('POST', '/auth/phone/sign-up', given)).status, 204);
  return visitor;
}

async function withPassword(phone: string): Promise<Visitor> {
  const visitor = await signedUp(phone);
  const set = await visitor.api('POST', '/account/password', { current: null, next: FIRST });
  assert.equal(set.status, 204, JSON.stringify(set.body));
  return visitor;
}

const signIn = (phone: string, password: string) =>
  new Visitor(world).api('POST', '/auth/sign-in', { phone, password });
const recover = async (phone: string) =>
  new Visitor(world).api('POST', '/auth/phone/recovery', await code(phone));
const finish = (challenge: unknown, given: unknown = null) =>
  new Visitor(world).api('POST', '/auth/recovery/password', { challenge, password: NEXT, given });

test('a phone number and a password sign in, in any writing of the number; a wrong one says what it says of anybody', async () => {
  const phone = someNumber();
  await withPassword(phone);
  assert.equal((await signIn(`+86 ${phone}`, FIRST)).status, 204);
  const [wrong, unknown] = [await signIn(phone, 'not the password'), await signIn(someNumber(), FIRST)];
  assert.deepEqual(said(wrong), [401, 'wrong-credentials']);
  assert.deepEqual(said(unknown), said(wrong));
  assert.equal((await signIn('12345', FIRST)).status, 400);
});

test('who signed up by phone recovers by a code: the new password signs in, the old one doesn’t, every session ends', async () => {
  const phone = someNumber();
  const visitor = await withPassword(phone);
  const begun = await recover(phone);
  assert.deepEqual([begun.status, begun.body.factors, begun.body.question], [200, [], null]);
  assert.equal((await finish(begun.body.challenge)).status, 204);
  assert.deepEqual(said(await finish(begun.body.challenge)), [410, 'challenge-gone'], 'once');
  assert.equal((await visitor.api('GET', '/auth/session')).status, 401);
  assert.equal((await signIn(phone, FIRST)).status, 401);
  assert.equal((await signIn(phone, NEXT)).status, 204);
});

test('recovery by SMS asks whoever has a second factor for it; a question alone is never enough for an old number', async () => {
  const phone = someNumber();
  const visitor = await withPassword(phone);
  const { secret } = (await visitor.api('POST', '/account/factors/totp')).body as { secret: string };
  const now = () => totpCode(secret, world.clock.now());
  assert.equal(
    (await visitor.api('POST', '/account/factors/totp/confirmation', { code: now() })).status,
    200,
  );
  days(200);
  const { status, body } = await recover(phone);
  assert.deepEqual([status, body.factors], [200, ['totp', 'recovery-code']]);
  assert.deepEqual(said(await finish(body.challenge)), [422, 'second-step-missing']);
  assert.deepEqual(said(await finish(body.challenge, { factor: 'totp', code: '000000' })), [
    401,
    'wrong-factor',
  ]);
  assert.equal((await finish(body.challenge, { factor: 'totp', code: now() })).status, 204);

  const other = someNumber();
  const asked = await withPassword(other);
  const question = { question: 'first-teacher', answer: 'Li Lei' };
  assert.equal((await asked.api('PUT', '/account/factors/question', question)).status, 204);
  days(91);
  assert.deepEqual(said(await recover(other)), [403, 'phone-holder-unknown']);
});

test('[F62] a number that nobody has recovers nothing, and its code says so to whoever has the number alone', async () => {
  const phone = someNumber();
  assert.deepEqual(said(await recover(phone)), [404, 'phone-unknown']);
  const made = { id: '018f0000-0000-7000-8000-000000000000', code: '000000' };
  const guess = await new Visitor(world).api('POST', '/auth/phone/recovery', made);
  assert.deepEqual(said(guess), [422, 'phone-code-wrong']);
});

const byPhone = async (phone: string) =>
  new Visitor(world).api('POST', '/auth/phone/sign-in', await code(phone));
const show = (challenge: unknown, given: unknown, visitor = new Visitor(world)) =>
  visitor.api('POST', '/auth/phone/holder', { challenge, given });

test('a number that was used within 90 days signs in by its code alone, each time anew', async () => {
  const phone = someNumber();
  await signedUp(phone);
  for (let times = 0; times < 3; times++) {
    days(89);
    assert.equal((await byPhone(phone)).status, 204);
  }
});

test('after 90 days a code alone opens no account: its password does, five tries of it, and recovery doesn’t take it', async () => {
  const phone = someNumber();
  await withPassword(phone);
  days(91);
  const visitor = new Visitor(world);
  const asked = await visitor.api('POST', '/auth/phone/sign-in', await code(phone));
  assert.deepEqual([asked.status, asked.body.holder], [202, ['password']]);
  assert.equal((await visitor.api('GET', '/auth/session')).status, 401);
  const wrong = { way: 'password', password: 'not the password' };
  assert.deepEqual(said(await show(asked.body.challenge, wrong)), [401, 'wrong-factor']);
  assert.deepEqual(said(await show(asked.body.challenge, { way: 'mail', code: '000000' })), [
    401,
    'wrong-factor',
  ]);
  const right = { way: 'password', password: FIRST };
  assert.equal((await show(asked.body.challenge, right, visitor)).status, 204);
  assert.equal((await visitor.api('GET', '/auth/session')).status, 200);
  assert.equal((await byPhone(phone)).status, 204, 'it is known to be the account’s again');

  days(91);
  assert.deepEqual(said(await recover(phone)), [403, 'phone-holder-unknown']);
  const again = await byPhone(phone);
  for (let tries = 0; tries < 5; tries++) await show(again.body.challenge, wrong);
  assert.deepEqual(said(await show(again.body.challenge, right)), [410, 'challenge-gone']);
});

test('the number of the identity card shows it too, for recovery of a lost password', async () => {
  const phone = someNumber();
  const visitor = await signedUp(phone);
  const id_number = someIdNumber('19900101');
  const checked = await visitor.api('POST', '/account/real-name', { name: '张三', id_number });
  assert.equal(checked.body.result, 'pass', JSON.stringify(checked.body));
  days(91);
  const begun = await recover(phone);
  assert.deepEqual([begun.status, begun.body.holder], [202, ['identity']]);
  const other = someIdNumber('19900102');
  assert.deepEqual(said(await show(begun.body.challenge, { way: 'identity', number: other })), [
    401,
    'wrong-factor',
  ]);
  const shown = await show(begun.body.challenge, { way: 'identity', number: id_number.toLowerCase() });
  assert.deepEqual([shown.status, shown.body.factors], [200, []]);
  assert.equal((await finish(shown.body.challenge)).status, 204);
  assert.equal((await signIn(phone, NEXT)).status, 204);
});

test('a code by mail shows it, where the account has a mailbox', async () => {
  const phone = someNumber();
  const visitor = await signedUp(phone);
  const email = `p${phone}@example.com`;
  const { db } = world.server.house;
  const { body } = await visitor.api('GET', '/auth/session');
  const { id } = body.user as { id: string };
  await db
    .updateTable('identity_user')
    .set({ email, email_normal: email, email_verified_at: world.clock.now() })
    .where('id', '=', id)
    .execute();
  days(91);
  const asked = await byPhone(phone);
  assert.deepEqual([asked.status, asked.body.holder], [202, ['mail']]);
  const { challenge } = asked.body;
  assert.equal((await new Visitor(world).api('POST', '/auth/phone/holder/mail', { challenge })).status, 204);
  await world.drain();
  const mail = await db
    .selectFrom('notify_sandbox_mail')
    .select('subject')
    .where('recipient', '=', email)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const mailed = /\d{6}/.exec(mail.subject)![0];
  const wrong = mailed === '000000' ? '000001' : '000000';
  assert.equal((await show(challenge, { way: 'mail', code: wrong })).status, 401);
  assert.equal((await show(challenge, { way: 'mail', code: mailed })).status, 204);
  assert.deepEqual(said(await show(challenge, { way: 'mail', code: mailed })), [410, 'challenge-gone']);
});
