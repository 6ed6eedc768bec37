import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMs } from '#kernel/time.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend, noticesEvidence } from '#modules/notify/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { smsTo, verifyPhone } from '../support/contacts.ts';
import { freezeAll, lifeAt, number, problem, withPost } from '../support/notices.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Contacts: verified, replaced, found to reach nobody, corrected or not. */

const ZONE = 'Asia/Shanghai';
let world: World;

before(async () => {
  world = await testWorld();
});

test('a phone counts once its code came back; what is stored opens only with the key', async () => {
  const { customer, id } = await lifeAt(world, 'lantian');
  const phone = number();
  const contacts = async () => (await ok(customer.api.GET('/api/v1/account/contacts'))).items;
  const asked = await ok(customer.api.POST('/api/v1/account/contacts/phone', { body: { phone } }));
  assert.equal(asked.shown, `${phone.slice(0, 3)}****${phone.slice(-4)}`);
  await world.drain();
  const params = { path: { id: asked.id } };
  const verify = (code: string) =>
    ok(customer.api.POST('/api/v1/account/contacts/verifications/{id}', { params, body: { code } }));
  const code = /验证码(\d{6})/.exec((await smsTo(customer, phone))[0]!)![1]!;
  await assert.rejects(verify(code === '000000' ? '000001' : '000000'), problem('contact-code-wrong'));
  assert.deepEqual(
    (await contacts()).map(({ kind }) => kind),
    ['email'],
    'not before the code',
  );
  await verify(code);
  assert.deepEqual((await contacts())[1], {
    kind: 'phone',
    shown: asked.shown,
    verified: true,
    invalid_at: null,
  });
  await assert.rejects(verify(code), problem('not-found'));
  const rows = await world.server.house.db
    .selectFrom('identity_contact')
    .selectAll()
    .where('customer_id', '=', id)
    .execute();
  assert.ok(!JSON.stringify(rows).includes(phone));
  assert.ok(!rows[0]!.sealed!.toString('latin1').includes(phone));
});

test('codes are few: one a minute, five a day, also to a number that others name', async () => {
  const { customer } = await lifeAt(world, 'lantian');
  const phone = number();
  const ask = (who: StoryCustomer) => ok(who.api.POST('/api/v1/account/contacts/phone', { body: { phone } }));
  await ask(customer);
  await assert.rejects(ask(customer), problem('contact-codes-spent'));
  for (let i = 0; i < 4; i++) {
    await world.advanceTo(addMs(world.clock.now(), 61_000));
    await ask(customer);
  }
  await world.advanceTo(addMs(world.clock.now(), 61_000));
  const { customer: another } = await lifeAt(world, 'lantian');
  await assert.rejects(ask(another), problem('contact-codes-spent'));
  await assert.rejects(
    ok(another.api.POST('/api/v1/account/contacts/phone', { body: { phone: '021-5555' } })),
    problem('contact-form'),
  );
});

test('a mailbox moves with the password and the code; the old one is told', async () => {
  const { customer } = await lifeAt(world, 'lantian');
  const email = `moved${number()}@example.com`;
  const ask = (password: string) =>
    ok(customer.api.POST('/api/v1/account/contacts/email', { body: { email, password } }));
  await assert.rejects(ask('not-the-password'), problem('password-wrong'));
  const { id } = await ask(customer.password);
  await world.drain();
  const inbox = async () => (await ok(customer.api.GET('/api/v1/dev/mailbox'))).items;
  const code = (await inbox()).find(({ to }) => to === email)!.subject.match(/\d{6}/)![0];
  const params = { path: { id } };
  await ok(customer.api.POST('/api/v1/account/contacts/verifications/{id}', { params, body: { code } }));
  await world.drain();
  assert.equal((await ok(customer.api.GET('/api/v1/auth/session'))).user.email, email);
  assert.match((await inbox()).find(({ to }) => to === customer.email)!.subject, /已更换/);
});

test('[asiayun 4.5.1-contact] [asiayun 4.4] a dead mailbox is told by SMS; corrected in 15 days all is well', async () => {
  const life = await lifeAt(world, 'asiayun', '80');
  const phone = number();
  await verifyPhone(world, life.customer, phone);
  await withPost(world, async (office) => {
    office.dead.add(life.customer.email);
    await freezeAll(world, life);
  });
  const faults = async () => (await ok(life.customer.api.GET('/api/v1/account/contact-faults'))).items;
  const [fault] = await faults();
  assert.deepEqual([fault!.kind, fault!.state], ['email', 'open']);
  assert.equal(fault!.correct_by, addDays(new Date(fault!.found_at), 15, ZONE).toISOString());
  assert.match((await smsTo(life.customer, phone))[0]!, /您登记的邮箱已失效/);
  const marked = (await ok(life.customer.api.GET('/api/v1/account/contacts'))).items[0]!;
  assert.equal(marked.invalid_at, fault!.found_at);

  const { email, password } = life.customer;
  const { id } = await ok(
    life.customer.api.POST('/api/v1/account/contacts/email', { body: { email, password } }),
  );
  await world.drain();
  const { items } = await ok(life.customer.api.GET('/api/v1/dev/mailbox'));
  const code = items
    .find(({ to, subject }) => to === email && /\d{6}/.test(subject))!
    .subject.match(/\d{6}/)![0];
  const params = { path: { id } };
  await ok(life.customer.api.POST('/api/v1/account/contacts/verifications/{id}', { params, body: { code } }));
  assert.equal((await faults())[0]!.state, 'corrected');
  assert.equal((await ok(life.customer.api.GET('/api/v1/account/contacts'))).items[0]!.invalid_at, null);
});

test('[asiayun 4.5.1-contact] not corrected when the 15 days are over: overdue, with its clause and what was told', async () => {
  const life = await lifeAt(world, 'asiayun', '80');
  const params = { path: { id: life.id } };
  const body = { kind: 'qq' as const, value: '10001000' };
  await ok(life.customer.api.PUT('/api/v1/account/contacts', { body }));
  const found = { kind: 'qq' as const, detail: '好友已不存在' };
  await ok(life.staff.POST('/api/v1/staff/customers/{id}/contact-faults', { params, body: found }));
  const listed = { params: { query: { customer: life.id, state: 'open' as const } } };
  const { items } = await ok(life.staff.GET('/api/v1/staff/contact-faults', listed));
  const due = new Date(items[0]!.correct_by!);
  const fault = () =>
    world.server.house.db
      .selectFrom('contacts_fault')
      .select('state')
      .where('customer_id', '=', life.id)
      .executeTakeFirstOrThrow();
  await world.advanceTo(addMs(due, -60_000));
  assert.equal((await fault()).state, 'open');
  await world.advanceTo(due);
  assert.equal((await fault()).state, 'overdue');
  const row = await world.server.house.db
    .selectFrom('audit_event')
    .select(['clause_id', 'notices', 'facts'])
    .where('action', '=', 'contact.overdue')
    .where('customer_id', '=', life.id)
    .executeTakeFirstOrThrow();
  assert.equal(row.clause_id, '4.5.1-contact');
  const evident = await noticesEvidence(world.server.house.db, row.notices);
  assert.deepEqual(
    evident.map(({ kind }) => kind),
    ['contact-invalid', 'contact-overdue'],
  );
  assert.ok(evident.every(({ told }) => told));
});

test('[asiayun 4.5.1-contact] two contacts not corrected: correcting one leaves the account banned for the other, correcting both lifts it', async () => {
  const life = await lifeAt(world, 'asiayun', '80');
  const params = { path: { id: life.id } };
  await ok(life.customer.api.PUT('/api/v1/account/contacts', { body: { kind: 'qq', value: '10001001' } }));
  await verifyPhone(world, life.customer, number());
  for (const kind of ['qq', 'phone'] as const) {
    const body = { kind, detail: '无法联系' };
    await ok(life.staff.POST('/api/v1/staff/customers/{id}/contact-faults', { params, body }));
  }
  const overdue = addDays(world.clock.now(), 15, ZONE);
  await world.advanceTo(overdue);
  await life.customer.stayIn(overdue);
  const buys = () => life.customer.order({ plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS });
  await assert.rejects(buys(), problem('account-banned'));
  await ok(life.customer.api.PUT('/api/v1/account/contacts', { body: { kind: 'qq', value: '10001002' } }));
  await assert.rejects(buys(), problem('account-banned'), 'the phone still reaches nobody');
  await verifyPhone(world, life.customer, number());
  await buys();
});

test('[lantian 2.1] a notice that missed its reader is on record; these terms set no time to correct', async () => {
  const life = await lifeAt(world, 'lantian');
  await withPost(world, async (office) => {
    office.dead.add(life.customer.email);
    await asSystem(world.server.house, 'lantian', 'test', async (tx, ctx) => {
      const { id: customerId, user_id: userId, email, locale } = await customerRead(tx, life.id);
      await noticeSend(tx, ctx, {
        kind: 'arrears-began',
        dedupe: `test:${customerId}`,
        to: { customerId, userId, email, locale },
        values: { amount: '1.00', clause: '5.1' },
      });
    });
    await world.drain();
  });
  const [fault] = (await ok(life.customer.api.GET('/api/v1/account/contact-faults'))).items;
  assert.deepEqual([fault!.state, fault!.correct_by], ['open', null]);
  const [lost] = await noticesEvidence(world.server.house.db, [fault!.notices[0]!]);
  assert.deepEqual([lost!.told, lost!.ways[0]!.tries.length], [false, 1]);
  const query = { customer: life.id, lost: 'true' as const };
  const { items } = await ok(life.staff.GET('/api/v1/staff/notices', { params: { query } }));
  assert.ok(items.some(({ id }) => id === lost!.id));
});
