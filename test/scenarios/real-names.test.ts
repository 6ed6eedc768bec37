import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { someIdNumber } from '#server/story/identity.ts';
import type { World } from '#server/world.ts';
import { call, type Request } from '../api/call.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Who a customer is: persons, companies, one identity for several accounts, asked anew and taken back. */

let world: World;

before(async () => {
  world = await testWorld({ seed: true });
});

let pairs = 0;
/** Two who are signed in now: a session of staff lasts twelve hours. */
const twoStaff = () => TwoStaff.at(world, 'lantian', `pair${++pairs}`);

const COMPANY = { name: '测试科技有限公司', credit_code: '91330100799655058B', legal_person: '王五' };

async function newcomer(): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.acceptTerms();
  return customer;
}

function ask(customer: StoryCustomer, method: string, path: string, request: Request = {}) {
  return call(world, method, path, { cookie: customer.api.cookie(), ...request });
}

async function idOf(customer: StoryCustomer): Promise<string> {
  const { json } = await ask(customer, 'GET', '/auth/session');
  return (json.customer as { id: string }).id;
}

interface Status {
  state: string;
  kind: string | null;
  minor: boolean;
  attempts: { left_today: number; fee: string; free: number | null; made: { result: string; fee: string }[] };
  demand: { clause: string } | null;
  reviews: { id: string; state: string; cause: string }[];
}

async function statusOf(customer: StoryCustomer): Promise<Status> {
  return (await ask(customer, 'GET', '/account/real-name')).json as unknown as Status;
}

test('[lantian 2.2] [yunfuwuqi P1.2] a person and a company are verified; of both only the result is kept', async () => {
  const person = await newcomer();
  const idNumber = someIdNumber();
  const passed = await ask(person, 'POST', '/account/real-name', {
    body: { name: '欧阳若兰', id_number: idNumber },
  });
  assert.deepEqual([passed.status, passed.json], [200, { result: 'pass', minor: false }]);
  assert.deepEqual([(await statusOf(person)).state, (await statusOf(person)).kind], ['passed', 'person']);

  const company = await newcomer();
  const wrong = { ...COMPANY, credit_code: '91330100799655058C' };
  assert.equal((await ask(company, 'POST', '/account/real-name/company', { body: wrong })).status, 400);
  const failed = { ...COMPANY, legal_person: '不一致' };
  const first = await ask(company, 'POST', '/account/real-name/company', { body: failed });
  assert.deepEqual(first.json, { result: 'fail', minor: false });
  const second = await ask(company, 'POST', '/account/real-name/company', { body: COMPANY });
  assert.deepEqual(second.json, { result: 'pass', minor: false });
  const status = await statusOf(company);
  assert.deepEqual([status.state, status.kind, status.attempts.left_today], ['passed', 'company', 3]);
  assert.deepEqual(
    status.attempts.made.map(({ result }) => result),
    ['pass', 'fail'],
  );
});

test('attempts are counted in 24 hours, and refused when they are used up', async () => {
  const customer = await newcomer();
  const body = { name: '不一致', id_number: someIdNumber() };
  for (let left = 4; left >= 0; left--) {
    assert.deepEqual((await ask(customer, 'POST', '/account/real-name', { body })).json, {
      result: 'fail',
      minor: false,
    });
    assert.equal((await statusOf(customer)).attempts.left_today, left);
  }
  const refused = await ask(customer, 'POST', '/account/real-name', { body });
  assert.deepEqual([refused.status, refused.json.code], [429, 'real-name-attempts']);
  await world.advanceTo(addMinutes(world.clock.now(), 24 * 60 + 1));
  assert.equal((await ask(customer, 'POST', '/account/real-name', { body })).status, 200);
});

test('two attempts at once: one asks the authority, the other is told to wait', async () => {
  const customer = await newcomer();
  const body = { name: '张三', id_number: someIdNumber() };
  const replies = await Promise.all([1, 2].map(() => ask(customer, 'POST', '/account/real-name', { body })));
  const codes = replies.map(({ status }) => status).sort();
  assert.ok(codes[0] === 200 && codes[1] === 409, String(codes));
});

test('one identity has one account; another one waits for two of the staff, who agree', async () => {
  const staff = await twoStaff();
  const idNumber = someIdNumber();
  const [first, second] = [await newcomer(), await newcomer()];
  await first.verifyRealName('张三', idNumber);
  const answer = await second.verifyRealName('张三', idNumber.toLowerCase());
  assert.equal(answer.result, 'review');
  assert.equal((await statusOf(second)).state, 'none');
  const [review] = (await statusOf(second)).reviews;
  assert.deepEqual([review!.state, review!.cause], ['waiting', 'identity-used']);

  const path = `/staff/identity-reviews/${review!.id}`;
  const opened = await staff.one('POST', `${path}/opening`);
  assert.deepEqual(opened.json, { name: null, number: null, other_accounts: 1, files: [] });
  const judged = { pass: true, reason: '同一人的第二个账户' };
  assert.equal((await staff.one('POST', `${path}/judgement`, judged)).json.state, 'seen-by-one');
  const own = await staff.one('POST', `${path}/judgement`, judged);
  assert.deepEqual([own.status, own.json.code], [403, 'review-own']);
  assert.equal((await statusOf(second)).state, 'none');
  assert.equal(
    (await staff.two('POST', `${path}/judgement`, { ...judged, pass: false })).json.state,
    'differs',
  );
  assert.equal((await staff.two('POST', `${path}/judgement`, judged)).json.state, 'seen-by-one');
  assert.equal((await staff.one('POST', `${path}/judgement`, judged)).json.state, 'passed');
  assert.equal((await statusOf(second)).state, 'passed');
  assert.equal((await staff.two('POST', `${path}/judgement`, judged)).status, 409);
});

test('of two accounts that show one identity at the same time one is verified', async () => {
  const idNumber = someIdNumber();
  const both = [await newcomer(), await newcomer()];
  const answers = await Promise.all(both.map((one) => one.verifyRealName('张三', idNumber)));
  assert.deepEqual(answers.map(({ result }) => result).sort(), ['pass', 'review']);
});

test('[asiayun 2.1.4] a verified account is verified anew for the same number alone', async () => {
  const customer = await newcomer();
  const idNumber = someIdNumber();
  await customer.verifyRealName('张三', idNumber);
  const again = (name: string, id_number: string, more = {}) =>
    ask(customer, 'POST', '/account/real-name', { body: { name, id_number, ...more } });
  assert.deepEqual((await again('张三丰', idNumber)).json.code, 'real-name-done');
  assert.deepEqual((await again('张三丰', idNumber, { again: true })).json, { result: 'pass', minor: false });
  const other = await again('李四', someIdNumber(), { again: true });
  assert.deepEqual([other.status, other.json.code], [409, 'identity-another']);
  assert.equal((await statusOf(customer)).state, 'passed');
});

test('[lantian 2.2] staff ask for the check again by its clause; who doesn’t do it in time is shut out again', async () => {
  const staff = await twoStaff();
  const [heeds, forgets] = [await newcomer(), await newcomer()];
  const idNumber = someIdNumber();
  await heeds.verifyRealName('张三', idNumber);
  await forgets.verifyRealName();
  const demand = { reason: '姓名与证件不符', days: 7 };
  for (const customer of [heeds, forgets]) {
    const path = `/staff/customers/${await idOf(customer)}/real-name/demand`;
    assert.equal((await staff.one('POST', path, demand)).status, 201);
    assert.equal((await staff.one('POST', path, demand)).status, 409);
    assert.equal((await statusOf(customer)).demand?.clause, '2.2');
  }
  await heeds.stayIn(world.clock.now());
  const body = { name: '张三', id_number: idNumber, again: true };
  assert.equal((await ask(heeds, 'POST', '/account/real-name', { body })).status, 200);
  assert.equal((await statusOf(heeds)).demand, null);
  await world.advanceTo(addDays(world.clock.now(), 8, 'Asia/Shanghai'));
  assert.equal((await statusOf(heeds)).state, 'passed');
  assert.equal((await statusOf(forgets)).state, 'none');
  await forgets.topUp('20');
  const order = { plan: 'nat-s', region: 'cn-east', image: 'debian-12', hostname: 'web1', months: 1 };
  const refused = await ask(forgets, 'POST', '/orders', { body: { ...order, access: PASSWORD_ACCESS } });
  assert.deepEqual([refused.status, refused.json.code], [403, 'real-name-needed']);
});

test('[asiayun 2.1.3] what was found false is taken back by the clause, and may be verified for somebody else', async () => {
  const staff = await twoStaff();
  const customer = await newcomer();
  await customer.verifyRealName();
  const path = `/staff/customers/${await idOf(customer)}/real-name/revocation`;
  assert.equal((await staff.one('POST', path, { reason: '证件为他人所有' })).status, 204);
  assert.equal((await staff.one('POST', path, { reason: '证件为他人所有' })).status, 409);
  assert.equal((await statusOf(customer)).state, 'none');
  await world.drain();
  const notices = (await ask(customer, 'GET', '/notices')).json.items as { body: string }[];
  assert.ok(notices.some(({ body }) => body.includes('证件为他人所有') && body.includes('2.2')));
  assert.equal((await customer.verifyRealName('李四')).result, 'pass');
});
