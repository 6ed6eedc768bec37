import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { BRANDS } from '../support/brands.ts';
import { books, refusedBy, yuan } from '../support/money.ts';
import { readPdf } from '../support/pdf.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** How services of each brand end, what becomes of their data, and what is on paper of it afterwards. */

const ZONE = 'Asia/Shanghai';
const SOLD = {
  lantian: { access: PASSWORD_ACCESS },
  asiayun: { plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS },
  yunfuwuqi: { plan: 'cs-1', region: 'sg', access: PASSWORD_ACCESS },
  // 七牛云 sells nothing by the month; its terms are tried here on what 蓝天云 sells.
  qiniu: { access: PASSWORD_ACCESS },
} as const;
type BrandId = keyof typeof SOLD;

let world: World;
before(async () => {
  const brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  await cp(BRANDS, brandsDir, { recursive: true });
  await cp(join(brandsDir, 'lantian/catalogue.yaml'), join(brandsDir, 'qiniu/catalogue.yaml'));
  const terms = join(brandsDir, 'qiniu/terms.yaml');
  const text = await readFile(terms, 'utf8');
  await writeFile(
    terms,
    text.replace('parameters:', 'parameters:\n  expiry: { clause: "7.2", suspend: at-once }'),
  );
  world = await testWorld({ seed: true, brandsDir });
});

interface Subject {
  customer: StoryCustomer;
  id: string;
  power(): Promise<string>;
  staff(name: string): Promise<StaffApi>;
  life(): ReturnType<typeof lifeOf>;
}

async function running(brand: BrandId, balance = '100'): Promise<Subject> {
  const { brands } = world.server.house;
  const url = brands.url(brands.get(brand), world.url);
  const customer = new StoryCustomer(url);
  await customer.signUp();
  await customer.acceptTerms();
  await customer.topUp(balance);
  const id = await customer.order(SOLD[brand]);
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  const power = async () => {
    await world.drain();
    const all = await behindOurBack(world).observe();
    return all.find(({ serviceId }) => serviceId === id)?.power ?? 'gone';
  };
  const staff = (name: string) => staffMember(world, `${name}-${id.slice(-6)}`, url);
  return { customer, id, power, staff, life: () => lifeOf(customer, id) };
}

const at = (id: string) => ({ params: { path: { id } } });
const lifeOf = ({ api }: StoryCustomer, id: string) => ok(api.GET('/api/v1/services/{id}/life', at(id)));

async function moveTo({ customer }: Subject, instant: Date): Promise<void> {
  await world.advanceTo(instant);
  await customer.stayIn(instant);
}

/** The certificate as a file that was downloaded, read by another program. */
async function certificateText({ customer, id }: Subject): Promise<string> {
  const { data, response } = await customer.api.GET('/api/v1/services/{id}/certificate', {
    ...at(id),
    parseAs: 'arrayBuffer',
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/pdf');
  return (await readPdf(new Uint8Array(data as unknown as ArrayBuffer))).text.replaceAll('\n', '');
}

const endNow = ({ customer, id }: Subject) =>
  ok(customer.api.POST('/api/v1/services/{id}/end', { ...at(id), body: { give_up: true } }));

test('[yunfuwuqi S5.2] ended by its customer: data kept seven natural days, then erased, and proven', async () => {
  const subject = await running('yunfuwuqi');
  const { customer, id, power } = subject;
  await endNow(subject);
  const ended = await customer.service(id);
  const until = addDays(world.clock.now(), 7, ZONE);
  assert.deepEqual([ended.state, ended.delete_at], ['ended', until.toISOString()]);
  assert.equal(await power(), 'stopped', 'the machine and its data are there');
  assert.equal((await subject.life()).certificate, null);
  await assert.rejects(customer.renew(id), refusedBy('not-renewable'));
  await assert.rejects(endNow(subject), refusedBy('not-endable'));
  const readOut = customer.api.POST('/api/v1/services/{id}/read-out', at(id));
  await assert.rejects(ok(readOut), refusedBy('read-out-impossible'), 'these terms promise none');

  await moveTo(subject, addMinutes(until, -1));
  assert.equal(await power(), 'stopped');
  await moveTo(subject, until);
  assert.equal((await customer.service(id)).state, 'deleted');
  assert.equal(await power(), 'gone');
  const { certificate, end } = await subject.life();
  assert.deepEqual([end?.by, end?.erase_clause.id, end?.erase_at], ['customer', 'S5.2', until.toISOString()]);
  assert.match(certificate!.number, /^EC\d{8}-[0-9A-F]{12}$/);
  const text = await certificateText(subject);
  for (const word of [certificate!.number, 'S5.2', 'S3.2', 'A simulated node', '已终止', id])
    assert.ok(text.includes(word), word);
  const deleted = (await customer.history(id)).find(({ action }) => action === 'service.deleted');
  assert.equal(deleted?.clause?.id, 'S5.2');
});

test('[yunfuwuqi S3.2] [yunfuwuqi S5.2] overdue: suspended, then ended after its grace, kept, erased; each step by its clause', async () => {
  const subject = await running('yunfuwuqi');
  const { customer, id, power } = subject;
  const end = new Date((await customer.service(id)).period_end);
  await moveTo(subject, end);
  const suspended = await customer.service(id);
  const graceEnds = addDays(end, 15, ZONE);
  assert.deepEqual([suspended.state, suspended.delete_at], ['suspended', graceEnds.toISOString()]);
  await moveTo(subject, addMinutes(graceEnds, -1));
  assert.equal((await customer.service(id)).state, 'suspended');
  await moveTo(subject, graceEnds);
  assert.equal((await customer.service(id)).state, 'ended');
  assert.equal(await power(), 'stopped');
  await moveTo(subject, addDays(graceEnds, 7, ZONE));
  assert.equal(await power(), 'gone');
  const acts = (await customer.history(id)).map(({ action, clause }) => `${action} ${clause?.id ?? ''}`);
  for (const act of ['service.suspended S3.2', 'service.ended S3.2', 'service.deleted S5.2'])
    assert.ok(acts.includes(act), act);
  const text = await certificateText(subject);
  assert.match(text, /将在 7 天后到期.*将在 3 天后到期.*将在 1 天后到期.*已到期停机.*已终止/s);
});

test('[qiniu 4.3] [qiniu 3.1.1] kept thirty natural days after the end; once the machine runs for a day to copy the data out', async () => {
  const subject = await running('qiniu');
  const { customer, id, power } = subject;
  await moveTo(subject, addDays(world.clock.now(), 10, ZONE));
  const refunded = await ok(customer.api.POST('/api/v1/services/{id}/end', { ...at(id), body: {} }));
  assert.ok(yuan(refunded.refunded) > yuan('6'), 'what isn’t consumed comes back');
  const until = addDays(world.clock.now(), 30, ZONE);
  assert.equal((await customer.service(id)).delete_at, until.toISOString());
  assert.equal(await power(), 'stopped');

  assert.deepEqual((await subject.life()).read_out, { hours: 24, open_until: null, used: false });
  const opened = await ok(customer.api.POST('/api/v1/services/{id}/read-out', at(id)));
  assert.equal(opened.until, addMinutes(world.clock.now(), 24 * 60).toISOString());
  assert.equal(await power(), 'running');
  await moveTo(subject, addMinutes(new Date(opened.until), -1));
  assert.equal(await power(), 'running');
  await moveTo(subject, new Date(opened.until));
  assert.equal(await power(), 'stopped');
  const again = customer.api.POST('/api/v1/services/{id}/read-out', at(id));
  await assert.rejects(ok(again), refusedBy('read-out-impossible'));

  await moveTo(subject, addMinutes(until, -1));
  assert.equal(await power(), 'stopped');
  await moveTo(subject, until);
  assert.equal(await power(), 'gone');
  assert.equal((await subject.life()).end?.erase_clause.id, '4.3');
});

test('[qiniu 7.3.4] the operator ends with thirty days’ notice; what isn’t consumed is refunded', async () => {
  const subject = await running('qiniu');
  const { customer, id } = subject;
  await customer.renew(id);
  const staff = await subject.staff('notice');
  const announced = await ok(
    staff.POST('/api/v1/staff/services/{id}/end', { ...at(id), body: { reason: '产品下线' } }),
  );
  assert.equal(announced.ends_at, addDays(world.clock.now(), 30, ZONE).toISOString());
  assert.deepEqual((await subject.life()).announced, { at: announced.ends_at, reason: '产品下线' });
  await moveTo(subject, addMinutes(new Date(announced.ends_at), -1));
  assert.equal((await customer.service(id)).state, 'active');
  const before = yuan(await customer.balance());
  await moveTo(subject, new Date(announced.ends_at));
  assert.equal((await customer.service(id)).state, 'ended');
  assert.ok(yuan(await customer.balance()) > before + yuan('9'), 'nearly all of the second month');
  const ended = (await customer.history(id)).find(({ action }) => action === 'service.ended');
  assert.deepEqual([ended?.clause?.id, ended?.facts.by], ['7.3.4', 'provider']);
  await books(world);
});

for (const [brand, clause, state] of [
  ['lantian', '3.2', 'deleted'],
  ['asiayun', '4.5.1-end', 'deleted'],
  ['yunfuwuqi', 'S6.2', 'ended'],
  ['qiniu', '7.3.2', 'ended'],
] as const) {
  test(`[lantian 3.2] [asiayun 4.5.1-end] [yunfuwuqi S6.2] [qiniu 7.3.2] ${brand} § ${clause}, a breach: two of the staff end it, nothing is refunded`, async () => {
    const subject = await running(brand);
    const { customer, id } = subject;
    const [one, two] = [await subject.staff('one'), await subject.staff('two')];
    const before = await customer.balance();
    const ask = () =>
      ok(one.POST('/api/v1/staff/services/{id}/breach', { ...at(id), body: { reason: '对外攻击' } }));
    await ask();
    assert.equal((await customer.service(id)).state, 'active', 'one alone ends nothing');
    await assert.rejects(ask(), refusedBy('approval-waiting'));
    await assert.rejects(decideNewest(one, true), refusedBy('approval-own'));
    await decideNewest(two, false);
    assert.equal((await customer.service(id)).state, 'active');
    await ask();
    await decideNewest(two, true);
    assert.equal((await customer.service(id)).state, state);
    assert.equal(await customer.balance(), before);
    const ended = (await customer.history(id)).find(({ action }) => action === 'service.ended');
    assert.deepEqual(
      [ended?.clause?.id, ended?.facts.by, ended?.facts.refunded, ended?.facts.reason],
      [clause, 'breach', '0.00', '对外攻击'],
    );
    await world.drain();
    const { certificate } = await subject.life();
    assert.equal(certificate !== null, state === 'deleted');
  });
}

test('an end that both agree on: proposed with a figure, ended by the customer’s yes, that figure back and no more', async () => {
  const subject = await running('lantian');
  const { customer, id } = subject;
  let staff = await subject.staff('agree');
  const propose = (refund: string) =>
    ok(
      staff.POST('/api/v1/staff/services/{id}/end-proposals', {
        ...at(id),
        body: { refund, reason: '双方同意' },
      }),
    );
  const answer = (proposal: string, accept: boolean) =>
    ok(
      customer.api.POST('/api/v1/services/{id}/end-proposals/{proposal}', {
        params: { path: { id, proposal } },
        body: { accept },
      }),
    );
  await assert.rejects(propose('9.91'), refusedBy('proposal-too-much'));
  const first = await propose('9.90');
  await assert.rejects(propose('1'), refusedBy('proposal-waiting'));
  assert.equal((await subject.life()).proposal?.refund, '9.90');
  assert.equal((await answer(first.id, false)).refunded, '0.00');
  assert.equal((await customer.service(id)).state, 'active');
  await assert.rejects(answer(first.id, true), refusedBy('proposal-over'));

  const stale = await propose('9.90');
  await moveTo(subject, addDays(world.clock.now(), 1, ZONE));
  await assert.rejects(answer(stale.id, true), refusedBy('proposal-outrun'), 'a day of it is consumed');
  await moveTo(subject, addDays(world.clock.now(), 7, ZONE));
  assert.equal((await subject.life()).proposal, null, 'nobody answered in a week');

  staff = await subject.staff('agree-later');
  const last = await propose('5');
  assert.equal((await answer(last.id, true)).refunded, '5.00');
  assert.equal(await customer.balance(), '95.10');
  const ended = (await customer.history(id)).find(({ action }) => action === 'service.ended');
  assert.deepEqual([ended?.facts.by, ended?.facts.refunded], ['agreement', '5.00']);
  assert.equal((await customer.service(id)).state, 'deleted');
  await books(world);
});

test('[lantian 5.3] what its grace let go is certified too, with the reminders that went before', async () => {
  const subject = await running('lantian');
  const { customer, id } = subject;
  const end = new Date((await customer.service(id)).period_end);
  await moveTo(subject, addDays(end, 3, ZONE));
  assert.equal((await customer.service(id)).state, 'deleted');
  const text = await certificateText(subject);
  for (const word of [
    '5.3',
    'expired and not renewed',
    '将在 7 天后到期',
    '将在 3 天后到期',
    '将在 1 天后到期',
    '已到期停机',
  ])
    assert.ok(text.includes(word), word);
});
