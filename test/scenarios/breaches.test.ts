import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, type Reply } from '../api/call.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';

let world: World;
let one: StaffApi;
let other: StaffApi;
let concerned: StoryCustomer;
let unconcerned: StoryCustomer;

const as = (api: { cookie(): string }, method: string, path: string, body?: unknown): Promise<Reply> =>
  call(world, method, path, { cookie: api.cookie(), body });

before(async () => {
  world = await testWorld({ seed: true });
  one = await staffMember(world, 'finder');
  other = await staffMember(world, 'approver');
  concerned = new StoryCustomer(world.url, { email: 'concerned@example.com' });
  unconcerned = new StoryCustomer(world.url, { email: 'unconcerned@example.com' });
  await concerned.signUp();
  await unconcerned.signUp();
});

const incident = (customerIds: string[] | null) => ({
  title: '备份外泄',
  happened: '一份含联系方式的备份曾可被公开访问，现已关闭。',
  from_at: '2026-03-01T00:00:00.000Z',
  to_at: '2026-03-01T06:00:00.000Z',
  found_at: '2026-03-02T01:00:00.000Z',
  categories: ['contacts', 'account'],
  effects: { zh: '可能收到诈骗邮件。', en: 'Fraudulent mail may come.' },
  remedy: { zh: '已关闭访问，请留意可疑邮件。', en: 'Access is closed; beware of odd mail.' },
  customer_ids: customerIds,
});

async function customerId(customer: StoryCustomer): Promise<string> {
  return (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
}

const noticesOf = async (customer: StoryCustomer) =>
  (await ok(customer.api.GET('/api/v1/notices'))).items.filter(({ kind }) => kind === 'breach-told');

test('an incident is recorded by one, agreed by another, told once to those concerned alone, and to the authority', async () => {
  const id = await customerId(concerned);
  const made = await as(one, 'POST', '/staff/incidents', incident([id]));
  assert.equal(made.status, 201, made.text);
  const path = `/staff/incidents/${made.json.id}`;

  assert.equal((await as(one, 'POST', `${path}/notices`)).json.code, 'incident-not-agreed');
  assert.equal(
    (await as(one, 'POST', `${path}/agreement`, { untold_reason: null })).json.code,
    'incident-own',
  );
  assert.equal((await as(other, 'POST', `${path}/agreement`, { untold_reason: null })).status, 204);
  assert.equal((await as(one, 'POST', `${path}/close`)).json.code, 'incident-open');
  assert.equal((await as(one, 'POST', `${path}/notices`)).status, 204);
  await world.drain();
  assert.equal((await as(one, 'POST', `${path}/notices`)).status, 409, 'not twice');

  const [notice] = await noticesOf(concerned);
  assert.match(notice!.subject, /备份外泄/);
  for (const part of ['联系方式', '可能收到诈骗邮件', '已关闭访问', '2026-03-01'])
    assert.ok(notice!.body.includes(part), part);
  assert.deepEqual(await noticesOf(unconcerned), []);
  const people = await as(one, 'GET', `${path}/people`);
  assert.deepEqual(
    (people.json.items as { customer_id: string; notice_id: string }[]).map(({ customer_id, notice_id }) => [
      customer_id,
      notice_id,
    ]),
    [[id, notice!.id]],
    'the notice is the evidence',
  );
  const authority = { authority: '市网信办', reference: '2026-7' };
  assert.equal((await as(one, 'POST', `${path}/authority`, authority)).status, 204);
  assert.equal((await as(one, 'POST', `${path}/close`)).status, 204);
});

test('an incident of all customers is told to all; what is late says so; what need not be told has a reason', async () => {
  const made = await as(one, 'POST', '/staff/incidents', incident(null));
  const path = `/staff/incidents/${made.json.id}`;
  await world.advanceTo(new Date('2026-03-05T02:00:00Z'));
  one = await staffMember(world, 'finder-again');
  other = await staffMember(world, 'approver-again');
  const { json } = await as(one, 'GET', '/staff/incidents');
  const [shown] = json.items as { late: boolean; due_at: string }[];
  assert.deepEqual([shown!.late, shown!.due_at], [true, '2026-03-05T01:00:00.000Z']);
  await as(other, 'POST', `${path}/agreement`, { untold_reason: null });
  await as(one, 'POST', `${path}/notices`);
  await world.drain();
  assert.equal((await noticesOf(unconcerned)).length, 1);
  assert.equal((await noticesOf(concerned)).length, 2);

  const averted = await as(one, 'POST', '/staff/incidents', incident(null));
  const second = `/staff/incidents/${averted.json.id}`;
  const untold_reason = '数据经加密，密钥未外泄，不会造成危害。';
  assert.equal((await as(other, 'POST', `${second}/agreement`, { untold_reason })).status, 204);
  assert.equal((await as(one, 'POST', `${second}/notices`)).status, 409);
  assert.equal(
    (await as(one, 'POST', `${second}/close`)).json.code,
    'incident-open',
    'the authority all the same',
  );
});

test('times in no possible order are refused, and a customer of nobody is not found', async () => {
  const wrong = { ...incident(null), to_at: '2026-02-01T00:00:00.000Z' };
  assert.equal((await as(one, 'POST', '/staff/incidents', wrong)).status, 400);
  const nobody = incident(['0198c0de-0000-7000-8000-000000000001']);
  assert.equal((await as(one, 'POST', '/staff/incidents', nobody)).status, 404);
});

test('[yunfuwuqi P5] somebody without an account asks, too: staff find what they left and erase what no law keeps', async () => {
  const report = {
    about: 'spam.example.com',
    category: (
      (await call(world, 'GET', '/terms')).json.parameters as {
        enforcement: { categories: { id: string }[] };
      }
    ).enforcement.categories[0]!.id,
    text: '该站点持续发送垃圾邮件。',
    reporter: 'stranger@example.com',
  };
  const reported = await call(world, 'POST', '/reports', { body: report });
  assert.equal(reported.status, 201, reported.text);
  const asked = { kind: 'delete', contact: 'stranger@example.com', text: '请删除我举报时留下的邮箱。' };
  const request = await call(world, 'POST', '/privacy/requests', { body: asked });
  assert.equal(request.status, 201, request.text);
  const found = await as(one, 'POST', '/staff/privacy/strangers', { text: 'Stranger@example.com' });
  const [trace] = found.json.items as { table: string; row: string; law: string }[];
  assert.deepEqual(
    [trace!.table, trace!.row, trace!.law],
    ['enforcement_report', reported.json.id, 'claims'],
  );
  const { table, row } = trace!;
  const erase = () => as(one, 'POST', `/staff/privacy/requests/${request.json.id}/erasures`, { table, row });
  assert.equal((await erase()).json.code, 'law-keeps');
  const listed = await as(one, 'GET', '/staff/privacy/requests?open=true');
  assert.ok(listed.text.includes('stranger@example.com'));
  assert.equal(
    (await as(one, 'POST', '/staff/privacy/strangers', { text: 'nobody-at-all@example.com' })).text,
    '{"items":[]}',
  );
});
