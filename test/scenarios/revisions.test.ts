import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { naturalDay } from '#kernel/time.ts';
import { subjectOpen } from '#modules/metering/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readPdf } from '../support/pdf.ts';
import { staffMember } from '../support/staff.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What becomes of customers when an agreement is revised, brand by brand. */

let world: World;
let brandsDir: string;
const DAY = 86_400_000;

before(async () => {
  brandsDir = await mkdtemp(join(tmpdir(), 'cloudpact-revisions-'));
  beforeWorlds(() => rm(brandsDir, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, '../../brands'), brandsDir, { recursive: true });
  // It extends 亚云 and would have to be dated anew with it.
  await rm(join(brandsDir, 'wujiyun'), { recursive: true });
  world = await testWorld({ brandsDir, start: new Date('2026-03-02T02:00:00Z') });
});

async function revise(brand: string, ...edits: [from: string | RegExp, to: string][]): Promise<void> {
  const path = join(brandsDir, brand, 'terms.yaml');
  let text = await readFile(path, 'utf8');
  for (const [from, to] of edits) {
    assert.notEqual(text.replace(from, to), text, `${String(from)} is in the file`);
    text = text.replace(from, to);
  }
  await writeFile(path, text);
  await world.reopen();
}

function siteOf(brand: string): string {
  const { brands } = world.server.house;
  return brands.url(brands.get(brand), world.url);
}

async function customerAt(brand: string, balance: string | null): Promise<StoryCustomer> {
  const customer = new StoryCustomer(siteOf(brand));
  await customer.signUp();
  await customer.acceptTerms();
  if (brand !== 'qiniu') await customer.verifyRealName();
  if (balance) await customer.topUp(balance);
  await world.drain();
  return customer;
}

const standing = async (customer: StoryCustomer) =>
  (await ok(customer.api.GET('/api/v1/auth/session'))).terms;
const acceptances = async (customer: StoryCustomer) =>
  (await ok(customer.api.GET('/api/v1/terms/acceptances'))).items;
const idOf = async (customer: StoryCustomer) =>
  (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
const days = (count: number) => new Date(world.clock.now().getTime() + count * DAY);

async function refused(work: Promise<unknown>, code: string): Promise<Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ApiProblem, String(error));
    assert.equal(error.code, code);
    return error.body;
  }
  throw new Error(`not refused: ${code}`);
}

const restart = (customer: StoryCustomer, id: string) =>
  ok(
    customer.api.POST('/api/v1/services/{id}/power', {
      params: { path: { id } },
      body: { action: 'restart' },
    }),
  );

async function serviceAt(customer: StoryCustomer): Promise<string> {
  const { products, images } = await ok(customer.api.GET('/api/v1/catalogue'));
  const [plan] = products[0]!.plans;
  const id = await customer.order({
    plan: plan!.id,
    region: plan!.regions[0]!,
    image: images[0]!.id,
    hostname: `web${++names}`,
    access: PASSWORD_ACCESS,
  });
  await world.drain();
  await customer.until(id, (service) => service.state === 'active');
  return id;
}
let names = 0;

async function reviseLantian(from: string, to: string): Promise<string> {
  const version = naturalDay(world.clock.now(), 'Asia/Shanghai');
  await revise('lantian', [/version: ".*"/, `version: "${version}"`], [from, to]);
  await world.advanceTo(days(0));
  return version;
}

async function policyFor(serviceId: string) {
  const { db } = world.server.house;
  const service = await db
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('id', '=', serviceId)
    .executeTakeFirstOrThrow();
  const { customer_id: customerId, acceptance_id: acceptanceId } = service;
  return { service, policy: await policyOf(db, { customerId, serviceId, acceptanceId }, world.clock.now()) };
}

test('[asiayun 11] a revision is announced on the site and holds 7 natural days later; until then nothing changes', async () => {
  const old = await customerAt('asiayun', '500');
  const id = await serviceAt(old);
  const before = await ok(old.api.GET('/api/v1/terms'));
  await revise(
    'asiayun',
    ['version: "2021-04-05"', 'version: "2026-03-02"'],
    ['days_before: [7, 3, 1]', 'days_before: [10, 2]'],
    ['我们提供技术支持和咨询。', '我们提供技术支持、培训和咨询。'],
  );

  const visitor = new StoryCustomer(siteOf('asiayun'));
  const [next] = (await ok(visitor.api.GET('/api/v1/terms/revisions'))).items;
  assert.deepEqual(
    [next!.version, next!.replaces?.version, next!.in_force, next!.clause?.id, next!.by],
    ['2026-03-02', '2021-04-05', false, '11', 'accept'],
  );
  assert.equal(next!.effective_at, '2026-03-09T02:00:00.000Z');
  const support = next!.changes.find((change) => change.id === '4.1')!;
  assert.deepEqual(
    support.text.zh.filter(({ as }) => as !== 'same'),
    [{ as: 'new', text: '、培训' }],
  );
  const reminders = next!.changes.find((change) => change.id === '3.6')!;
  assert.deepEqual(reminders.figures, [
    { name: 'reminders.days_before', before: '[7,3,1]', after: '[10,2]' },
  ]);
  const both = await Promise.all(
    ['2021-04-05', '2026-03-02'].map((version) =>
      ok(visitor.api.GET('/api/v1/terms/versions/{version}', { params: { path: { version } } })),
    ),
  );
  assert.deepEqual(
    both.map(({ sha256 }) => sha256),
    [next!.replaces!.sha256, next!.sha256],
    'both versions can be read',
  );

  await world.advanceTo(new Date('2026-03-09T01:59:59Z'));
  assert.equal((await ok(old.api.GET('/api/v1/terms'))).id, before.id);
  const young = await customerAt('asiayun', null);
  assert.equal((await standing(young)).accepted_version, '2021-04-05', 'new customers accept the old one');
  await old.stayIn(world.clock.now());
  await old.renew(id);

  await world.advanceTo(new Date('2026-03-09T02:00:00Z'));
  const is = await standing(old);
  assert.deepEqual(
    [is.accepted, is.accepted_version, is.revision?.version, is.revision?.in_force, is.revision?.by],
    [false, '2021-04-05', '2026-03-02', true, 'accept'],
  );
  for (const buy of [() => old.renew(id), () => serviceAt(old)]) {
    const body = await refused(buy(), 'terms-not-accepted');
    assert.deepEqual(
      [(body.clause as { id: string }).id, (body.clause as { version: string }).version],
      ['1.1', '2026-03-02'],
    );
  }
  await restart(old, id);
  assert.equal((await acceptances(old)).length, 1, 'going on accepts nothing where no clause says so');
  await refused(ok(old.api.POST('/api/v1/terms/disagreement')), 'disagreement-not-in-terms');

  await old.acceptTerms();
  assert.equal((await standing(old)).accepted, true);
  const { policy, service } = await policyFor(id);
  assert.equal(policy.version.version, '2026-03-02', 'what runs follows');
  assert.deepEqual(policy.parameters.reminders?.days_before, [10, 2]);
  assert.equal(
    service.remind_at?.getTime(),
    service.period_end.getTime() - 10 * DAY,
    'reminders are set anew',
  );
  assert.ok((await old.history(id)).some(({ action }) => action === 'service.terms-followed'));
  await old.renew(id);
});

test('[lantian 6.1, 6.2] holds from its publication, is mailed, and going on is accepting it; buying is confirmed anew', async () => {
  const active = await customerAt('lantian', '100');
  const away = await customerAt('lantian', '100');
  const id = await serviceAt(active);
  const kept = await serviceAt(away);
  const version = await reviseLantian('grace_days: 3', 'grace_days: 5');

  assert.equal((await ok(active.api.GET('/api/v1/terms'))).version, version);
  const mails = (await ok(active.api.GET('/api/v1/notices'))).items;
  assert.ok(
    mails.some(({ subject }) => subject.includes(version)),
    'each customer is told by mail',
  );

  await active.service(id);
  await ok(active.api.GET('/api/v1/services'));
  assert.equal((await acceptances(active)).length, 1, 'looking is not using');
  await refused(serviceAt(active), 'terms-not-accepted');
  assert.equal((await acceptances(active)).length, 1, 'what is refused is no use');
  await restart(active, id);
  const [used] = await acceptances(active);
  assert.deepEqual(
    [used!.method, used!.version, used!.evidence, used!.ip, used!.highlights],
    ['use', version, 'POST /services/:id/power', '127.0.0.1', []],
  );
  await restart(active, id);
  assert.equal((await acceptances(active)).length, 2, 'once');
  await refused(serviceAt(active), 'terms-not-accepted');
  await active.acceptTerms();
  await serviceAt(active);

  const grace = async (service: string) => (await policyFor(service)).policy.parameters.expiry?.grace_days;
  assert.deepEqual([await grace(id), await grace(kept)], [5, 3], 'who never comes keeps what it accepted');
});

test('[lantian 6.2] who disagrees may stop: on record with its clause, to be taken back, then the services end', async () => {
  const customer = await customerAt('lantian', '100');
  const id = await serviceAt(customer);
  await refused(ok(customer.api.POST('/api/v1/terms/disagreement')), 'nothing-to-disagree');
  await ok(
    customer.api.PUT('/api/v1/services/{id}/auto-renewal', {
      params: { path: { id } },
      body: { months: 1 },
    }),
  );
  await world.advanceTo(days(1));
  const accepted = (await standing(customer)).accepted_version;
  const version = await reviseLantian('grace_days: 5', 'grace_days: 4');

  const said = await ok(customer.api.POST('/api/v1/terms/disagreement'));
  assert.deepEqual(
    [said.version, said.clause, said.end_at],
    [version, '6.2', days(3).toISOString()],
    'the days until the end are the operator’s',
  );
  assert.equal((await ok(customer.api.POST('/api/v1/terms/disagreement'))).id, said.id, 'said once');
  const body = await refused(customer.renew(id), 'disagreement-open');
  assert.equal((body.clause as { id: string }).id, '6.2');
  await restart(customer, id);
  assert.equal((await standing(customer)).accepted_version, accepted, 'nothing is accepted by going on');
  assert.equal((await policyFor(id)).service.renew_at, null, 'nothing renews itself any more');

  await ok(customer.api.DELETE('/api/v1/terms/disagreement'));
  await refused(ok(customer.api.DELETE('/api/v1/terms/disagreement')), 'disagreement-over');
  await world.advanceTo(days(4));
  assert.equal((await customer.service(id)).state, 'active', 'taken back: nothing ends');

  await ok(customer.api.POST('/api/v1/terms/disagreement'));
  const balance = await customer.balance();
  await world.advanceTo(days(3));
  const { service } = await policyFor(id);
  assert.equal(service.state, 'deleted', '蓝天云 keeps nothing after an end');
  assert.equal(await customer.balance(), balance, 'its terms give back nothing');
  const end = (await customer.history(id)).find(({ action }) => action === 'service.ended')!;
  assert.equal(end.clause?.id, '6.2');
  assert.equal((await standing(customer)).disagreement, null);
});

test('[qiniu 3.1.1] who disagrees gets its fees settled and its data to download; accepting takes it back', async () => {
  const customer = await customerAt('qiniu', '100');
  const waverer = await customerAt('qiniu', null);
  const customerId = await idOf(customer);
  await asSystem(world.server.house, 'qiniu', 'test', (tx, ctx) =>
    subjectOpen(tx, ctx, { customerId, product: 'object-storage', name: 'bucket-1' }),
  );
  const version = world.clock.now().toISOString().slice(0, 10);
  await revise('qiniu', [/version: ".*"/, `version: "${version}"`], ['end_days: 7', 'end_days: 9']);

  const ahead = (await standing(customer)).revision!;
  assert.deepEqual(
    [ahead.in_force, ahead.effective_at, ahead.on_disagree],
    [false, days(1).toISOString(), ['may-stop', 'settle-fees', 'data-download']],
  );
  const said = await ok(customer.api.POST('/api/v1/terms/disagreement'));
  assert.equal(said.end_at, days(7).toISOString());
  await ok(waverer.api.POST('/api/v1/terms/disagreement'));
  await world.advanceTo(days(2));
  await waverer.acceptTerms();
  assert.equal((await standing(waverer)).disagreement, null, 'accepting it takes it back');
  await world.advanceTo(days(6));
  const { db } = world.server.house;
  const subject = await db
    .selectFrom('metering_subject')
    .select('closed_at')
    .where('customer_id', '=', customerId)
    .executeTakeFirstOrThrow();
  assert.equal(subject.closed_at?.toISOString(), said.end_at, 'used until then, charged until then');
  const staff = await staffMember(world, 'qiniu-staff', siteOf('qiniu'));
  const { items } = await ok(staff.GET('/api/v1/staff/terms/disagreements'));
  assert.deepEqual(items.map(({ state }) => state).sort(), ['done', 'withdrawn']);
});

test('[qiniu 3.1.1] accepted on paper: staff record it with the scan; the history is a paper with hash, time and method', async () => {
  const customer = new StoryCustomer(siteOf('qiniu'));
  await customer.signUp();
  const id = await idOf(customer);
  const staff = await staffMember(world, 'qiniu-papers', siteOf('qiniu'));
  const path = { params: { path: { id } } };
  const scan = Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n');
  await refused(
    ok(
      staff.POST('/api/v1/staff/customers/{id}/acceptances', {
        ...path,
        body: { method: 'signed-paper', file: Buffer.from('MZ not a scan').toString('base64') },
      }),
    ),
    'signed-file-unreadable',
  );
  const made = await ok(
    staff.POST('/api/v1/staff/customers/{id}/acceptances', {
      ...path,
      body: { method: 'signed-paper', file: scan.toString('base64') },
    }),
  );
  assert.equal((await standing(customer)).accepted, true);
  const [paper] = await acceptances(customer);
  assert.deepEqual([paper!.method, paper!.file], ['signed-paper', true]);

  const get = async (path: string, locale: string) => {
    const reply = await world.server.app.inject({
      url: `/api/v1${path}`,
      headers: {
        host: new URL(siteOf('qiniu')).host,
        cookie: customer.api.cookie(),
        'accept-language': locale,
      },
    });
    assert.equal(reply.statusCode, 200, reply.body.slice(0, 200));
    return reply.rawPayload;
  };
  assert.deepEqual(await get(`/terms/acceptances/${made.id}/file`, 'zh'), scan);
  for (const [locale, how] of [
    ['zh', '书面签署'],
    ['en', 'Signed on paper'],
  ] as const) {
    const pdf = await get('/terms/acceptances/pdf', locale);
    const text = (await readPdf(pdf)).text.replace(/\s+/g, '');
    for (const part of [paper!.sha256, how, paper!.version, made.id])
      assert.ok(text.includes(part.replace(/\s+/g, '')), `${locale}: ${part}`);
    assert.deepEqual(await get('/terms/acceptances/pdf', locale), pdf, 'the same history, the same bytes');
  }

  const lantian = await customerAt('lantian', null);
  const elsewhere = await staffMember(world, 'lantian-papers', siteOf('lantian'));
  await refused(
    ok(
      elsewhere.POST('/api/v1/staff/customers/{id}/acceptances', {
        params: { path: { id: await idOf(lantian) } },
        body: { method: 'signed-paper', file: scan.toString('base64') },
      }),
    ),
    'acceptance-not-so',
  );
});

test('a revision dated in the past, or before another, is refused with file, line and reason', async () => {
  const newest = (await ok(new StoryCustomer(siteOf('lantian')).api.GET('/api/v1/terms'))).version;
  const path = join(brandsDir, 'lantian', 'terms.yaml');
  const text = await readFile(path, 'utf8');
  const today = world.clock.now().toISOString().slice(0, 10);
  const wrong: [version: string, said: RegExp][] = [
    ['2026-03-05', /dated before version/],
    [newest.replace(/.$/, (digit) => String(Number(digit) + 1)), /dated in the past: .* before today/],
  ];
  for (const [version, said] of wrong) {
    assert.ok(version < today);
    await writeFile(path, text.replace(/version: ".*"/, `version: "${version}"`));
    await assert.rejects(world.reopen(), (error: Error) => {
      assert.match(error.message, /lantian\/terms\.yaml:3: version: /);
      assert.match(error.message, said);
      return true;
    });
  }
  await writeFile(path, text);
  await world.reopen();
});
