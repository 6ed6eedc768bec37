import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { asSystem } from '#kernel/house.ts';
import { Sealer } from '#kernel/seal.ts';
import { readKeys } from '#kernel/seal-keys.ts';
import { rotateKeys } from '#kernel/seal-rotate.ts';
import { duesOf, sweepAll } from '#kernel/sweeps.ts';
import { addDays } from '#kernel/time.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { sweeps as privacySweeps } from '#modules/privacy/jobs.ts';
import { SEALED_COLUMNS } from '#server/sealed-columns.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, type Reply, type Request } from '../api/call.ts';
import { verifyPhone } from '../support/contacts.ts';
import { nowhere } from '../support/leaving.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

const PERSON = {
  email: 'leaving.person@example.com',
  phone: '13912345678',
  qq: '123450987',
  name: '欧阳若兰',
  idNumber: '11010519491231002X',
  company: '若兰商贸有限公司',
  address: '兰州路七号三楼',
  device: 'Browser-of-Leaving/7.1',
  hostname: 'ruolan-shop',
};

let world: World;
let person: StoryCustomer;
let staff: StaffApi;
let other: StoryCustomer;
let receipt: { number: string; code: string };

const ask = (method: string, path: string, request: Request = {}) =>
  call(world, method, path, {
    cookie: person.api.cookie(),
    ...request,
    headers: { 'user-agent': PERSON.device, ...request.headers },
  });

async function answers(status: number, reply: Promise<Reply>): Promise<Reply> {
  const got = await reply;
  assert.equal(got.status, status, got.text);
  return got;
}

before(async () => {
  world = await testWorld({ seed: true });
  person = new StoryCustomer(world.url, { email: PERSON.email });
  other = new StoryCustomer(world.url, { email: 'staying.person@example.com' });
  staff = await staffMember(world, 'privacy-officer');
  await other.getReady('5');
  await person.signUp();
  await person.acceptTerms();
  await person.verifyRealName(PERSON.name, PERSON.idNumber);
  await verifyPhone(world, person, PERSON.phone);
  await answers(204, ask('PUT', '/account/contacts', { body: { kind: 'qq', value: PERSON.qq } }));
  await person.topUp('9.90');
  const id = await person.order({ access: PASSWORD_ACCESS, hostname: PERSON.hostname });
  await person.until(id, ({ state }) => state === 'active');
  const body = { email: PERSON.email, password: person.password };
  await answers(204, ask('POST', '/auth/sign-in', { body }));
  const title = {
    kind: 'company',
    name: PERSON.company,
    tax_number: '91310000MA1FL0000A',
    address: PERSON.address,
  };
  await ask('POST', '/tax-invoice-titles', { body: title });
  await world.drain();
});

test('[yunfuwuqi P5] a person sees what is kept of them by category, with what it is for, on which basis and how long', async () => {
  const { json } = await answers(200, ask('GET', '/account/privacy'));
  const tables = json.tables as { table: string; category: string; rows: number; kept: unknown }[];
  const names = tables.map(({ table }) => table);
  for (const table of [
    'identity_user',
    'identity_contact',
    'identity_session',
    'terms_acceptance',
    'notify_notice',
    'payments_payment',
    'compute_instance',
  ])
    assert.ok(names.includes(table), table);
  const contacts = await answers(200, ask('GET', '/account/privacy/data/contacts'));
  assert.ok(contacts.text.includes(PERSON.phone), 'sealed values are opened for their owner');
  assert.ok(contacts.text.includes(PERSON.qq));
  assert.ok((await ask('GET', '/account/privacy/data/sign-in')).text.includes(PERSON.device));
  const foreign = await call(world, 'GET', '/account/privacy/data/contacts', { cookie: other.api.cookie() });
  assert.ok(!foreign.text.includes(PERSON.phone));
});

test('[yunfuwuqi P5] a copy is made in the background, as JSON and as a page in both languages; its time ends', async () => {
  const made = await answers(202, ask('POST', '/account/privacy/copies'));
  await world.drain();
  const json = await answers(200, ask('GET', `/account/privacy/copies/${made.json.id}/json`));
  assert.match(json.headers.get('content-disposition')!, /attachment/);
  assert.ok(JSON.stringify(json.json).includes(PERSON.phone));
  const html = await answers(200, ask('GET', `/account/privacy/copies/${made.json.id}/html`));
  assert.match(html.text, /^<!doctype html>/);
  assert.ok(html.text.includes(PERSON.email) && html.text.includes('E-mail'));
  const zh = await answers(
    202,
    ask('POST', '/account/privacy/copies', { headers: { 'accept-language': 'zh-CN' } }),
  );
  await world.drain();
  const page = await answers(200, ask('GET', `/account/privacy/copies/${zh.json.id}/html`));
  assert.ok(page.text.includes('联系方式') && !/<script/i.test(page.text));
  const foreign = await call(world, 'GET', `/account/privacy/copies/${made.json.id}/json`, {
    cookie: other.api.cookie(),
  });
  assert.equal(foreign.status, 404);
  const { rows } = await sql<{ row: string }>`select row_to_json(t)::text as row from privacy_copy t`.execute(
    world.server.house.db,
  );
  assert.ok(
    rows.every(({ row }) => !row.includes(PERSON.phone)),
    'it lies sealed',
  );
});

test('[yunfuwuqi P5] what a person can’t correct alone goes to staff, with a deadline and an answer', async () => {
  const text = '我的登记类型有误，请更正为个人。';
  await answers(201, ask('POST', '/account/privacy/requests', { body: { kind: 'correct', text } }));
  const list = await call(world, 'GET', '/staff/privacy/requests?open=true', { cookie: staff.cookie() });
  const [asked] = list.json.items as { id: string; text: string; due_at: string; asked_at: string }[];
  assert.equal(asked!.text, text);
  assert.equal(asked!.due_at, addDays(new Date(asked!.asked_at), 21, 'Asia/Shanghai').toISOString());
  await staffPost(`/staff/privacy/requests/${asked!.id}/answer`, 204, { done: true, answer: '已更正。' });
  await staffPost(`/staff/privacy/requests/${asked!.id}/answer`, 409, { done: true, answer: '已更正。' });
  const own = await answers(200, ask('GET', '/account/privacy/requests'));
  assert.ok(own.text.includes('已更正。'));
});

test('[yunfuwuqi P5] offers go to who agreed, and to nobody after consent is withdrawn or the use of data limited', async () => {
  const offer = {
    title: { zh: '春季优惠', en: 'Spring offer' },
    text: { zh: '年付八折。', en: 'A fifth off.' },
  };
  const told = async () => (await staffPost('/staff/privacy/offers', 201, offer)).json.told;
  const consent = (given: boolean, status = 204) =>
    answers(status, ask('PUT', '/account/privacy/consents', { body: { purpose: 'marketing', given } }));
  assert.equal(await told(), 0, 'nobody agreed unasked');
  await consent(true);
  assert.equal(await told(), 1);
  await consent(false);
  assert.equal(await told(), 0);
  await consent(true);
  await answers(204, ask('PUT', '/account/privacy/limit', { body: { limited: true } }));
  assert.equal(await told(), 0);
  await consent(true, 409);
  await answers(204, ask('PUT', '/account/privacy/limit', { body: { limited: false } }));
});

test('[yunfuwuqi P5] by which channel: what no terms ask for can be switched off, what they ask for can’t and says why', async () => {
  const { json } = await answers(200, ask('GET', '/account/notice-preferences'));
  const { items, required } = json as {
    items: { topic: string; email: boolean; sms: boolean }[];
    required: { clause: string }[];
  };
  assert.deepEqual(items[0], { topic: 'services', email: true, sms: false });
  assert.ok(required.length > 0 && required.every(({ clause }) => clause.length > 0));
  const body = { topic: 'services', email: false, sms: true };
  await answers(204, ask('PUT', '/account/notice-preferences', { body }));
  const again = await answers(200, ask('GET', '/account/notice-preferences'));
  assert.deepEqual((again.json.items as unknown[])[0], body);
});

test('what is sealed anywhere opens for the owner that the register of sealed columns names', async () => {
  const { db, config } = world.server.house;
  const own = new Sealer(await readKeys(db, config));
  const { broken, resealed } = await rotateKeys(db, config, own, { columns: SEALED_COLUMNS, settleMs: 20 });
  assert.deepEqual(broken, []);
  assert.ok(resealed > 3);
});

test('[yunfuwuqi P5] what stands in the way of a deletion is said with what to do about it', async () => {
  const { json } = await answers(200, ask('GET', '/account/privacy/deletion'));
  const standing = json.obstacles as { kind: string; blocks: boolean; text: { zh: string; en: string } }[];
  assert.deepEqual(
    standing.filter(({ blocks }) => blocks).map(({ kind }) => kind),
    ['services'],
  );
  assert.match(standing[0]!.text.en, /End them under/);
  await answers(409, ask('POST', '/account/privacy/deletion'));
});

test('[yunfuwuqi P5] a deletion asks for a proof, can be taken back for seven days, and stops when something stands in its way', async () => {
  await world.advanceTo(addDays(world.clock.now(), 60, 'Asia/Shanghai'));
  await signInAgain();
  await world.advanceTo(new Date(world.clock.now().getTime() + 20 * 60_000));
  const unproven = await ask('POST', '/account/privacy/deletion');
  assert.equal(unproven.json.code, 'prove-again');
  await signInAgain();
  await answers(202, ask('POST', '/account/privacy/deletion'));
  await answers(409, ask('POST', '/account/privacy/deletion'));
  await answers(204, ask('DELETE', '/account/privacy/deletion'));
  await answers(202, ask('POST', '/account/privacy/deletion'));
  await person.topUp('1');
  await world.advanceTo(addDays(world.clock.now(), 8, 'Asia/Shanghai'));
  await signInAgain();
  const { json } = await answers(200, ask('GET', '/account/privacy/requests'));
  assert.deepEqual(
    (json.items as { kind: string; state: string }[])
      .filter(({ kind }) => kind === 'delete')
      .map(({ state }) => state),
    ['stopped', 'withdrawn'],
  );
});

test('[yunfuwuqi P5] the erasure: nothing of the person is left but what a law keeps, with reason and day; a certificate proves it', async () => {
  const { house } = world.server;
  const { rows } = await sql<{
    customer: string;
    user: string;
  }>`select m.customer_id as customer, u.id as user
    from identity_user u join identity_member m on m.user_id = u.id where u.email = ${PERSON.email}`.execute(
    house.db,
  );
  const { customer, user } = rows[0]!;
  await asked(customer);
  await world.advanceTo(addDays(world.clock.now(), 8, 'Asia/Shanghai'));

  const gone = await call(world, 'POST', '/auth/sign-in', {
    body: { email: PERSON.email, password: person.password },
  });
  assert.equal(gone.status, 401);
  assert.equal((await ask('GET', '/account/privacy')).status, 401, 'the session ended');

  const shown = await answers(200, call(world, 'POST', '/privacy/certificates', { body: receipt }));
  const { erased, kept } = shown.json as {
    erased: { table: string }[];
    kept: { table: string; law: { zh: string }; until: string }[];
  };
  assert.ok(erased.some(({ table }) => table === 'identity_user'));
  for (const { table, law, until } of kept) {
    assert.ok(law.zh.length > 5 && new Date(until) > world.clock.now(), table);
  }
  assert.equal(
    (await call(world, 'POST', '/privacy/certificates', { body: { ...receipt, code: 'wrong' } })).status,
    404,
  );
  await nowhere(house.db, PERSON, new Set(kept.map(({ table }) => table)), { customer, user });
  assert.equal((await call(world, 'GET', '/auth/session', { cookie: other.api.cookie() })).status, 401);
});

test('what a law kept goes on its day, by itself', async () => {
  const { house } = world.server;
  const { db } = house;
  const later = addDays(world.clock.now(), 365 * 3 + 10, 'Asia/Shanghai');
  for (const sweep of privacySweeps(house)) {
    assert.ok(
      (await duesOf(db, [sweep]))[0]! <= later || !['privacy.kept', 'privacy.retention'].includes(sweep.name),
    );
    await sweepAll(sweep, later);
  }
  const { rows } = await sql<{ left: bigint }>`select count(*) as left from terms_acceptance
    where user_agent = ${PERSON.device} or ip is not null and customer_id in (
      select m.customer_id from identity_member m join identity_user u on u.id = m.user_id
      where u.email like '%@erased.invalid')`.execute(db);
  assert.equal(rows[0]!.left, 0n);
  const sessions = await sql<{ left: bigint }>`select count(*) as left from identity_session
    where user_agent = ${PERSON.device}`.execute(db);
  assert.equal(sessions.rows[0]!.left, 0n);
});

async function signInAgain(): Promise<void> {
  const body = { email: PERSON.email, password: person.password };
  await answers(204, ask('POST', '/auth/sign-in', { body }));
  await person.api.POST('/api/v1/auth/sign-in', { body });
}

/** The balance that came in between is used up, then the deletion is asked for. */
async function asked(customer: string): Promise<void> {
  const { house } = world.server;
  await asSystem(house, 'lantian', 'test', (tx, ctx) =>
    ledgerPost(tx, ctx, {
      kind: 'test',
      source: 'test',
      sourceId: 'used-up',
      lines: [
        { account: { kind: 'customer_cash', owner: customer }, amount: -1_000_000n },
        { account: { kind: 'channel_clearing', owner: 'alipay' }, amount: 1_000_000n },
      ],
    } as never),
  );
  const { json } = await answers(202, ask('POST', '/account/privacy/deletion'));
  receipt = { number: String(json.number), code: String(json.code) };
}

async function staffPost(path: string, status: number, body: unknown): Promise<Reply> {
  return answers(status, call(world, 'POST', path, { cookie: staff.cookie(), body }));
}
