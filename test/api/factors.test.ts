import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { addMinutes, addMs } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type Passkey, passkeyMake, passkeySign } from '../support/authenticator.ts';
import { testWorld } from '../support/world.ts';
import { call, cookieOf, type Reply } from './call.ts';

let world: World;
before(async () => {
  world = await testWorld();
});
// All come from one address here, and each test by itself is within its limit.
beforeEach(async () => {
  await sql`delete from kernel_throttle`.execute(world.server.house.db);
});

interface Person {
  email: string;
  password: string;
  cookie: string;
}

async function person(): Promise<Person> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  return { email: customer.email, password: customer.password, cookie: customer.api.cookie() };
}

function post(path: string, body: unknown = {}, cookie?: string): Promise<Reply> {
  return call(world, 'POST', path, { body, cookie });
}

const signIn = ({ email, password }: Person) => post('/auth/sign-in', { email, password });

const said = ({ status, json }: Reply) => [status, json.code ?? null];

/** Time goes on by one step of an authenticator, so that its next code is another one. */
function nextStep(): void {
  world.clock.moveTo(addMs(world.clock.now(), 30_000));
}

async function enrolTotp(who: Person): Promise<{ secret: string; codes: string[] }> {
  const { json } = await post('/account/factors/totp', {}, who.cookie);
  const secret = json.secret as string;
  assert.match(json.uri as string, /^otpauth:\/\/totp\/.+secret=[A-Z2-7]{32}/);
  const code = totpCode(secret, world.clock.now());
  const done = await post('/account/factors/totp/confirmation', { code }, who.cookie);
  assert.equal(done.status, 200);
  return { secret, codes: done.json.recovery_codes as string[] };
}

async function enrolPasskey(who: Person, name = 'Phone'): Promise<Passkey> {
  const asked = await post('/account/factors/passkeys/options', {}, who.cookie);
  assert.equal(asked.status, 200, asked.text);
  const { challenge, options } = asked.json as { challenge: string; options: never };
  const { passkey, response } = passkeyMake(options, { origin: world.url });
  const made = await post('/account/factors/passkeys', { challenge, response, name }, who.cookie);
  assert.equal(made.status, 201, made.text);
  return passkey;
}

async function passkeySignIn(passkey: Passkey, quirks: Partial<Parameters<typeof passkeySign>[2]> = {}) {
  const { json } = await post('/auth/passkey/options');
  const { challenge, options } = json as { challenge: string; options: { challenge: string } };
  const response = passkeySign(passkey, options, { origin: world.url, ...quirks });
  return { reply: await post('/auth/passkey', { challenge, response }), challenge, response };
}

test('an authenticator: set up by its code, asked for at sign-in, each code once, a step off is near enough', async () => {
  const who = await person();
  const { secret } = await enrolTotp(who);
  const first = await signIn(who);
  assert.equal(first.status, 202);
  assert.deepEqual(first.json.factors, ['totp', 'recovery-code']);
  assert.equal(first.headers.getSetCookie().length, 0, 'no session before the second step');
  const challenge = first.json.challenge as string;
  const answer = (code: string) =>
    post('/auth/second-factor', { challenge, given: { factor: 'totp', code } });
  const used = totpCode(secret, world.clock.now());
  assert.deepEqual(said(await answer(used)), [401, 'wrong-factor'], 'the code that set it up is used');
  nextStep();
  const far = totpCode(secret, addMs(world.clock.now(), 60_000));
  assert.deepEqual(said(await answer(far)), [401, 'wrong-factor'], 'two steps ahead');
  const ahead = await answer(totpCode(secret, addMs(world.clock.now(), 30_000)));
  assert.equal(ahead.status, 204);
  const session = await call(world, 'GET', '/auth/session', { cookie: cookieOf(ahead) });
  assert.equal(session.status, 200);
  assert.deepEqual(said(await answer(used)), [410, 'challenge-gone'], 'one sign-in, one session');
  const again = await signIn(who);
  const now = totpCode(secret, world.clock.now());
  const replayed = await post('/auth/second-factor', {
    challenge: again.json.challenge,
    given: { factor: 'totp', code: now },
  });
  assert.deepEqual(said(replayed), [401, 'wrong-factor'], 'a step before the one that was taken is over');
});

test('a challenge is guessed at five times and then gone; guesses are counted by whose factor it is (F62)', async () => {
  const who = await person();
  const { secret } = await enrolTotp(who);
  nextStep();
  const guess = async (challenge: unknown) =>
    said(await post('/auth/second-factor', { challenge, given: { factor: 'totp', code: '000000' } }));
  const [one, two] = [(await signIn(who)).json.challenge, (await signIn(who)).json.challenge];
  for (let i = 0; i < 5; i++) assert.deepEqual(await guess(one), [401, 'wrong-factor']);
  const right = { factor: 'totp', code: totpCode(secret, world.clock.now()) };
  assert.deepEqual(said(await post('/auth/second-factor', { challenge: one, given: right })), [
    410,
    'challenge-gone',
  ]);
  for (let i = 0; i < 4; i++) assert.deepEqual(await guess(two), [401, 'wrong-factor']);
  assert.deepEqual(await guess(two), [429, 'too-many-requests'], 'another challenge is the same person');
});

test('ten recovery codes: shown once, each works once, kept as hashes; new ones make the old void', async () => {
  const who = await person();
  const { codes } = await enrolTotp(who);
  assert.equal(codes.length, 10);
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([2-9A-HJ-NP-Z]{4}-){5}[2-9A-HJ-NP-Z]{4}$/);
  const use = async (code: string) => {
    const { json } = await signIn(who);
    const given = { factor: 'recovery-code', code };
    return said(await post('/auth/second-factor', { challenge: json.challenge, given }));
  };
  assert.deepEqual(await use(codes[0]!.toLowerCase().replaceAll('-', ' ')), [204, null]);
  assert.deepEqual(await use(codes[0]!), [401, 'wrong-factor']);
  const shown = await call(world, 'GET', '/account/factors', { cookie: who.cookie });
  assert.equal(shown.json.recovery_codes_left, 9);
  const { json } = await post('/account/factors/recovery-codes', {}, who.cookie);
  assert.deepEqual(await use(codes[1]!), [401, 'wrong-factor']);
  assert.deepEqual(await use((json.recovery_codes as string[])[0]!), [204, null]);
});

test('a passkey signs in without a name, and is enough by itself where a password would need a second step', async () => {
  const who = await person();
  await enrolTotp(who);
  const passkey = await enrolPasskey(who);
  const { reply, challenge, response } = await passkeySignIn(passkey);
  assert.equal(reply.status, 204);
  const me = await call(world, 'GET', '/auth/session', { cookie: cookieOf(reply) });
  assert.equal((me.json.user as { email: string }).email, who.email);
  assert.deepEqual(
    said(await post('/auth/passkey', { challenge, response })),
    [410, 'challenge-gone'],
    'replayed',
  );
  const shown = await call(world, 'GET', '/account/factors', { cookie: who.cookie });
  const [row] = shown.json.passkeys as { id: string; name: string; last_used_at: string }[];
  assert.equal(row!.name, 'Phone');
  assert.equal(row!.last_used_at, world.clock.now().toISOString());
  const renamed = await call(world, 'PATCH', `/account/factors/passkeys/${row!.id}`, {
    cookie: who.cookie,
    body: { name: '工作手机' },
  });
  assert.equal(renamed.status, 204);
  const removed = await call(world, 'DELETE', `/account/factors/passkeys/${row!.id}`, { cookie: who.cookie });
  assert.equal(removed.status, 204);
  assert.deepEqual(
    said((await passkeySignIn(passkey)).reply),
    [401, 'wrong-factor'],
    'a removed one opens nothing',
  );
});

test('a passkey is the second step of a password too, and only its owner’s', async () => {
  const [who, other] = [await person(), await person()];
  const [mine, theirs] = [await enrolPasskey(who), await enrolPasskey(other)];
  const { json } = await signIn(who);
  assert.deepEqual(json.factors, ['passkey', 'recovery-code']);
  const { challenge } = json;
  const ask = async () =>
    (await post('/auth/second-factor/passkey', { challenge })).json as { challenge: string };
  const answer = (response: unknown) =>
    post('/auth/second-factor', { challenge, given: { factor: 'passkey', response } });
  const foreign = passkeySign(theirs, await ask(), { origin: world.url });
  assert.deepEqual(said(await answer(foreign)), [401, 'wrong-factor']);
  const own = passkeySign(mine, await ask(), { origin: world.url });
  assert.equal((await answer(own)).status, 204);
});

test('passkeys: another origin, another host, an owner that wasn’t checked, a signature over another challenge: refused (F60)', async () => {
  const who = await person();
  const passkey = await enrolPasskey(who);
  const refused = [401, 'wrong-factor'];
  assert.deepEqual(said((await passkeySignIn(passkey, { origin: 'https://evil.example' })).reply), refused);
  assert.deepEqual(said((await passkeySignIn(passkey, { rpId: 'evil.example' })).reply), refused);
  assert.deepEqual(said((await passkeySignIn(passkey, { verified: false })).reply), refused);
  const { json } = await post('/auth/passkey/options');
  const elsewhere = passkeySign(passkey, { challenge: 'AAAA' }, { origin: world.url });
  assert.deepEqual(
    said(await post('/auth/passkey', { challenge: json.challenge, response: elsewhere })),
    refused,
  );
  const asked = await post('/account/factors/passkeys/options', {}, who.cookie);
  const { challenge, options } = asked.json as { challenge: string; options: never };
  for (const quirks of [
    { origin: 'https://evil.example' },
    { origin: world.url, rpId: 'evil.example' },
    { origin: world.url, verified: false },
  ]) {
    const { response } = passkeyMake(options, quirks);
    const made = await post('/account/factors/passkeys', { challenge, response, name: 'x' }, who.cookie);
    assert.deepEqual(said(made), [422, 'passkey-refused'], JSON.stringify(quirks));
  }
  assert.equal((await passkeySignIn(passkey)).reply.status, 204, 'the right one still does');
});

test('a passkey whose counter goes back may be a copy: it is refused from then on, and its owner sees it', async () => {
  const who = await person();
  const passkey = await enrolPasskey(who);
  assert.equal((await passkeySignIn(passkey, { counter: 7 })).reply.status, 204);
  assert.equal((await passkeySignIn(passkey, { counter: 7 })).reply.status, 401, 'the same again');
  assert.equal((await passkeySignIn(passkey, { counter: 99 })).reply.status, 401, 'and nothing helps');
  const { json } = await call(world, 'GET', '/account/factors', { cookie: who.cookie });
  assert.notEqual((json.passkeys as { refused_at: string | null }[])[0]!.refused_at, null);
  assert.equal((await signIn(who)).status, 204, 'and no longer a second step that nobody could take');
});

test('what changes how one signs in asks for fresh proof: a password, a code or a passkey', async () => {
  const who = await person();
  const { secret } = await enrolTotp(who);
  const passkey = await enrolPasskey(who);
  const changes = () => post('/account/factors/recovery-codes', {}, who.cookie);
  const later = () => world.clock.moveTo(addMinutes(world.clock.now(), 16));
  const prove = (body: unknown) => post('/auth/prove', body, who.cookie);
  later();
  assert.deepEqual(said(await changes()), [403, 'prove-again']);
  assert.deepEqual(said(await prove({ by: 'password', password: 'not-the-password' })), [
    401,
    'wrong-credentials',
  ]);
  assert.deepEqual(said(await changes()), [403, 'prove-again']);
  assert.equal((await prove({ by: 'password', password: who.password })).status, 204);
  assert.equal((await changes()).status, 200);
  later();
  assert.deepEqual(said(await changes()), [403, 'prove-again']);
  assert.equal((await prove({ by: 'totp', code: totpCode(secret, world.clock.now()) })).status, 204);
  assert.equal((await changes()).status, 200);
  later();
  const { json } = await post('/auth/prove/passkey', {}, who.cookie);
  const { challenge, options } = json as { challenge: string; options: { challenge: string } };
  const response = passkeySign(passkey, options, { origin: world.url });
  assert.equal((await prove({ by: 'passkey', challenge, response })).status, 204);
  assert.equal((await changes()).status, 200);
  later();
  for (const [method, path] of [
    ['POST', '/account/factors/totp'],
    ['DELETE', '/account/factors/totp'],
    ['POST', '/account/factors/passkeys/options'],
    ['POST', '/account/factors/recovery-codes'],
    ['DELETE', '/account/factors/question'],
  ] as const)
    assert.deepEqual(said(await call(world, method, path, { cookie: who.cookie, body: {} })), [
      403,
      'prove-again',
    ]);
});

test('whoever signs in from elsewhere or with another program is told of, by mail and in the inbox', async () => {
  const who = await person();
  const windows =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
  const { email, password } = who;
  const from = (agent: string) =>
    call(world, 'POST', '/auth/sign-in', { body: { email, password }, headers: { 'user-agent': agent } });
  const told = async () => {
    const { json } = await call(world, 'GET', '/notices', { cookie: who.cookie });
    return (json.items as { kind: string; body: string }[]).filter(({ kind }) => kind === 'signed-in-newly');
  };
  assert.deepEqual(await told(), [], 'nobody is a stranger the first time');
  assert.equal((await from(windows)).status, 204);
  const [notice] = await told();
  assert.match(notice!.body, /Chrome, Windows/);
  assert.equal((await from(windows)).status, 204);
  assert.equal((await told()).length, 1, 'known by now');
  const sessions = await call(world, 'GET', '/account/sessions', { cookie: who.cookie });
  const devices = (sessions.json.items as { device: string | null }[]).map(({ device }) => device);
  assert.deepEqual(devices.filter((device) => device === 'Chrome, Windows').length, 2);
  const ended = await call(world, 'DELETE', '/account/sessions', { cookie: who.cookie });
  assert.deepEqual([ended.status, ended.json], [200, { ended: 2 }]);
  const left = await call(world, 'GET', '/account/sessions', { cookie: who.cookie });
  assert.equal((left.json.items as unknown[]).length, 1, 'this one stays');
});

test('secrets of factors lie in the database as hashes or sealed', async () => {
  const who = await person();
  const { secret, codes } = await enrolTotp(who);
  const { db } = world.server.house;
  const totps = await db.selectFrom('factors_totp').selectAll().execute();
  const hashes = await db.selectFrom('factors_recovery_code').selectAll().execute();
  for (const row of totps) assert.ok(!row.secret_sealed.includes(secret));
  for (const text of codes.flatMap((code) => [code, code.replaceAll('-', '')]))
    for (const row of hashes) assert.ok(!row.code_hash.toString('latin1').includes(text));
  assert.ok(hashes.length >= 10 && hashes.every((row) => row.code_hash.length === 32));
});
