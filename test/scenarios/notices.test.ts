import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMs } from '#kernel/time.ts';
import { customerRead } from '#modules/identity/index.ts';
import { announcementPost, noticeSend, noticesEvidence } from '#modules/notify/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type PostOffice, postOffice, smsTo, verifyPhone } from '../support/contacts.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What is told, by which channels, what came of it, and what follows when nothing arrives. */

const ZONE = 'Asia/Shanghai';
let world: World;
let mails: PostOffice | null = null;
let numbers = 0;

before(async () => {
  world = await testWorld();
});
after(() => mails?.close());

const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

/** A fresh number; `end` decides what the stand-in does with it. */
const number = (end = '5') => `139${String(++numbers).padStart(4, '0')}${end.padStart(4, '0')}`;

async function at(brand: string, balance: string | null = null) {
  const { brands } = world.server.house;
  const site = brands.url(brands.get(brand), world.url);
  const customer = new StoryCustomer(site);
  await customer.getReady(balance);
  const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
  const staff: StaffApi = await staffMember(world, `n${++numbers}`, site);
  return { customer, id, staff, brand };
}
type Life = Awaited<ReturnType<typeof at>>;

async function freeze({ staff, id }: Life): Promise<void> {
  const body = { amount: null, reason: '5.4.3', explanation: '短时间内多次异常充值' };
  await ok(staff.POST('/api/v1/staff/customers/{id}/freezes', { params: { path: { id } }, body }));
  await world.drain();
}

/** The newest notice of a kind, as an act that rests on it sees it. */
async function evidence({ id }: Life, kind: string) {
  const row = await world.server.house.db
    .selectFrom('notify_notice')
    .select('id')
    .where('customer_id', '=', id)
    .where('kind', '=', kind)
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  const [found] = await noticesEvidence(world.server.house.db, [row.id]);
  return found!;
}

const byChannel = (found: Awaited<ReturnType<typeof evidence>>) =>
  Object.fromEntries(found.ways.map((way) => [way.channel, `${way.state} ${way.outcome}`]));

/** The stand-in's report is asked for a minute after. */
async function reports(): Promise<void> {
  await world.drain();
  await world.advanceTo(addMs(world.clock.now(), 61_000));
}

async function withPost<T>(work: (office: PostOffice) => Promise<T>): Promise<T> {
  mails = await postOffice(world);
  try {
    return await work(mails);
  } finally {
    await mails.close();
    mails = null;
  }
}

test('a phone counts once its code came back; what is stored opens only with the key', async () => {
  const { customer, id } = await at('lantian');
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
  const { customer } = await at('lantian');
  const phone = number();
  const ask = (who: StoryCustomer) => ok(who.api.POST('/api/v1/account/contacts/phone', { body: { phone } }));
  await ask(customer);
  await assert.rejects(ask(customer), problem('contact-codes-spent'));
  for (let i = 0; i < 4; i++) {
    await world.advanceTo(addMs(world.clock.now(), 61_000));
    await ask(customer);
  }
  await world.advanceTo(addMs(world.clock.now(), 61_000));
  const { customer: another } = await at('lantian');
  await assert.rejects(ask(another), problem('contact-codes-spent'));
  await assert.rejects(
    ok(another.api.POST('/api/v1/account/contacts/phone', { body: { phone: '021-5555' } })),
    problem('contact-form'),
  );
});

test('a mailbox moves with the password and the code; the old one is told', async () => {
  const { customer } = await at('lantian');
  const email = `moved${++numbers}@example.com`;
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

test('[lantian 5.2] reminders go by SMS and by mail, each with its outcome', async () => {
  const life = await at('lantian', '30');
  const phone = number();
  await verifyPhone(world, life.customer, phone);
  const service = await life.customer.order({ access: PASSWORD_ACCESS, hostname: 'told' });
  const end = new Date((await life.customer.until(service, ({ state }) => state === 'active')).period_end);
  await world.advanceTo(addMs(addDays(end, -7, ZONE), 120_000));
  const found = await evidence(life, 'service-reminder');
  assert.deepEqual(byChannel(found), {
    email: 'sent sent',
    sms: 'delivered DELIVERED',
    'in-site': 'sent shown',
  });
  assert.match(
    (await smsTo(life.customer, phone))[0]!,
    /^【蓝天云】您的服务told将于.*到期.*3天内未续费将永久删除/,
  );
  assert.deepEqual(
    found.ways[1]!.tries.map(({ outcome }) => outcome),
    ['sent', 'delivered'],
  );
});

test('[lantian 2.1] without a phone the SMS is on record as not possible, and the mail counts', async () => {
  const life = await at('lantian', '30');
  const service = await life.customer.order({ access: PASSWORD_ACCESS, hostname: 'mailed' });
  const end = new Date((await life.customer.until(service, ({ state }) => state === 'active')).period_end);
  await world.advanceTo(addMs(addDays(end, -7, ZONE), 120_000));
  const found = await evidence(life, 'service-reminder');
  assert.deepEqual(byChannel(found), {
    email: 'sent sent',
    sms: 'failed no-contact',
    'in-site': 'sent shown',
  });
  assert.equal(found.told, true);
});

test('[asiayun 5.4-appeal] a freeze is told by mail, SMS and in the inbox, with how to appeal', async () => {
  const life = await at('asiayun', '80');
  const phone = number();
  await verifyPhone(world, life.customer, phone);
  await freeze(life);
  await reports();
  const found = await evidence(life, 'funds-frozen');
  assert.deepEqual(byChannel(found), {
    email: 'sent sent',
    sms: 'delivered DELIVERED',
    'in-site': 'sent shown',
  });
  assert.match((await smsTo(life.customer, phone))[0]!, /80.00元已被冻结，可在.*前登录控制台资金页面申诉/);
  const inbox = async () => (await ok(life.customer.api.GET('/api/v1/notices'))).items[0]!;
  assert.match((await inbox()).body, /申诉/);
  const unread = async () => (await ok(life.customer.api.GET('/api/v1/notices/unread'))).unread;
  const many = await unread();
  await ok(life.customer.api.POST('/api/v1/notices/read', { body: { ids: [(await inbox()).id] } }));
  assert.equal(await unread(), many - 1);
  assert.equal((await inbox()).read_at, world.clock.now().toISOString());
  assert.equal(byChannel(await evidence(life, 'funds-frozen'))['in-site'], 'delivered read');
});

test('[asiayun 5.4-appeal] [asiayun 3.6] neither mail nor SMS gets through: staff call, and say what came of it', async () => {
  const life = await at('asiayun', '80');
  const phone = number('0000');
  await withPost(async (office) => {
    await verifyOutOfService(life, phone);
    office.dead.add(life.customer.email);
    await freeze(life);
    await reports();
  });
  const found = await evidence(life, 'funds-frozen');
  assert.deepEqual(byChannel(found), {
    email: 'failed SMTP EENVELOPE RCPT TO 550 5.1.1',
    sms: 'failed MOBILE_NOT_ON_SERVICE',
    'in-site': 'sent shown',
  });
  assert.equal(found.told, false, 'a call needs a number that isn’t dead');

  const other = await at('asiayun', '80');
  await verifyPhone(world, other.customer, number('0002'));
  await withPost(async (office) => {
    office.dead.add(other.customer.email);
    await freeze(other);
  });
  await settleSms(other, 'refused');
  const tasks = async () => (await ok(other.staff.GET('/api/v1/staff/call-tasks'))).items;
  const task = (await tasks()).find(
    ({ customer_id, kind }) => customer_id === other.id && kind === 'funds-frozen',
  )!;
  assert.equal(task.channel, 'phone');
  const params = { path: { id: task.id } };
  const told = (outcome: 'reached' | 'no-answer') =>
    ok(other.staff.POST('/api/v1/staff/call-tasks/{id}/outcome', { params, body: { outcome, note: '' } }));
  const { contact } = await ok(other.staff.POST('/api/v1/staff/call-tasks/{id}/reveal', { params }));
  assert.match(contact, /^139\d{4}0002$/);
  await told('no-answer');
  assert.equal(byChannel(await evidence(other, 'funds-frozen')).phone, 'open no-answer');
  await told('reached');
  assert.equal((await evidence(other, 'funds-frozen')).told, true);
  await assert.rejects(told('reached'), problem('task-done'));
});

/** Of this number codes never come back, so it is there as if it had been verified before it went out of service. */
async function verifyOutOfService({ customer, id }: Life, phone: string): Promise<void> {
  await ok(customer.api.POST('/api/v1/account/contacts/phone', { body: { phone } }));
  await world.drain();
  await world.server.house.db
    .updateTable('identity_contact')
    .set({ state: 'current', verified_at: world.clock.now() })
    .where('customer_id', '=', id)
    .execute();
}

/** As when the sender refuses for good what it had taken. */
async function settleSms({ id }: Life, outcome: 'refused'): Promise<void> {
  const { deliveryConclude } = await import('#modules/notify/conclude.ts');
  await asSystem(world.server.house, 'asiayun', 'test', async (tx, ctx) => {
    const delivery = await tx
      .selectFrom('notify_delivery as d')
      .innerJoin('notify_notice as n', 'n.id', 'd.notice_id')
      .selectAll('d')
      .where('n.customer_id', '=', id)
      .where('n.kind', '=', 'funds-frozen')
      .where('d.channel', '=', 'sms')
      .where('d.state', '=', 'sent')
      .executeTakeFirstOrThrow();
    await deliveryConclude(tx, ctx, delivery, { outcome, detail: 'blocked' });
  });
}

test('[asiayun 4.5.1-contact] [asiayun 4.4] a dead mailbox is told by SMS; corrected in 15 days all is well', async () => {
  const life = await at('asiayun', '80');
  const phone = number();
  await verifyPhone(world, life.customer, phone);
  await withPost(async (office) => {
    office.dead.add(life.customer.email);
    await freeze(life);
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
  const life = await at('asiayun', '80');
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

test('[lantian 2.1] a notice that missed its reader is on record; these terms set no time to correct', async () => {
  const life = await at('lantian');
  await withPost(async (office) => {
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

test('a mail that comes back later no longer counts as told', async () => {
  const life = await at('asiayun', '80');
  await freeze(life);
  const before = await evidence(life, 'funds-frozen');
  assert.equal(before.told, true);
  const params = { path: { id: before.id } };
  const body = { detail: '5.1.1 mailbox unknown', no_such_mailbox: true };
  await ok(life.staff.POST('/api/v1/staff/notices/{id}/bounce', { params, body }));
  const after = await evidence(life, 'funds-frozen');
  assert.equal(after.told, false);
  assert.deepEqual(
    after.ways[0]!.tries.map(({ outcome }) => outcome),
    ['sent', 'bounced'],
  );
  await assert.rejects(
    ok(life.staff.POST('/api/v1/staff/notices/{id}/bounce', { params, body })),
    problem('notice-not-sent'),
  );
});

test('[yunfuwuqi P5] what no terms ask for can be switched off by topic; what they ask for can’t', async () => {
  const life = await at('yunfuwuqi');
  const body = { topic: 'payments' as const, email: false };
  await ok(life.customer.api.PUT('/api/v1/account/notice-preferences', { body }));
  const mailed = async () =>
    (await ok(life.customer.api.GET('/api/v1/dev/mailbox'))).items.filter(
      ({ to }) => to === life.customer.email,
    );
  const before = (await mailed()).length;
  await life.customer.topUp('20');
  await world.drain();
  assert.equal((await mailed()).length, before);
  const [inbox] = (await ok(life.customer.api.GET('/api/v1/notices'))).items;
  assert.deepEqual([inbox!.kind, inbox!.channel, inbox!.state], ['payment-received', 'in-site', 'sent']);
  const topics = (await ok(life.customer.api.GET('/api/v1/account/notice-preferences'))).items;
  assert.deepEqual(
    topics.filter(({ email }) => !email).map(({ topic }) => topic),
    ['payments'],
  );
  assert.ok(!topics.some(({ topic }) => /terms|account/.test(topic)));
});

test('[qiniu 7.3.4] an end by the operator is told on the site, in the inbox and by mail', async () => {
  const life = await at('qiniu');
  const ends = '2026-06-01 00:00';
  const ids = await asSystem(world.server.house, 'qiniu', 'test', async (tx, ctx) => {
    const { id: customerId, user_id: userId, email, locale } = await customerRead(tx, life.id);
    const terms = await acceptanceLatest(tx, customerId);
    const { clause } = terms!.parameters.provider_end!;
    const send = (dedupe: string) =>
      noticeSend(tx, ctx, {
        kind: 'service-ending',
        dedupe,
        to: { customerId, userId, email, locale },
        values: { hostname: 'bucket', ends, reason: '机房关闭', clause },
      });
    return [await send('one'), await send('two')];
  });
  await world.drain();
  const found = await noticesEvidence(world.server.house.db, ids);
  for (const each of found)
    assert.deepEqual(byChannel(each), {
      email: 'sent sent',
      site: 'delivered shown',
      'in-site': 'sent shown',
    });
  const { items } = await ok(life.customer.api.GET('/api/v1/announcements'));
  const shown = items.filter(({ title }) => title.zh.includes(ends));
  assert.equal(shown.length, 1, 'the site says it once');
  assert.equal(shown[0]!.clause, '7.3.4');
  assert.doesNotMatch(JSON.stringify(shown), /bucket|example\.com/);
});

test('announcements: from when until when, one brand’s alone, by clause not to be taken down', async () => {
  const life = await at('asiayun');
  const shown = async (brand: string) => {
    const { brands } = world.server.house;
    const visitor = new StoryCustomer(brands.url(brands.get(brand), world.url));
    return (await ok(visitor.api.GET('/api/v1/announcements'))).items.map(({ title }) => title.en);
  };
  const now = world.clock.now();
  const said = (zh: string) => ({ zh, en: zh });
  const body = {
    kind: 'maintenance' as const,
    title: said('Maintenance'),
    body: said('From two to three'),
    until: '2026-12-31',
  };
  await assert.rejects(
    ok(life.staff.POST('/api/v1/staff/announcements', { body: { ...body, until: '2026-01-01' } })),
    problem('invalid-input'),
  );
  const { id: posted } = await ok(life.staff.POST('/api/v1/staff/announcements', { body }));
  assert.ok((await shown('asiayun')).includes('Maintenance'));
  await ok(life.staff.POST('/api/v1/staff/announcements/{id}/end', { params: { path: { id: posted } } }));
  assert.ok(!(await shown('asiayun')).includes('Maintenance'));
  await asSystem(world.server.house, 'asiayun', 'test', (tx, ctx) =>
    announcementPost(tx, ctx, {
      ...body,
      dedupe: 'maintenance',
      from: addMs(now, 60_000),
      until: addMs(now, 120_000),
    }),
  );
  assert.ok(!(await shown('asiayun')).includes('Maintenance'));
  await world.advanceTo(addMs(now, 60_000));
  assert.ok((await shown('asiayun')).includes('Maintenance'));
  assert.ok(!(await shown('lantian')).includes('Maintenance'));
  await world.advanceTo(addMs(now, 120_000));
  assert.ok(!(await shown('asiayun')).includes('Maintenance'));

  const id = await asSystem(world.server.house, 'asiayun', 'test', (tx, ctx) =>
    announcementPost(tx, ctx, {
      kind: 'revision',
      dedupe: 'revision:x',
      title: said('Revision'),
      body: said('…'),
      clause: '11',
    }),
  );
  const params = { path: { id } };
  await assert.rejects(
    ok(life.staff.POST('/api/v1/staff/announcements/{id}/end', { params })),
    problem('announcement-stays'),
  );
  const [evident] = await noticesEvidence(world.server.house.db, [id]);
  assert.deepEqual([evident!.told, evident!.ways[0]!.channel], [true, 'site']);
});

test('nobody sees what became of another’s notices', async () => {
  const one = await at('asiayun', '80');
  await freeze(one);
  const two = await at('asiayun');
  const { id: ids } = await evidence(one, 'funds-frozen');
  const ask = async ({ customer }: Life) =>
    (await ok(customer.api.GET('/api/v1/notices/evidence', { params: { query: { ids } } }))).items.length;
  assert.deepEqual([await ask(one), await ask(two)], [1, 0]);
  await ok(two.customer.api.POST('/api/v1/notices/read', { body: { ids: [ids] } }));
  assert.equal(byChannel(await evidence(one, 'funds-frozen'))['in-site'], 'sent shown');
});
