import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { subjectOpen } from '#modules/metering/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { readPdf } from '../support/pdf.ts';
import { refused, revisingWorld } from '../support/revising.ts';
import { staffMember } from '../support/staff.ts';

/** Customers who don’t agree to a revision, and acceptances that staff record. */

const {
  world,
  revise,
  siteOf,
  customerAt,
  standing,
  acceptances,
  idOf,
  days,
  restart,
  serviceAt,
  reviseLantian,
  policyFor,
} = await revisingWorld();

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
  const version = await reviseLantian('grace_days: 3', 'grace_days: 4');

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
