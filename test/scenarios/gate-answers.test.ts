import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { idOf } from '../support/money.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What a customer may do now, act by act: restrictions that staff set one by one, filings, and what each refusal says. */

const ZONE = 'Asia/Shanghai';
const ORDER = {
  plan: 'ay-1',
  region: 'hk',
  image: 'debian-12',
  hostname: 'web1',
  months: 1,
  access: PASSWORD_ACCESS,
};

let world: World;
let staff: TwoStaff;
let customer: StoryCustomer;
let id: string;
let service: string;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T04:00:00Z') });
  staff = await TwoStaff.at(world, 'asiayun');
  customer = await staff.site.customer('200');
  id = await idOf(customer);
  service = await customer.order(ORDER);
  await customer.until(service, ({ state }) => state === 'active');
});

interface Gate {
  act: string;
  open: boolean;
  shut: { code: string; clause: { id: string; text: string } | null; title: string; opens: string } | null;
}

async function gates(of = customer): Promise<Record<string, Gate>> {
  const reply = await staff.site.ask('GET', '/gates', of.api.cookie());
  assert.equal(reply.status, 200, String(reply.bytes));
  return Object.fromEntries((reply.json.items as Gate[]).map((gate) => [gate.act, gate]));
}

async function shutActs(of = customer): Promise<string[]> {
  return Object.values(await gates(of)).flatMap(({ act, open }) => (open ? [] : [act]));
}

function ask(path: string, body: object, locale: 'zh-CN' | 'en' = 'zh-CN', of = customer) {
  return staff.site.ask('POST', path, of.api.cookie(), body, locale);
}

async function restrict(...acts: string[]): Promise<string> {
  const reply = await staff.one('POST', `/staff/customers/${id}/restrictions`, {
    acts,
    reason: '扫描他人网络',
  });
  assert.equal(reply.status, 201, String(reply.bytes));
  return String(reply.json.id);
}

async function lift(restriction: string): Promise<void> {
  const reply = await staff.one('POST', `/staff/restrictions/${restriction}/lift`, { reason: '已整改' });
  assert.equal(reply.status, 204, String(reply.bytes));
}

const ACTS: { act: string; path: () => string; body: object }[] = [
  { act: 'buy', path: () => '/orders', body: ORDER },
  { act: 'renew', path: () => `/services/${service}/renewals`, body: { months: 1 } },
  { act: 'withdraw', path: () => '/funds/withdrawals', body: { amount: '10' } },
  { act: 'top-up', path: () => '/payments', body: { amount: '10', channel: 'alipay' } },
];

for (const { act, path, body } of ACTS) {
  test(`[asiayun 4.5.2.2] ${act} restricted: refused with the clause and what opens it, in both languages; nothing else is; lifted, it opens`, async () => {
    const usual = await shutActs();
    const restriction = await restrict(act);
    assert.deepEqual(
      (await shutActs()).sort(),
      [...new Set([...usual, act])].sort(),
      'only this act, besides what was shut',
    );
    for (const [locale, told] of [
      ['zh-CN', /限制.*扫描他人网络.*解除/s],
      ['en', /Restricted.*扫描他人网络.*lifted/s],
    ] as const) {
      const reply = await ask(path(), body, locale);
      assert.deepEqual([reply.status, reply.json.code], [403, 'act-restricted'], String(reply.bytes));
      assert.match(`${String(reply.json.title)} ${String(reply.json.detail)}`, told);
      const clause = reply.json.clause as { id: string; text: string };
      assert.equal(clause.id, '4.5.2.2');
      assert.equal(/\p{Script=Han}/u.test(clause.text), locale === 'zh-CN');
    }
    await lift(restriction);
    const reply = await ask(path(), body);
    assert.equal(reply.status, 201, String(reply.bytes));
    const again = await staff.one('POST', `/staff/restrictions/${restriction}/lift`, { reason: 'once more' });
    assert.equal(again.json.code, 'restriction-over');
  });
}

test('[asiayun 4.5.2.2] what renews itself waits while renewals are restricted, and goes on when that is lifted', async () => {
  const own = await customer.order({ ...ORDER, hostname: 'auto1' });
  const { period_end } = await customer.until(own, ({ state }) => state === 'active');
  const set = await staff.site.ask('PUT', `/services/${own}/auto-renewal`, customer.api.cookie(), {
    months: 1,
  });
  assert.equal(set.status, 204, String(set.bytes));
  const restriction = await restrict('renew');
  const end = new Date(period_end);
  await world.advanceTo(addMinutes(end, 1));
  await customer.stayIn(addMinutes(end, 1));
  staff = await TwoStaff.at(world, 'asiayun', 'april');
  const waiting = await customer.until(own, () => true);
  assert.deepEqual([waiting.state, waiting.period_end], ['suspended', period_end]);
  await lift(restriction);
  await world.drain();
  await world.advanceTo(addMinutes(end, 2));
  const renewed = await customer.until(own, ({ state }) => state === 'active');
  assert.ok(new Date(renewed.period_end) > end);
});

test('the customer and the log are told of a restriction and of its end', async () => {
  const restriction = await restrict('push', 'website');
  await world.drain();
  const mails = await staff.site.ask('GET', '/dev/mailbox', '');
  const [told] = (mails.json.items as { to: string; subject: string; body: string }[]).filter(
    ({ to, body }) => to === customer.email && body.includes('过户服务'),
  );
  assert.match(told!.body, /4\.5\.2\.2/);
  await lift(restriction);
  const events = await world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'clause_id', 'notices'])
    .where('subject_id', '=', restriction)
    .orderBy('id')
    .execute();
  assert.deepEqual(
    events.map(({ action, clause_id, notices }) => [action, clause_id, notices.length]),
    [
      ['restriction.placed', '4.5.2.2', 1],
      ['restriction.lifted', '4.5.2.2', 1],
    ],
  );
});

test('staff can’t restrict where the terms know no such measure, nor ban by this way', async () => {
  const lantian = await TwoStaff.at(world, 'lantian', 'lantian');
  const someone = await lantian.site.customer(null);
  const path = `/staff/customers/${await idOf(someone)}/restrictions`;
  const reply = await lantian.one('POST', path, { acts: ['buy'], reason: 'no clause' });
  assert.equal(reply.json.code, 'restriction-not-agreed');
  const own = `/staff/customers/${id}/restrictions`;
  const ban = await staff.one('POST', own, { acts: ['everything'], reason: 'ban' });
  assert.equal(ban.json.code, 'invalid-input');
  const foreign = await lantian.one('POST', own, { acts: ['buy'], reason: 'not mine' });
  assert.ok([404, 409].includes(foreign.status), 'another brand’s customer');
});

test('[asiayun 4.5.1-icp] a site waits for its filing; staff approve it; a month before its end it is told, then it counts no more', async () => {
  const website = async (query = '') => {
    const reply = await staff.site.ask('GET', `/gates/website${query}`, customer.api.cookie());
    return reply.json as unknown as Gate;
  };
  assert.equal((await website()).shut?.code, 'filing-needed');
  assert.equal((await website()).shut?.clause?.id, '4.5.1-icp');
  const until = '2026-05-15';
  const filing = {
    kind: 'icp-filing',
    number: '沪ICP备2026000001号',
    domain: 'Example.com',
    subject: '张三',
    valid_until: until,
  };
  assert.equal((await ask('/filings', filing)).json.code, 'domain-not-proven');
  await customer.ownDomain(world.names, 'example.com');
  for (const number of ['沪ICP备2026号', '某ICP备2026000001号', 'ICP-2026'])
    assert.equal((await ask('/filings', { ...filing, number })).json.code, 'filing-form', number);
  const over = await ask('/filings', { ...filing, valid_until: '2026-01-01' });
  assert.equal(over.json.code, 'filing-expired');
  const unknown = await ask('/filings', { ...filing, kind: 'news' });
  assert.equal(unknown.json.code, 'filing-not-in-terms', 'this brand asks for ICP filings alone');
  const made = await ask('/filings', filing);
  assert.equal(made.status, 201, String(made.bytes));
  assert.equal((await ask('/filings', filing)).json.code, 'filing-there');
  assert.equal((await website()).open, false, 'not before staff have looked at it');
  const waiting = async () => (await staff.one('GET', '/staff/overview')).json.filings_waiting;
  assert.equal(await waiting(), 1);
  const decision = { approve: true, reason: '已在工信部网站核对' };
  const path = `/staff/filings/${String(made.json.id)}/decision`;
  assert.equal((await staff.one('POST', path, decision)).status, 204);
  assert.equal(
    (await staff.two('POST', path, decision)).json.code,
    'filing-over',
    'one wins, the other is told',
  );
  assert.equal(await waiting(), 0);
  assert.equal((await website('?domain=www.example.com')).open, true);
  assert.equal((await website('?domain=example.org')).open, false);
  const stranger = await staff.site.customer(null);
  const foreign = await staff.site.ask('DELETE', `/filings/${String(made.json.id)}`, stranger.api.cookie());
  assert.equal(foreign.status, 404);

  const end = new Date('2026-05-15T16:00:00Z');
  const mailed = async () => {
    await world.drain();
    const { json } = await staff.site.ask('GET', '/dev/mailbox', '');
    const own = (json.items as { to: string; subject: string }[]).filter(({ to }) => to === customer.email);
    return own.filter(({ subject }) => subject.includes('example.com')).map(({ subject }) => subject);
  };
  const told = (await mailed()).length;
  await world.advanceTo(addMinutes(addDays(end, -30, ZONE), -1));
  assert.equal((await mailed()).length, told);
  await world.advanceTo(addDays(end, -30, ZONE));
  assert.match((await mailed())[0]!, /2026-05-15/);
  await world.advanceTo(end);
  await customer.stayIn(end);
  assert.equal((await website('?domain=example.com')).open, false);
  const list = await staff.site.ask('GET', '/filings', customer.api.cookie());
  assert.equal((list.json.items as { state: string }[])[0]!.state, 'expired');
  assert.equal((await ask('/filings', { ...filing, valid_until: '2027-08-31' })).status, 201, 'again');
});

test('[lantian 5.4] [lantian 2.2] each brand’s own gates: 蓝天云 pays nothing out, and asks for real names in the mainland', async () => {
  const lantian = await TwoStaff.at(world, 'lantian', 'gates');
  const someone = await lantian.site.customer(null);
  const fresh = await lantian.site.ask('GET', '/gates', someone.api.cookie());
  const items = Object.fromEntries((fresh.json.items as Gate[]).map((gate) => [gate.act, gate]));
  assert.deepEqual(
    [items.withdraw!.shut?.code, items.withdraw!.shut?.clause?.id],
    ['withdrawal-not-agreed', '5.4'],
  );
  assert.deepEqual([items.buy!.open, items.mainland!.open, items.website!.open], [true, true, true]);
});
