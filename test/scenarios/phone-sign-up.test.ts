import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '#server/world.ts';
import { Visitor } from '../support/browser-less.ts';
import { smsCode } from '../support/sms-code.ts';
import { testWorld } from '../support/world.ts';

async function asked(visitor: Visitor, phone: string): Promise<string> {
  const { status, body } = await visitor.api('POST', '/auth/phone/codes', { phone, locale: 'zh' });
  assert.equal(status, 202, JSON.stringify(body));
  return String(body.id);
}

async function signUp(world: World, visitor: Visitor, phone: string, newlyMine = false) {
  const id = await asked(visitor, phone);
  const code = await smsCode(world, phone);
  const rest = { locale: 'zh', minor: false, newly_mine: newlyMine };
  return visitor.api('POST', '/auth/phone/sign-up', { id, code, ...rest });
}

const later = (world: World, minutes: number) =>
  world.clock.moveTo(new Date(world.clock.now().getTime() + minutes * 60_000));

test('who has a mainland number and no mailbox signs up, is told by SMS and in the inbox, and signs in again', async () => {
  const world = await testWorld();
  const visitor = new Visitor(world);
  const phone = '13800138011';
  const first = await asked(visitor, '+86 138-0013-8011');
  const firstCode = await smsCode(world, phone);
  const given = { id: first, code: firstCode, locale: 'zh', minor: false, newly_mine: false };
  assert.equal((await visitor.api('POST', '/auth/phone/sign-up', given)).status, 204);
  const session = await visitor.api('GET', '/auth/session');
  assert.deepEqual(session.body.user, {
    ...(session.body.user as object),
    email: null,
    shown: '138****8011',
  });
  const contacts = await visitor.api('GET', '/account/contacts');
  assert.deepEqual(contacts.body.items, [
    { kind: 'phone', shown: '138****8011', verified: true, invalid_at: null },
  ]);

  await visitor.api('POST', '/auth/sign-out');
  assert.equal((await visitor.api('GET', '/auth/session')).status, 401);
  await later(world, 2);
  const id = await asked(visitor, phone);
  const code = await smsCode(world, phone);
  assert.equal((await visitor.api('POST', '/auth/phone/sign-in', { id, code })).status, 204);
  assert.equal((await visitor.api('GET', '/auth/session')).status, 200);
  const again = await visitor.api('POST', '/auth/phone/sign-in', { id, code });
  assert.equal(again.body.code, 'phone-code-wrong', 'a code works once');
});

test('a known and an unknown number are answered alike, until the code shows whose it is', async () => {
  const world = await testWorld();
  const known = '13800138021';
  assert.equal((await signUp(world, new Visitor(world), known)).status, 204);
  await later(world, 2);
  const visitor = new Visitor(world);
  const sent = await Promise.all(
    [known, '13800138022'].map((phone) => visitor.api('POST', '/auth/phone/codes', { phone, locale: 'zh' })),
  );
  const shape = sent.map(({ status, body }) => [status, Object.keys(body), String(body.shown).length]);
  assert.deepEqual(shape[0], shape[1]);
  const id = String(sent[1]!.body.id);
  const code = await smsCode(world, '13800138022');
  const unknown = await visitor.api('POST', '/auth/phone/sign-in', { id, code });
  assert.equal(unknown.body.code, 'phone-unknown');
  const rest = { locale: 'zh', minor: false, newly_mine: false };
  const made = await visitor.api('POST', '/auth/phone/sign-up', { id, code, ...rest });
  assert.equal(made.status, 204, 'the code is still good for signing up');
});

test('[F62] a code is guessed at five times at most, expires, and only the newest works', async () => {
  const world = await testWorld();
  const visitor = new Visitor(world);
  const phone = '13800138031';
  const first = await asked(visitor, phone);
  const code = await smsCode(world, phone);
  const wrong = code === '000000' ? '000001' : '000000';
  for (let attempt = 0; attempt < 5; attempt++) {
    const answer = await visitor.api('POST', '/auth/phone/sign-in', { id: first, code: wrong });
    assert.equal(answer.body.code, 'phone-code-wrong');
  }
  const spent = await visitor.api('POST', '/auth/phone/sign-in', { id: first, code });
  assert.equal(spent.body.code, 'phone-code-wrong');

  await later(world, 2);
  const second = await asked(visitor, phone);
  const old = await smsCode(world, phone);
  await later(world, 2);
  const third = await asked(visitor, phone);
  const newest = await smsCode(world, phone);
  const superseded = await visitor.api('POST', '/auth/phone/sign-in', { id: second, code: old });
  assert.equal(superseded.body.code, 'phone-code-wrong');
  await later(world, 11);
  const expired = await visitor.api('POST', '/auth/phone/sign-in', { id: third, code: newest });
  assert.equal(expired.body.code, 'phone-code-wrong');
});

test('codes cost money: a brand sends so many a day, another one its own', async () => {
  const world = await testWorld({ env: { CLOUDPACT_SMS_CODES_PER_DAY: '3' } });
  const visitor = new Visitor(world);
  for (const phone of ['13800138071', '13800138072', '13800138073']) await asked(visitor, phone);
  const spent = await visitor.api('POST', '/auth/phone/codes', { phone: '13800138074', locale: 'zh' });
  assert.deepEqual([spent.status, spent.body.code], [429, 'too-many-requests']);
  await asked(new Visitor(world, 'asiayun'), '13800138074');
});

test('codes cost money: once a minute and five a day to a number, ten an hour to a visitor', async () => {
  const world = await testWorld();
  const visitor = new Visitor(world);
  const ask = (phone: string) => visitor.api('POST', '/auth/phone/codes', { phone, locale: 'zh' });
  const phone = '13800138041';
  await asked(visitor, phone);
  assert.equal((await ask(phone)).body.code, 'phone-codes-spent');
  for (let sent = 1; sent < 5; sent++) {
    await later(world, 2);
    await asked(visitor, phone);
  }
  await later(world, 2);
  assert.equal((await ask(phone)).body.code, 'phone-codes-spent');
  for (const number of ['13800138042', '13800138043', '13800138044']) await asked(visitor, number);
  const { body, status } = await ask('13800138045');
  assert.deepEqual([status, body.code], [429, 'too-many-requests']);
  const wrongForms = ['12345', '+852 5123 4567', '138001380111', '一三八'];
  for (const text of wrongForms) {
    const answer = await ask(text);
    assert.equal(answer.body.code, 'phone-form', text);
  }
  const codes = await world.server.house.db
    .selectFrom('federation_phone_code')
    .select(['code_hash', 'sealed', 'shown'])
    .execute();
  assert.equal(codes.length, 8);
  for (const { code_hash, sealed, shown } of codes) {
    assert.equal(code_hash.length, 32);
    assert.ok(!sealed.toString('latin1').includes('1380013'));
    assert.match(shown, /^138\*{4}80\d\d$/);
  }
});

test('a number that changed hands leaves its account only where that is known by something else', async () => {
  const world = await testWorld();
  const { db } = world.server.house;
  const phone = '13800138051';
  const before = new Visitor(world);
  assert.equal((await signUp(world, before, phone)).status, 204);
  await later(world, 2);

  const heir = new Visitor(world);
  const id = await asked(heir, phone);
  const code = await smsCode(world, phone);
  const begin = (newlyMine: boolean) =>
    heir.api('POST', '/auth/phone/sign-up', { id, code, locale: 'zh', minor: false, newly_mine: newlyMine });
  assert.equal((await begin(false)).body.code, 'phone-known');
  assert.equal((await begin(true)).body.code, 'phone-kept', 'it would leave nobody’s account');

  const asking = await before.api('POST', '/account/contacts/email', { email: 'before@example.com' });
  assert.equal(asking.status, 202, JSON.stringify(asking.body));
  await world.drain();
  const mail = await db
    .selectFrom('notify_sandbox_mail')
    .select(['subject', 'body'])
    .where('recipient', '=', 'before@example.com')
    .executeTakeFirstOrThrow();
  const mailed = /\d{6}/.exec(`${mail.subject} ${mail.body}`)![0];
  const set = await before.api('POST', `/account/contacts/verifications/${asking.body.id}`, { code: mailed });
  assert.equal(set.status, 204);

  assert.equal((await begin(true)).status, 204);
  const mine = await heir.api('GET', '/auth/session');
  const theirs = await before.api('GET', '/auth/session');
  assert.notEqual((mine.body.customer as { id: string }).id, (theirs.body.customer as { id: string }).id);
  assert.equal((theirs.body.user as { shown: string }).shown, 'before@example.com');
  const contacts = await before.api('GET', '/account/contacts');
  assert.deepEqual(
    (contacts.body.items as { kind: string }[]).map(({ kind }) => kind),
    ['email'],
    'nothing is sent there any more',
  );
  await world.drain();
  const told = await db
    .selectFrom('notify_sandbox_mail')
    .select('subject')
    .where('recipient', '=', 'before@example.com')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  assert.match(told.subject, /138\*{4}8051/);
});

test('a notice to who has no mailbox goes by SMS and to the inbox, and that mail wasn’t possible is on record', async () => {
  const world = await testWorld();
  const { db } = world.server.house;
  const visitor = new Visitor(world);
  const phone = '13800138061';
  assert.equal((await signUp(world, visitor, phone)).status, 204);
  const begun = await visitor.api('POST', '/account/bindings', { provider: 'qq' });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const back = await visitor.agree(String(begun.body.url), '小云');
  const query = back.search.slice(1);
  const bound = await visitor.api('POST', '/auth/federation/finish', { provider: 'qq', query });
  assert.equal(bound.body.outcome, 'bound', JSON.stringify(bound.body));
  await world.drain();
  const inbox = await visitor.api('GET', '/notices');
  const [notice] = inbox.body.items as { id: string; kind: string; address: string }[];
  assert.equal(notice?.kind, 'binding-added');
  const tries = await db
    .selectFrom('notify_attempt')
    .select('outcome')
    .where('notice_id', '=', notice.id)
    .execute();
  assert.deepEqual(tries, [{ outcome: 'no-mailbox' }]);
  const sms = await db
    .selectFrom('notify_sandbox_mail')
    .select('body')
    .where('recipient', '=', phone)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  assert.match(sms.body, /已绑定QQ账号/);
  const evidence = await visitor.api('GET', `/notices/evidence?ids=${notice.id}`);
  const ways = (evidence.body.items as { ways: { channel: string; state: string; outcome: string }[] }[])[0]!
    .ways;
  assert.ok(
    ways.some((way) => way.channel === 'email' && way.state === 'untried' && way.outcome === 'no-mailbox'),
  );
  assert.ok(ways.some((way) => way.channel === 'sms' && way.state !== 'failed'));
});
