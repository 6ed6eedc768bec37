import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMs } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { smsTo, verifyPhone } from '../support/contacts.ts';
import {
  byChannel,
  evidenceOf,
  freezeAll,
  type Life,
  lifeAt,
  number,
  problem,
  reports,
  withPost,
} from '../support/notices.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What is told, by which channels, what came of it, and who calls when nothing got through. */

const ZONE = 'Asia/Shanghai';
let world: World;

before(async () => {
  world = await testWorld();
});

test('[lantian 5.2] reminders go by SMS and by mail, each with its outcome', async () => {
  const life = await lifeAt(world, 'lantian', '30');
  const phone = number();
  await verifyPhone(world, life.customer, phone);
  const service = await life.customer.order({ access: PASSWORD_ACCESS, hostname: 'told' });
  const end = new Date((await life.customer.until(service, ({ state }) => state === 'active')).period_end);
  await world.advanceTo(addMs(addDays(end, -7, ZONE), 120_000));
  const found = await evidenceOf(world, life, 'service-reminder');
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
  const life = await lifeAt(world, 'lantian', '30');
  const service = await life.customer.order({ access: PASSWORD_ACCESS, hostname: 'mailed' });
  const end = new Date((await life.customer.until(service, ({ state }) => state === 'active')).period_end);
  await world.advanceTo(addMs(addDays(end, -7, ZONE), 120_000));
  const found = await evidenceOf(world, life, 'service-reminder');
  assert.deepEqual(byChannel(found), {
    email: 'sent sent',
    sms: 'untried no-contact',
    'in-site': 'sent shown',
  });
  assert.equal(found.told, true);
});

test('[asiayun 5.4-appeal] a freeze is told by mail, SMS and in the inbox, with how to appeal', async () => {
  const life = await lifeAt(world, 'asiayun', '80');
  const phone = number();
  await verifyPhone(world, life.customer, phone);
  await freezeAll(world, life);
  await reports(world);
  const found = await evidenceOf(world, life, 'funds-frozen');
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
  assert.equal(byChannel(await evidenceOf(world, life, 'funds-frozen'))['in-site'], 'delivered read');
});

test('[asiayun 5.4-appeal] [asiayun 3.6] neither mail nor SMS gets through: staff call, and say what came of it', async () => {
  const life = await lifeAt(world, 'asiayun', '80');
  const phone = number('0000');
  await withPost(world, async (office) => {
    await verifyOutOfService(life, phone);
    office.dead.add(life.customer.email);
    await freezeAll(world, life);
    await reports(world);
  });
  const found = await evidenceOf(world, life, 'funds-frozen');
  assert.deepEqual(byChannel(found), {
    email: 'failed SMTP EENVELOPE RCPT TO 550 5.1.1',
    sms: 'failed MOBILE_NOT_ON_SERVICE',
    'in-site': 'sent shown',
  });
  assert.equal(found.told, false, 'a call needs a number that isn’t dead');

  const other = await lifeAt(world, 'asiayun', '80');
  await verifyPhone(world, other.customer, number('0002'));
  await withPost(world, async (office) => {
    office.dead.add(other.customer.email);
    await freezeAll(world, other);
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
  assert.equal(byChannel(await evidenceOf(world, other, 'funds-frozen')).phone, 'open no-answer');
  await told('reached');
  assert.equal((await evidenceOf(world, other, 'funds-frozen')).told, true);
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

test('a mail that comes back later no longer counts as told', async () => {
  const life = await lifeAt(world, 'asiayun', '80');
  await freezeAll(world, life);
  const before = await evidenceOf(world, life, 'funds-frozen');
  assert.equal(before.told, true);
  const params = { path: { id: before.id } };
  const body = { detail: '5.1.1 mailbox unknown', no_such_mailbox: true };
  await ok(life.staff.POST('/api/v1/staff/notices/{id}/bounce', { params, body }));
  const after = await evidenceOf(world, life, 'funds-frozen');
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
  const life = await lifeAt(world, 'yunfuwuqi');
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
