import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totpCode } from '#modules/factors/index.ts';
import type { World } from '#server/world.ts';
import { type Answered, Visitor } from '../support/browser-less.ts';
import { testWorld } from '../support/world.ts';

const BRAND = 'asiayun';
type Kind = 'oidc' | 'qq' | 'wechat' | 'github';

async function mailCode(world: World, to: string): Promise<string> {
  await world.drain();
  const mail = await world.server.house.db
    .selectFrom('notify_sandbox_mail')
    .select(['subject', 'body'])
    .where('recipient', '=', to)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return /\d{6}/.exec(`${mail.subject} ${mail.body}`)![0];
}

const password = 'Plum-rain-and-9-geese';

/** Somebody with an account by mail, signed in. */
async function owner(world: World, email: string): Promise<Visitor> {
  const visitor = new Visitor(world, BRAND);
  await visitor.api('POST', '/auth/sign-up', { email, password, locale: 'zh', minor: false });
  const code = await mailCode(world, email);
  const verified = await visitor.api('POST', '/auth/verify-email', { email, code, password });
  assert.equal(verified.status, 204, JSON.stringify(verified.body));
  return visitor;
}

async function leave(visitor: Visitor, path: string, provider: Kind): Promise<string> {
  const { status, body } = await visitor.api('POST', path, { provider });
  assert.equal(status, 200, JSON.stringify(body));
  return String(body.url);
}

const finish = (visitor: Visitor, provider: Kind, back: URL): Promise<Answered> =>
  visitor.api('POST', '/auth/federation/finish', { provider, query: back.search.slice(1) });

async function through(visitor: Visitor, path: string, provider: Kind, name: string): Promise<Answered> {
  const back = await visitor.agree(await leave(visitor, path, provider), name);
  return finish(visitor, provider, back);
}

const bind = (visitor: Visitor, provider: Kind, name: string) =>
  through(visitor, '/account/bindings', provider, name);
const signIn = (visitor: Visitor, provider: Kind, name: string) =>
  through(visitor, '/auth/federation/begin', provider, name);

test('[asiayun 6.1] who has bound accounts of third parties signs in by each, is told, and sees it in the record', async () => {
  const world = await testWorld();
  const { db } = world.server.house;
  const visitor = await owner(world, 'bind@example.com');
  for (const kind of ['oidc', 'qq', 'wechat', 'github'] as const) {
    assert.equal((await bind(visitor, kind, '小云')).body.outcome, 'bound');
    const other = new Visitor(world, BRAND);
    assert.equal((await signIn(other, kind, '小云')).status, 204, kind);
    const session = await other.api('GET', '/auth/session');
    assert.equal((session.body.user as { email: string }).email, 'bind@example.com');
  }
  const { body } = await visitor.api('GET', '/account/bindings');
  const items = body.items as { id: string; provider: Kind; nickname: string; used_at: string | null }[];
  assert.deepEqual(
    items.map(({ provider, nickname }) => [provider, nickname]),
    [
      ['oidc', '小云'],
      ['qq', '小云'],
      ['wechat', '小云'],
      ['github', '小云'],
    ],
  );
  assert.ok(items.every(({ used_at }) => used_at !== null));
  assert.equal(body.ways, 5, 'the password and four bindings');

  await world.drain();
  const told = await db
    .selectFrom('notify_sandbox_mail')
    .select('subject')
    .where('recipient', '=', 'bind@example.com')
    .execute();
  assert.equal(told.filter(({ subject }) => /已绑定/.test(subject)).length, 4);

  const gone = await visitor.api('DELETE', `/account/bindings/${items[1]!.id}`);
  assert.equal(gone.status, 204);
  const stranger = new Visitor(world, BRAND);
  assert.equal((await signIn(stranger, 'qq', '小云')).body.outcome, 'unknown');
  const acts = await db
    .selectFrom('audit_event')
    .select('action')
    .where('action', 'like', 'binding.%')
    .execute();
  assert.deepEqual(acts.map(({ action }) => action).sort(), [
    'binding.added',
    'binding.added',
    'binding.added',
    'binding.added',
    'binding.removed',
  ]);
  const rows = await db.selectFrom('federation_binding').selectAll().execute();
  assert.ok(rows.every(({ subject_digest }) => /^[0-9a-f]{64}$/.test(subject_digest)));
});

test('an identity belongs to one user of a brand, and a user has one of each provider', async () => {
  const world = await testWorld();
  const first = await owner(world, 'first@example.com');
  const second = await owner(world, 'second@example.com');
  assert.equal((await bind(first, 'github', 'octocat')).body.outcome, 'bound');
  assert.equal((await bind(second, 'github', 'octocat')).body.code, 'identity-taken');
  assert.equal((await bind(first, 'github', 'octocat')).body.code, 'provider-bound');
  assert.equal((await bind(first, 'github', 'hubot')).body.code, 'provider-bound');
  assert.equal((await bind(second, 'github', 'hubot')).body.outcome, 'bound');

  // What is bound at one provider opens nothing by another, were the subjects alike to the last bit (ASVS 6.8.1).
  assert.equal((await bind(second, 'qq', 'octocat')).body.outcome, 'bound');
  const { db } = world.server.house;
  const qq = db.selectFrom('federation_binding').where('provider', '=', 'qq');
  const { id, subject_digest } = await qq.select(['id', 'subject_digest']).executeTakeFirstOrThrow();
  assert.equal((await second.api('DELETE', `/account/bindings/${id}`)).status, 204);
  const github = db.updateTable('federation_binding').where('provider', '=', 'github');
  await github.set({ subject_digest }).where('nickname', '=', 'octocat').execute();
  assert.equal((await signIn(new Visitor(world, BRAND), 'qq', 'octocat')).body.outcome, 'unknown');
});

test('an unknown identity signs up after a phone was verified, and is bound when its owner says so', async () => {
  const world = await testWorld();
  const visitor = new Visitor(world, BRAND);
  const unknown = await signIn(visitor, 'wechat', '微微');
  assert.deepEqual(unknown.body, { outcome: 'unknown', provider: 'wechat', nickname: '微微' });
  assert.equal((await visitor.api('GET', '/auth/session')).status, 401, 'nobody is signed in by it');

  const phone = '13800138081';
  const sent = await visitor.api('POST', '/auth/phone/codes', { phone, locale: 'zh' });
  const code = await mailCode(world, phone);
  const rest = { locale: 'zh', minor: false, newly_mine: false };
  const made = await visitor.api('POST', '/auth/phone/sign-up', { id: sent.body.id, code, ...rest });
  assert.equal(made.status, 204, JSON.stringify(made.body));
  const before = await visitor.api('GET', '/account/bindings');
  assert.deepEqual(before.body.items, []);
  assert.deepEqual(before.body.pending, { provider: 'wechat', nickname: '微微' });
  assert.equal((await visitor.api('POST', '/account/bindings/pending')).status, 204);
  assert.equal((await visitor.api('POST', '/account/bindings/pending')).body.code, 'federation-lost');
  const other = new Visitor(world, BRAND);
  assert.equal((await signIn(other, 'wechat', '微微')).status, 204);

  const { body } = await other.api('GET', '/account/bindings');
  const [binding] = body.items as { id: string }[];
  assert.equal(
    (await other.api('DELETE', '/account/phone')).status,
    409,
    'the last verified identifier stays',
  );
  assert.equal((await other.api('DELETE', `/account/bindings/${binding!.id}`)).status, 204);
});

test('the last way to sign in stays', async () => {
  const world = await testWorld();
  const { db } = world.server.house;
  const visitor = await owner(world, 'last@example.com');
  assert.equal((await bind(visitor, 'oidc', '小云')).body.outcome, 'bound');
  const { body } = await visitor.api('GET', '/account/bindings');
  const [binding] = body.items as { id: string }[];
  await db
    .updateTable('identity_user')
    .set({ password_hash: null })
    .where('email', '=', 'last@example.com')
    .execute();
  const answer = await visitor.api('DELETE', `/account/bindings/${binding!.id}`);
  assert.deepEqual([answer.status, answer.body.code], [409, 'last-way-in']);
});

test('[F60] an answer counts once, in the browser and the session that it was asked for in', async () => {
  const world = await testWorld();
  const victim = await owner(world, 'victim@example.com');
  const attacker = await owner(world, 'attacker@example.com');

  // The attacker's answer in the victim's browser, which never began anything: a forged sign-in or binding.
  const url = await leave(attacker, '/account/bindings', 'qq');
  const back = await attacker.agree(url, '坏人');
  assert.equal((await finish(victim, 'qq', back)).body.code, 'federation-lost');
  // And where the victim began something of its own.
  await leave(victim, '/account/bindings', 'qq');
  assert.equal((await finish(victim, 'qq', back)).body.code, 'federation-lost');

  // The attacker's cookies with the answer, after the attacker used both.
  const thief = new Visitor(world, BRAND);
  thief.steal(attacker);
  assert.equal((await finish(attacker, 'qq', back)).body.outcome, 'bound');
  assert.equal((await finish(thief, 'qq', back)).body.code, 'federation-lost');

  // Begun in one session, ended in another.
  const begun = await leave(victim, '/account/bindings', 'github');
  const came = await victim.agree(begun, 'octocat');
  await victim.api('POST', '/auth/sign-out');
  await victim.api('POST', '/auth/sign-in', { email: 'victim@example.com', password });
  assert.equal((await finish(victim, 'github', came)).body.code, 'federation-lost');

  // Another provider than the one that was begun, another state, too late.
  const visitor = new Visitor(world, BRAND);
  const to = await leave(visitor, '/auth/federation/begin', 'oidc');
  const answer = await visitor.agree(to, '小云');
  assert.equal((await finish(visitor, 'qq', answer)).body.code, 'federation-lost');
  world.clock.moveTo(new Date(world.clock.now().getTime() + 11 * 60_000));
  assert.equal((await finish(visitor, 'oidc', answer)).body.code, 'federation-lost');

  const sandbox = world.server.identitySandboxes!;
  sandbox.wechat.faults.wrongState = true;
  const again = new Visitor(world, BRAND);
  assert.equal((await signIn(again, 'wechat', '小云')).body.code, 'federation-lost');
  sandbox.wechat.faults.wrongState = false;
});

test('[F60] a proof that isn’t one is 401, a refusal 403, a provider that is down 503; none opens a session', async () => {
  const world = await testWorld();
  const sandbox = world.server.identitySandboxes!;
  const visitor = new Visitor(world, BRAND);
  const statuses = async (answer: Promise<Answered>) => {
    const { status, body } = await answer;
    return [status, body.code];
  };
  sandbox.oidc.faults.token = 'unsigned';
  assert.deepEqual(await statuses(signIn(visitor, 'oidc', '小云')), [401, 'federation-refused']);
  sandbox.oidc.faults.token = 'other-audience';
  assert.deepEqual(await statuses(signIn(visitor, 'oidc', '小云')), [401, 'federation-refused']);
  sandbox.oidc.faults.token = null;
  sandbox.qq.faults.otherApp = true;
  assert.deepEqual(await statuses(signIn(visitor, 'qq', '小云')), [401, 'federation-refused']);
  sandbox.github.faults.status500 = true;
  assert.deepEqual(await statuses(signIn(visitor, 'github', '小云')), [503, 'federation-unavailable']);
  const back = await visitor.agree(await leave(visitor, '/auth/federation/begin', 'wechat'), '小云', 'deny');
  assert.deepEqual(await statuses(finish(visitor, 'wechat', back)), [403, 'federation-denied']);
  assert.equal((await visitor.api('GET', '/auth/session')).status, 401);
  const missing = await new Visitor(world, 'lantian').api('POST', '/auth/federation/begin', {
    provider: 'github',
  });
  assert.deepEqual([missing.status, missing.body.code], [404, 'provider-missing']);
});

test('who has a second factor is asked for it after a third party too; binding asks for a fresh proof', async () => {
  const world = await testWorld();
  const visitor = await owner(world, 'totp@example.com');
  assert.equal((await bind(visitor, 'oidc', '小云')).body.outcome, 'bound');
  const enrol = await visitor.api('POST', '/account/factors/totp');
  const secret = String(enrol.body.secret);
  const confirmed = await visitor.api('POST', '/account/factors/totp/confirmation', {
    code: totpCode(secret, world.clock.now()),
  });
  assert.ok(confirmed.status < 300, JSON.stringify([enrol, confirmed]));
  const other = new Visitor(world, BRAND);
  const half = await signIn(other, 'oidc', '小云');
  assert.equal(half.status, 202, JSON.stringify(half.body));
  assert.ok((half.body.factors as string[]).includes('totp'));
  assert.equal((await other.api('GET', '/auth/session')).status, 401);

  world.clock.moveTo(new Date(world.clock.now().getTime() + 16 * 60_000));
  const late = await visitor.api('POST', '/account/bindings', { provider: 'qq' });
  assert.equal(late.body.code, 'prove-again');
});
